"""`doctor`: what is there on this host and what is missing."""

import argparse
from dataclasses import asdict

from studio.commands import arguments
from studio.doctor import findings
from studio.settings import Settings

MARKS = {"ok": "ok     ", "warn": "look   ", "missing": "missing"}


def register(commands: "arguments.Commands[argparse.ArgumentParser]") -> None:
    """Add the commands about the host."""
    arguments.add(commands, "doctor", "say what is there and what is missing", run_doctor)


def run_doctor(given: argparse.Namespace) -> int:
    """Exit code 1 when the database cannot be used; everything else is advice."""
    found = findings(Settings.load(given.data))
    lines = [f"{MARKS[one.state]}  {one.name}: {one.sentence} {one.remedy}".rstrip() for one in found]
    arguments.show(given, {"findings": [asdict(one) for one in found]}, "\n".join(lines))
    return int(any(one.name == "Database" and one.state == "missing" for one in found))
