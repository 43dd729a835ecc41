"""One look through all rows of a table: how many, and what is odd about them. Called by rectangle."""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from studio.text_tables.rows import Row

SHOWN_LINES = 5
# a comma within a number or before a blank, as prose has it, parts no cells
IN_TEXT = r"(?<=\d){0}(?=\d)|{0}(?=\s|$)"
BRACKETS = (("(", ")"), ("[", "]"), ("{", "}"))
LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass
class Survey:
    """What a look through the rows found: how many, and which are not of the expected `width`.

    Without a `delimiter` (a sheet has none) rows are as wide as the widest. Rows like one of `headers` are
    none: files that were joined have theirs in the middle.
    """

    width: int | None
    delimiter: str = ""
    headers: Sequence[list[str]] = ()
    count: int = 0
    blank: int = 0
    surplus: int = 0
    widest: int = 0
    again: int = 0
    widths: Counter[int] = field(default_factory=Counter)
    odd: list[tuple[int, int]] = field(default_factory=list)
    swallowing: list[tuple[int, int]] = field(default_factory=list)

    def look(self, rows: Iterator[Row], first: int) -> None:
        """Look at all rows; of those above the `first`, only the blank ones count."""
        usual, ahead = 0, 0
        last: Row | None = None
        for row in rows:
            if row[1] - row[0] != ahead:  # the row before has several lines
                self._see_lines(last)
                ahead = row[1] - row[0]
            last = row
            if len(row[2]) == self.width != 1 and row[0] >= first and row[2] not in self.headers:
                usual += 1
            elif row[0] >= first or not row[2]:
                self._see(row)
        self._see_lines(last)
        self.count += usual

    def _see(self, row: Row) -> None:
        _, line, cells = row
        if cells in self.headers:
            self.again += 1
        elif len(cells) == self.width and cells[0].strip():
            self.count += 1
        elif not any(cell.strip() for cell in cells):
            self.blank += 1
        else:
            self.count += 1
            self._see_odd(line, cells)

    def _see_odd(self, line: int, cells: list[str]) -> None:
        self.widest = max(self.widest, len(cells))
        if not self.delimiter or self.width is None:
            return
        if not any(cell.strip() for cell in cells[self.width :]) and len(cells) > self.width:
            self.surplus += 1
            return
        self.widths[len(cells)] += 1
        if len(self.odd) < SHOWN_LINES:
            self.odd.append((line, len(cells)))

    def _see_lines(self, row: Row | None) -> None:
        if row is None or not self.delimiter or self.width in (None, 1):
            return
        for place, cell in enumerate(row[2]):
            end = max(cell.rfind("\n"), cell.rfind("\r"))
            if end < 0 or cell.count(self.delimiter, end) < place:  # most texts go no further
                continue
            lines = LINE_END.split(cell)
            if _are_rows(lines, place, len(row[2]), self.delimiter):
                self.swallowing.append((row[1], len(lines)))

    def notes(self) -> Iterator[str]:
        """What a person may want to know."""
        if self.blank:
            yield f"{self.blank:,} blank line{'s' if self.blank > 1 else ''} left out."
        if self.again:
            rows = "1 row, which was" if self.again == 1 else f"{self.again:,} rows, which were"
            yield f"The header comes again in {rows} left out."
        if self.surplus:
            rows = "1 row ends" if self.surplus == 1 else f"{self.surplus:,} rows end"
            yield f"{rows} with empty cells beyond the last column, which were left out."
        if self.swallowing:
            line, lines = self.swallowing[0]
            more = len(self.swallowing) - 1
            yield (
                f"The quote that opens on line {line:,} takes in {lines - 1:,} more "
                f"line{'s' if lines > 2 else ''}, each like a row of its own, as one cell: if they are rows, "
                f"close it where its cell ends.{f' So do {more:,} more.' if more else ''}"
            )


def _are_rows(lines: Sequence[str], place: int, width: int, delimiter: str) -> bool:
    """Whether a cell's lines are the end of a row, whole rows, and the beginning of one: rows that a quote
    took in because it was closed too late. Those of a text or of code cut otherwise."""
    wanted = [width - place, *[width] * (len(lines) - 2), place + 1]
    pairs = list(zip(lines, wanted, strict=True))
    if any(line.count(delimiter) < cells - 1 for line, cells in pairs):
        return False
    in_text = re.compile(IN_TEXT.format(re.escape(delimiter)))
    return all(_is_row(line, cells, delimiter, in_text) for line, cells in pairs)


def _is_row(line: str, width: int, delimiter: str, in_text: re.Pattern[str]) -> bool:
    """Whether it cuts into so many cells, none of them empty or with a bracket that another one closes."""
    if line.count(delimiter) == width - 1 and in_text.search(line):
        return False
    cells = next(csv.reader([line], delimiter=delimiter), [])
    even = all(cell.count(one) == cell.count(other) for cell in cells for one, other in BRACKETS)
    return len(cells) == width and even and all(map(str.strip, cells))
