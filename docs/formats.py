"""Writes docs/formats.md: what is read of each format, and what became of public awkward files.

`STUDIO_REALDATA=FOLDER python -m docs.formats`, where FOLDER holds docs_awkward and csv_malformed.
"""

import csv
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from studio.errors import BadInput
from studio.library.parse import ParsedDocument, parse_file
from studio.library.passages import split

PAGE = Path(__file__).with_suffix(".md")
START = "<!-- the tables below are written by docs/formats.py -->\n"
_MARKUP = re.compile(r"<!--.*?-->|&\w+;|\\\w+|\]\([^)]*\)|^[#|\-\s:]+$", re.DOTALL | re.MULTILINE)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Outcome:
    """A file of a public test suite and what the studio made of it: a document or a refusal."""

    name: str
    repository: str
    parsed: ParsedDocument | None
    refusal: str
    expected: str | None


def read_folder(folder: Path) -> Iterator[Outcome]:
    with (folder / "MANIFEST.tsv").open(encoding="utf-8") as file:
        repositories = {row["file"]: row["repo"] for row in csv.DictReader(file, delimiter="\t")}
    for path in sorted(folder.iterdir()):
        if path.name in repositories:
            yield read_one(path, repositories[path.name])


def read_one(path: Path, repository: str = "") -> Outcome:
    expected = next(iter(sorted((path.parent / "truth").glob(f"{path.name}.*"))), None)
    words = expected.read_text(encoding="utf-8") if expected else None
    try:
        return Outcome(path.name, repository, parse_file(path, path.name), "", words)
    except BadInput as problem:
        return Outcome(path.name, repository, None, str(problem), words)


def found_share(outcome: Outcome) -> float:
    """Share of the expected text's words, each as often as expected, that the studio read."""
    expected = Counter(_WORD.findall(_MARKUP.sub(" ", outcome.expected or "").lower()))
    read = Counter(_WORD.findall(outcome.parsed.text.lower() if outcome.parsed else ""))
    return sum((expected & read).values()) / max(1, sum(expected.values()))


def missing_cells(path: Path, outcome: Outcome) -> list[str]:
    """Cells of csv-spectrum's expected rows that are in no row."""
    truth = path.parent / "truth" / f"{path.stem}.json"
    text = outcome.parsed.text if outcome.parsed else ""
    rows = json.loads(truth.read_text(encoding="utf-8")) if truth.exists() else []
    cells = (" ".join(str(cell).split()) for row in rows for cell in row.values())
    return [cell for cell in cells if cell not in text]


def _table(outcomes: list[Outcome]) -> Iterator[str]:
    yield "| file | from | what became of it | expected words found |"
    yield "|---|---|---|---|"
    for outcome in outcomes:
        name = outcome.name.partition("__")[2]
        share = f"{found_share(outcome):.0%}" if outcome.expected and outcome.parsed else ""
        yield f"| {name} | {outcome.repository} | {_became(outcome)} | {share} |"


def _became(outcome: Outcome) -> str:
    if outcome.parsed is None:
        sentence = outcome.refusal.removeprefix(outcome.name).removeprefix(":").strip()
        return f"refused: {sentence}".replace("|", "\\|")
    parsed = outcome.parsed
    pieces = Counter(piece.kind for piece in split(parsed))
    counts = [
        _count(parsed.pages, "page"),
        _count(parsed.tables, "table"),
        _count(pieces["text"], "passage"),
        _count(pieces["row"], "row"),
        _count(pieces["sheet"], "sheet passage"),
        parsed.language and f"language {parsed.language}",
    ]
    notes = " ".join(re.sub(r"“[^”]*”", "“…”", note) for note in parsed.warnings)
    return f"{', '.join(filter(None, counts))}. {notes}".strip().replace("|", "\\|")


def _count(number: int | None, thing: str) -> str:
    return f"{number:,} {thing}{'s' if number > 1 else ''}" if number else ""


def written(realdata: Path) -> str:
    """The page: its hand-written beginning and the tables."""
    parts = [PAGE.read_text(encoding="utf-8").partition(START)[0] + START]
    for title, folder in (("Awkward documents", "docs_awkward"), ("Malformed tables", "csv_malformed")):
        outcomes = list(read_folder(realdata / folder))
        refused = sum(outcome.parsed is None for outcome in outcomes)
        parts.append(
            f"## {title}\n\n{len(outcomes)} files: {len(outcomes) - refused} read, {refused} refused.\n"
        )
        parts.append("\n".join(_table(outcomes)) + "\n")
    return "\n".join(parts)


if __name__ == "__main__":
    folder = os.environ.get("STUDIO_REALDATA")
    if not folder:
        sys.exit("STUDIO_REALDATA names no folder with docs_awkward and csv_malformed.")
    PAGE.write_text(written(Path(folder)), encoding="utf-8")
