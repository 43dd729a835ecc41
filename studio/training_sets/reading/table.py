"""What was read: a table in memory, or a file whose rows stream. Made by opening; used by everyone else."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol

from studio.text_tables.rows import Row, Tell, silent

Numbered = tuple[int, list[str]]


@dataclass(frozen=True)
class Look:
    """How far to look into a file: at so many rows, or at all of them; `tell` is told how far that is."""

    rows: int | None = None
    tell: Tell = silent


class Source(Protocol):
    """Rows as a format has them, read anew each time; `tell` is called now and then."""

    def rows(self, tell: Tell = silent) -> Iterator[Row]: ...


@dataclass(frozen=True)
class Reading:
    """How to read a file; None means found out. `delimiter` is one character, `sheet` a sheet's name."""

    encoding: str | None = None
    delimiter: str | None = None
    header: bool | None = None
    sheet: str | None = None


@dataclass(frozen=True)
class TableFile:
    """A file that was looked through once. `count` are its rows; `sheets` are those it could be read from.

    After `peek`, `count` says only how many rows were looked at. `header`: whether the first row names the
    columns, None where every row names its fields. A JSON file has lists for sheets.
    """

    name: str
    columns: list[str]
    stream: Callable[[], Iterator[Numbered]] = field(repr=False)
    notes: list[str] = field(default_factory=list)
    count: int = 0
    encoding: str = ""
    delimiter: str = ""
    header: bool | None = True
    sheet: str = ""
    sheets: tuple[str, ...] = ()

    def numbered(self) -> Iterator[Numbered]:
        """Every row with its number as a spreadsheet counts: a header is row 1. Reads the file anew."""
        return self.stream()

    def first(self, n: int) -> list[list[str]]:
        """The cells of the first rows."""
        return [cells for _, cells in islice(self.numbered(), n)]


@dataclass(frozen=True)
class Table:
    """A whole table in memory, as it was written. `row_numbers` count as a spreadsheet does."""

    columns: list[str]
    rows: list[list[str]]
    notes: list[str] = field(default_factory=list)
    encoding: str = "utf-8"
    delimiter: str = ","
    row_numbers: list[int] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.rows)

    def numbered(self) -> Iterator[Numbered]:
        """Every row with its number; without numbers of their own, the first is row 2, below the header."""
        return zip(self.row_numbers or range(2, len(self.rows) + 2), self.rows, strict=True)

    def first(self, n: int) -> list[list[str]]:
        """The cells of the first rows."""
        return self.rows[:n]
