"""Reads the plain source texts of the sample into headings, paragraphs, lists and tables, for build.py."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

SOURCE = Path(__file__).parent / "source"


@dataclass(frozen=True)
class Block:
    """One piece of a source text; `rows` holds table rows, or list items as one-cell rows."""

    kind: str  # title, note, heading, paragraph, bullets, steps or table
    text: str = ""
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = ()


def read_blocks(name: str) -> list[Block]:
    """The blocks of samples/source/`name`, in order; the source uses a small part of Markdown."""
    lines = (SOURCE / name).read_text(encoding="utf-8").splitlines()
    return [block for kind, group in groupby(lines, _kind) for block in _blocks(kind, list(group))]


def _kind(line: str) -> str:
    starts = {"#": "heading", ">": "note", "- ": "bullets", "|": "table"}
    for start, kind in starts.items():
        if line.startswith(start):
            return kind
    if line[:1].isdigit() and line.split(" ")[0].endswith("."):
        return "steps"
    return "paragraph" if line else "blank"


def _blocks(kind: str, lines: list[str]) -> Iterator[Block]:
    if kind == "heading":
        for line in lines:
            marks, text = line.split(" ", 1)
            yield Block("title" if len(marks) == 1 and _is_title(text) else "heading", text, len(marks))
    elif kind == "table":
        cells = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]
        yield Block("table", rows=(cells[0], *cells[2:]))
    elif kind in ("bullets", "steps"):
        yield Block(kind, rows=tuple((line.split(" ", 1)[1],) for line in lines))
    elif kind == "note":
        yield Block("note", " ".join(line[2:] for line in lines))
    elif kind == "paragraph":
        yield Block("paragraph", " ".join(lines))


def _is_title(text: str) -> bool:
    return not text[0].isdigit()
