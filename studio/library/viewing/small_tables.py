"""Small tables within a passage's text, in rows and columns again. Called by the source viewer.

A table of a document that fits into one passage is kept as lines of cells between bars, which is what a model
reads best; people read it as a table.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from studio.library.parse.blocks import SEPARATOR
from studio.library.parse.grids import grid_of
from studio.library.parse.tables import whole_table

Range = tuple[int, int]


@dataclass(frozen=True)
class SmallRow:
    """`at` are the characters of its line in the text."""

    at: Range
    cells: tuple[str, ...]


@dataclass(frozen=True)
class SmallTable:
    """`header` is empty where the table names no columns; all rows are of one width."""

    header: tuple[str, ...]
    rows: tuple[SmallRow, ...]


@dataclass(frozen=True)
class Part:
    """Some of a text, which begins at character `start`, and the table that it is, if it is one."""

    start: int
    text: str
    table: SmallTable | None = None


def parts_of(text: str) -> list[Part]:
    """The whole text in order: tables by themselves, what stands between them in one piece."""
    parts: list[Part] = []
    for start, block in _blocks(text):
        table = _table(start, block)
        if table is None and parts and parts[-1].table is None:
            before = parts.pop()
            start, block = before.start, before.text + SEPARATOR + block
        parts.append(Part(start, block, table))
    return parts


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for block in text.split(SEPARATOR):
        yield start, block
        start += len(block) + len(SEPARATOR)


def _table(start: int, block: str) -> SmallTable | None:
    cells = whole_table(block)
    if cells is None:
        return None
    rows = []
    for line, row in zip(block.split("\n"), cells, strict=True):
        rows.append(SmallRow((start, start + len(line)), tuple(row)))
        start += len(line) + 1
    grid = grid_of(list(enumerate(cells)))
    # a title above the header, or units below it, stay rows: each line is shown where it stands
    named = grid.has_header and not grid.above
    return SmallTable(rows[0].cells, tuple(rows[1:])) if named else SmallTable((), tuple(rows))
