"""Writes the tables of docs/training-sets.md: what becomes of public tables as training sets.

`STUDIO_REALDATA=FOLDER python -m docs.training_sets`, where FOLDER holds the folders of FOLDERS. Each table
is read and checked as the command `check` does it; nothing of it is copied but what the studio says about it.
"""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from studio.errors import BadInput
from studio.training_sets.quality import QualityReport, check, nothing_to_learn
from studio.training_sets.reading import open_table
from studio.training_sets.shapes.guessing import guess_mapping
from studio.training_sets.shapes.refusals import NothingToLearn

PAGE = Path(__file__).with_name("training-sets.md")
START = "<!-- the tables below are written by docs/training_sets.py -->\n"
FOLDERS = {
    "csv_banking77": "PolyAI-LDN/task-specific-datasets, banking questions with one of 77 intents",
    "csv_bitext_support": "bitext/customer-support, utterances with their intent and no answers",
    "csv_covid_faq": "deepset-ai/COVID-QA, questions and answers of health authorities",
    "csv_qnamaker": "Azure-Samples, knowledge bases as QnA Maker exports them",
    "csv_madewithml": "GokuMohandas/Made-With-ML, projects with a tag",
    "instruct_human": "yizhongw/self-instruct, instructions written by people",
    "medquad": "abachaa/MedQuAD, questions and answers about diseases",
    "csv_malformed": "awkward tables of public test suites",
}
NO_TABLES = ("SOURCE.txt", "MANIFEST.tsv")
SHAPES = {
    "pairs": "question and answer",
    "instruction": "instruction, input and output",
    "messages": "conversations",
    "conversations": "conversations",
    "label": "text and label",
    "text": "plain text",
    "version": "an exported version",
}


@dataclass(frozen=True)
class Outcome:
    """What became of a file: rows in it, notes of its reading and a report, or the sentence of a refusal."""

    name: str
    rows: int = 0
    notes: tuple[str, ...] = ()
    report: QualityReport | None = None
    refusal: str = ""


def read_folder(folder: Path) -> Iterator[Outcome]:
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.name not in NO_TABLES:
            yield read_one(path)


def read_one(path: Path) -> Outcome:
    rows = 0
    try:
        table = open_table(path, path.name)
        rows = table.count
        return Outcome(path.name, rows, tuple(table.notes), check(table, guess_mapping(table)))
    except NothingToLearn as problem:
        return Outcome(path.name, rows, tuple(table.notes), nothing_to_learn(rows, str(problem)))
    except BadInput as problem:
        return Outcome(path.name, rows, refusal=str(problem))


def table_of(outcomes: list[Outcome]) -> Iterator[str]:
    yield "| file | rows in | examples | kept | shape | verdict | what was found |"
    yield "|---|---:|---:|---:|---|---|---|"
    for outcome in outcomes:
        cells = (outcome.name.replace("__", ": ", 1), *_cells(outcome))
        yield f"| {' | '.join(' '.join(cell.split()).replace('|', '¦') for cell in cells)} |"


def _cells(outcome: Outcome) -> tuple[str, ...]:
    if outcome.report is None:
        sentence = outcome.refusal.removeprefix(f"{outcome.name} ").replace(outcome.name, "the file")
        return (f"{outcome.rows:,}" if outcome.rows else "", "", "", "", "refused", sentence)
    report = outcome.report
    if not report.columns:
        return (f"{outcome.rows:,}", "0", "0", "", report.verdict, report.why)
    shape = SHAPES[report.columns["shape"]]
    found = [*_columns(report), *outcome.notes, *_findings(report)]
    return (
        f"{outcome.rows:,}",
        f"{report.rows:,}",
        f"{report.kept:,}",
        shape,
        report.verdict,
        " ".join(found),
    )


def _columns(report: QualityReport) -> Iterator[str]:
    columns = report.columns
    asked = columns["template"] or columns["prompt"]
    yield " → ".join(f"“{column}”" for column in (asked, columns["completion"]) if column) + "."


def _findings(report: QualityReport) -> Iterator[str]:
    counts = [
        f"{one.kind.replace('_', ' ')} {one.count:,}" for one in report.findings if one.kind != "few_rows"
    ]
    if counts:
        yield f"Found: {', '.join(counts)}."


def written(realdata: Path) -> str:
    """The page: its hand-written beginning and a table for each folder."""
    parts = [PAGE.read_text(encoding="utf-8").partition(START)[0] + START]
    for folder, what in FOLDERS.items():
        outcomes = list(read_folder(realdata / folder))
        refused = sum(outcome.report is None for outcome in outcomes)
        parts.append(f"## {folder}\n\n{what}. {len(outcomes)} files, {refused} refused.\n")
        parts.append("\n".join(table_of(outcomes)) + "\n")
    return "\n".join(parts)


if __name__ == "__main__":
    data = os.environ.get("STUDIO_REALDATA")
    if not data:
        sys.exit(f"STUDIO_REALDATA names no folder with {', '.join(FOLDERS)}.")
    PAGE.write_text(written(Path(data)), encoding="utf-8")
