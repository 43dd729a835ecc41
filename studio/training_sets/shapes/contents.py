"""What the cells of a table's columns look like. Called by guessing and mapping, on the first rows alone."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, Protocol

from studio.training_sets.shapes.rows.dates import share_of_dates
from studio.training_sets.shapes.rows.turns import NotAChat, nested, read_turns

SAMPLE_ROWS = 500
SAMPLE_CHARACTERS = 10_000_000
_LONGEST_LOOK = 20_000
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0eff]")
_STRUCTURED = ("[{", "[[", '["', "['", '{"', "{'")
_ENDS = (".", "!", "…", "。", "！", "।", "۔", '."', ".”", ".“", ".)")
_LINKS = ("http://", "https://", "www.")


class Rows(Protocol):
    """A table, in memory or on disk; its rows are numbered as a spreadsheet does."""

    @property
    def columns(self) -> list[str]: ...

    def numbered(self) -> Iterator[tuple[int, list[str]]]: ...


@dataclass(frozen=True)
class Contents:
    """The filled cells of a column among the first rows; shares are of these cells."""

    cells: tuple[str, ...]
    rows: int

    @cached_property
    def filled(self) -> float:
        """Share of the rows that have anything in this column."""
        return len(self.cells) / self.rows if self.rows else 0.0

    @cached_property
    def words(self) -> float:
        """Words in a cell, on average; in scripts without blanks, two letters count as one."""
        return self._mean(_count_words)

    @cached_property
    def worded(self) -> float:
        """Share of cells that say something: letters, and neither an address nor an id nor JSON."""
        return self._mean(_is_worded)

    @cached_property
    def questions(self) -> float:
        """Share of cells that end in a question mark."""
        return self._mean(lambda cell: cell.endswith(("?", "？", "؟")))

    @cached_property
    def sentences(self) -> float:
        """Share of cells that end as a sentence does."""
        return self._mean(lambda cell: cell.endswith(_ENDS))

    @cached_property
    def structured(self) -> float:
        """Share of cells that are JSON, or what Python prints for it."""
        return self._mean(lambda cell: cell.startswith(_STRUCTURED))

    @cached_property
    def distinct(self) -> float:
        """Different cells among all."""
        return len(set(self.cells)) / len(self.cells) if self.cells else 0.0

    @cached_property
    def dates(self) -> float:
        """Share of cells that are dates."""
        return share_of_dates(self.cells)

    @cached_property
    def links(self) -> float:
        """Share of cells that are addresses."""
        return self._mean(lambda cell: cell.startswith(_LINKS))

    @cached_property
    def chats(self) -> float:
        """Share of cells that hold a conversation."""
        return self._mean(_is_chat)

    @cached_property
    def nested(self) -> float:
        """Share of cells that are lists or objects."""
        return self._mean(lambda cell: cell.startswith(("[{", "[[", "{", "[\n")))

    @cached_property
    def instances(self) -> float:
        """Share of cells that hold a list of inputs with their outputs."""
        return self._mean(lambda cell: bool(instances(cell)))

    @property
    def like_labels(self) -> bool:
        """Few different short texts that come again and again."""
        return (
            bool(self.cells) and self.words <= 4 and self.distinct <= (0.5 if len(self.cells) < 50 else 0.3)
        )

    @property
    def like_classes(self) -> bool:
        """A few small numbers for kinds, such as 0 and 1."""
        kinds = set(self.cells)
        return self.like_labels and 2 <= len(kinds) <= 10 and all(c.isdigit() and len(c) < 3 for c in kinds)

    def _mean(self, measure: Any) -> float:
        return sum(measure(cell) for cell in self.cells) / len(self.cells) if self.cells else 0.0


def look(table: Rows, columns: Sequence[str] | None = None) -> dict[str, Contents]:
    """The contents of these columns, or of all, among the first rows."""
    rows: list[list[str]] = []
    size = 0
    for _, row in islice(table.numbered(), SAMPLE_ROWS):
        rows.append(row)
        size += sum(map(len, row))
        if size > SAMPLE_CHARACTERS:
            break
    at = {column: place for place, column in enumerate(table.columns)}
    return {
        column: Contents(tuple(cell for row in rows if (cell := row[at[column]].strip())), len(rows))
        for column in (table.columns if columns is None else columns)
    }


def instances(cell: str) -> list[tuple[str, str]]:
    """Inputs and outputs of a cell such as [{"input": …, "output": …}]; empty when it holds none."""
    if not cell.startswith("[") or ('"output"' not in cell and "'output'" not in cell):
        return []
    try:
        found = nested(cell)
    except NotAChat:
        return []
    if not isinstance(found, list) or not all(isinstance(one, dict) and "output" in one for one in found):
        return []
    return [(str(one.get("input") or ""), str(one["output"] or "")) for one in found]


def _count_words(cell: str) -> float:
    start = cell[:_LONGEST_LOOK]
    unspaced = 0 if start.isascii() else len(_UNSPACED.findall(start))
    return max(len(start.split()), len(start) / 10, unspaced / 2)


def _is_worded(cell: str) -> bool:
    start = cell[:_LONGEST_LOOK]
    letters = sum(letter.isalpha() for letter in start)
    if letters < len(start) / 3 or start.startswith((*_LINKS, "[{", '{"')):
        return False
    unbroken = letters == len(start) or not any(letter.isdigit() for letter in start)
    return " " in start or unbroken or _UNSPACED.search(start) is not None


def _is_chat(cell: str) -> bool:
    try:
        return bool(read_turns(cell))
    except NotAChat:
        return False
