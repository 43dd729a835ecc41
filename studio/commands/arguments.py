"""What all commands share: --data, --workspace, --json, and how a result is printed."""

import argparse
import json
import sys
from collections.abc import Callable
from typing import Any

from studio.errors import BadInput
from studio.settings import Settings
from studio.store.database import Workspace, open_database

Commands = argparse._SubParsersAction  # the type of add_subparsers(), which has no public name
Run = Callable[[argparse.Namespace], int]


def add(
    commands: "Commands[argparse.ArgumentParser]", name: str, help_text: str, run: Run
) -> argparse.ArgumentParser:
    """A command with the options that go everywhere."""
    parser = commands.add_parser(name, help=help_text, description=help_text[0].upper() + help_text[1:] + ".")
    parser.add_argument("--data", help="where everything is kept (default .studio, or STUDIO_DATA)")
    parser.add_argument("--workspace", default="default", help="the workspace to work in")
    parser.add_argument("--json", action="store_true", help="print JSON for other programs")
    parser.set_defaults(perform=run)
    return parser


def open_room(given: argparse.Namespace) -> Workspace:
    """The workspace named on the command line; starts the embedded database if it does not run."""
    database = open_database(Settings.load(given.data))
    given.until_end.callback(database.close)
    return database.workspace(given.workspace)


def show(given: argparse.Namespace, result: Any, text: str) -> None:
    """Print `result` as JSON when asked for, else `text`."""
    print(json.dumps(result, ensure_ascii=False, default=str) if given.json else text, flush=True)


def note(given: argparse.Namespace, text: str) -> None:
    """Say how it goes, on stderr, so that piped output stays clean."""
    if not given.json and sys.stderr.isatty():
        print(text, file=sys.stderr, flush=True)


def missing(what: str) -> BadInput:
    """The error for an argument that this use of a command needs."""
    return BadInput(f"Give {what}; --help shows how.")
