"""Writes the table of docs/reliability.md: what befell the studio, and what became of it.

`python -m docs.reliability [FILE.json...]` runs the tests marked `faults` and keeps what they saw. With files
it writes the page from what earlier runs of `python -m docs.reliability --keep FILE.json TEST...` saw.
"""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

PAGE = Path(__file__).with_suffix(".md")
START = "<!-- the table below is written by docs/reliability.py -->\n"
FAULTS = {
    "F1": "The training process is killed",
    "F2": "The web process is killed",
    "F3": "The worker is killed",
    "F4": "PostgreSQL is killed",
    "F5": "PostgreSQL is away for long",
    "F6": "A process is frozen",
    "F7": "The training process is told to end",
    "F8": "It is told to end while it writes a checkpoint",
    "F9": "It is killed while it writes a checkpoint",
    "F10": "Checkpoints are damaged",
    "F11": "A file of a checkpoint is missing",
    "F12": "The disk is full while a run trains",
    "F13": "The disk is full when a file is uploaded",
    "F14": "The disk of PostgreSQL is full",
    "F15": "A run is started twice by hand",
    "F16": "Two workers, one device",
    "F25": "A clock is wrong",
    "F26": "A connection is lost in a transaction",
    "F27": "A pooled connection is handed on",
    "F28": "Memory runs out",
    "F29": "The loss is no number",
    "F30": "The host is restarted",
}
_PLACE = re.compile(r"(?:/[\w.+-]+)+?/((?:(?:runs|checkpoints)/)?[\w-]+)(?![\w/-])")


@dataclass(frozen=True)
class Row:
    """One fault as one test met it; `seconds` of the whole test."""

    fault: str
    done: str
    seen: str
    test: str
    seconds: float


class Watching:
    """A plugin of pytest: which faults a test meets, and what it saw."""

    def __init__(self) -> None:
        self.marks: dict[str, list[tuple[str, str]]] = {}
        self.rows: list[Row] = []
        self.not_seen: list[str] = []

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            marks = [(str(mark.args[0]), str(mark.args[1])) for mark in item.iter_markers("faults")]
            self.marks[item.nodeid] = marks[::-1]  # as they are written, from top to bottom

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        marks = self.marks.get(report.nodeid, [])
        if report.outcome != "passed" and marks:
            self.not_seen.append(f"{report.nodeid}: {report.outcome}")
        elif report.when == "call":
            seen = [str(value) for name, value in report.user_properties if name == "seen"]
            test = report.nodeid.partition("[")[0]
            self.rows += [
                Row(fault, done, told, test, round(report.duration, 1))
                for (fault, done), told in zip(marks, shared(seen, len(marks)), strict=True)
            ]


def shared(seen: list[str], among: int) -> list[str]:
    """Each fault of a test gets one sentence; what is left over belongs to the last."""
    return [*seen[: among - 1], "; ".join(seen[among - 1 :])] if among else []


def table(rows: list[Row]) -> Iterator[str]:
    yield "| id | fault | what was done | what was seen | test |"
    yield "|---|---|---|---|---|"
    known = list(FAULTS)
    for row in sorted({(r.fault, r.test): r for r in rows}.values(), key=lambda row: known.index(row.fault)):
        cells = (row.fault, FAULTS[row.fault], row.done, _PLACE.sub(r"…/\1", row.seen), f"`{row.test}`")
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def watched(arguments: list[str]) -> Watching:
    """Run the tests; exit when one of them did not show what it should."""
    watching = Watching()
    code = pytest.main(["-m", "faults", "-q", "-p", "no:cacheprovider", *arguments], plugins=[watching])
    if code or watching.not_seen:
        sys.exit("\n".join(["The page was not written.", *watching.not_seen]))
    return watching


def write_page(rows: list[Row]) -> None:
    """Keeps the hand-written beginning."""
    before = PAGE.read_text(encoding="utf-8").partition(START)[0]
    PAGE.write_text(before + START + "\n" + "\n".join(table(rows)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    given = sys.argv[1:]
    if given[:1] == ["--keep"]:
        kept = [asdict(row) for row in watched(given[2:]).rows]
        Path(given[1]).write_text(json.dumps(kept, indent=1), encoding="utf-8")
    elif given:
        write_page([Row(**row) for file in given for row in json.loads(Path(file).read_text("utf-8"))])
    else:
        write_page(watched([]).rows)
