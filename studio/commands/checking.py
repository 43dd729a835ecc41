"""`check`: the quality report of a would-be training set, before anything is stored."""

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from studio.commands import arguments
from studio.errors import BadInput
from studio.library.libraries import find_library
from studio.settings import Settings
from studio.training_sets.building.judging import supported
from studio.training_sets.examples import Candidate
from studio.training_sets.quality import Checking, Marks, QualityReport, examine, nothing_to_learn, report
from studio.training_sets.reading import TableFile, open_table
from studio.training_sets.shapes.cutting import candidates
from studio.training_sets.shapes.guessing import guess_mapping
from studio.training_sets.shapes.mapping import Mapping
from studio.training_sets.shapes.refusals import NothingToLearn
from studio.training_sets.versions.against import measured
from studio.training_sets.versions.stored import of_candidate

COMPARED = 500  # answers looked for in a library
SEED = 17


def register(commands: "arguments.Commands[argparse.ArgumentParser]") -> None:
    """Add the command."""
    checking = arguments.add(commands, "check", "report on a would-be training set", run_check)
    checking.add_argument("file")
    checking.add_argument(
        "--library", metavar="NAME", help="also look for answers that no passage of this library supports"
    )


def run_check(given: argparse.Namespace) -> int:
    """Exit code 1 when the table is unusable."""
    path = Path(given.file)
    if not path.is_file():
        raise BadInput(f"There is no file {path}.")
    found = _checked(given, open_table(path, path.name))
    arguments.show(given, found.as_dict(), _words(found))
    return int(found.verdict == "unusable")


def _checked(given: argparse.Namespace, table: TableFile) -> QualityReport:
    try:
        mapping = guess_mapping(table)
    except NothingToLearn as problem:
        return nothing_to_learn(table.count, str(problem), table.notes)
    options = Checking(plain_text=mapping.may_lack_question, expected=table.count)
    options = measured(options, Settings.load(given.data), mapping)
    marks = examine(lambda: candidates(table, mapping), options)
    notes = list(table.notes)
    if given.library:
        marks, note = _with_unsupported(given, table, mapping, marks)
        notes.append(note)
    return report(marks, mapping, notes)


def _with_unsupported(
    given: argparse.Namespace, table: TableFile, mapping: Mapping, marks: Marks
) -> tuple[Marks, str]:
    room = arguments.open_room(given)
    library = find_library(room, given.library)
    sample = _sample(candidates(table, mapping), marks.total)
    rows = [of_candidate(at, row, row.group, "train") for at, row in enumerate(sample)]
    judged = supported(room, library.id, rows)
    unsupported = {row.number for row, right in zip(sample, judged, strict=True) if right is False}
    note = f"{sum(right is not None for right in judged):,} answers were compared with {library.name}."
    facts = marks.facts | {"judged": sum(right is not None for right in judged)}
    return replace(marks, rows=marks.rows | {"unsupported": sorted(unsupported)}, facts=facts), note


def _sample(rows: Iterator[Candidate], total: int) -> list[Candidate]:
    """The same rows every time, in their order."""
    chosen = set(random.Random(SEED).sample(range(total), min(COMPARED, total)))
    return [row for at, row in enumerate(rows) if at in chosen and row.completion]


def _words(found: QualityReport) -> str:
    lines = [f"{found.verdict}: {found.why}", f"{found.kept:,} of {found.rows:,} rows can be used."]
    lines += [
        f"  {one.count:,} ({one.share:.0%}): {one.text}{_such_as(one.rows)}"
        for one in found.findings
        if one.kind != "few_rows"  # the verdict says so
    ]
    return "\n".join([*lines, *found.notes])


def _such_as(rows: Sequence[int]) -> str:
    return f" See row {', '.join(str(row) for row in rows)}." if rows else ""
