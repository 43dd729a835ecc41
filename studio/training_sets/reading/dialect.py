"""Which delimiter and quotes a text table uses, found out from its beginning. Called by opening and text."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from studio import csv_cells  # noqa: F401 - long cells are fine
from studio.errors import BadInput

DELIMITERS = (",", ";", "\t", "|")
# taken only where none of the usual ones cuts the text
UNUSUAL = ("^", "~", "¦", "§", "\x01", "\x1f")
SAMPLE_RECORDS = 200
DECLARED = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
SINGLE_QUOTED = re.compile(r"'.*'", re.DOTALL)
UNQUOTED = re.compile(r"[-+\d.,]*")


@dataclass(frozen=True)
class Dialect:
    """How to cut the text. `blank_after` drops the blanks that follow a delimiter; no `quote`: none is one.

    `backslash` reads \\" as a quote inside a cell; `declared`: the first line names the delimiter.
    """

    delimiter: str = ","
    quote: str = '"'
    blank_after: bool = False
    backslash: bool = False
    declared: bool = False

    def reader(self, lines: Iterator[str], *, strict: bool = True) -> Iterator[list[str]]:
        """Rows of the lines; csv.Error where the quotes do not match, if strict."""
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            quotechar=self.quote or None,
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            skipinitialspace=self.blank_after,
            strict=strict,
        )

    def others(self) -> Iterator["Dialect"]:
        """What else to try where the quotes do not match: a tab-separated file may have no quotes at all."""
        if self.quote:
            yield replace(self, backslash=True)
            if self.delimiter == "\t":
                yield replace(self, quote="")


def sniff(text: str, wanted: str | None = None) -> Dialect:
    """Take the delimiter that gives most records the same width above one; the comma wins ties.

    `text` is the beginning of a file, up to a line's end. Excel may declare the delimiter in a first line
    like "sep=;", which is no part of the table; `wanted` is what a person says.
    """
    declared = DECLARED.match(text)
    text = text[declared.end() :] if declared else text
    delimiter = _allowed(wanted) if wanted else declared[1] if declared else _likeliest(text)
    found = Dialect(delimiter, declared=declared is not None)
    found = replace(found, quote="'") if _single_quoted(text, found) else found
    return replace(found, blank_after=_blank_after(text, found))


def _allowed(wanted: str) -> str:
    if len(wanted) == 1 and wanted not in "\"'\r\n\0":
        return wanted
    raise BadInput(f"“{wanted}” cannot separate columns: give one character, such as a semicolon.")


def _likeliest(text: str) -> str:
    for candidates in (DELIMITERS, UNUSUAL):
        best = max(candidates, key=lambda delimiter: _evenness(text, delimiter))
        if _evenness(text, best) > (0.0, 0):
            return best
    return ","


def _evenness(text: str, delimiter: str) -> tuple[float, int]:
    if delimiter not in text:
        return (0.0, 0)
    widths = Counter(len(cells) for cells in _sample(text, Dialect(delimiter)))
    wide = {width: count for width, count in widths.items() if width > 1}
    if not wide:
        return (0.0, 0)
    return (max(wide.values()) / widths.total(), max(wide, key=wide.__getitem__))


def _sample(text: str, dialect: Dialect) -> list[list[str]]:
    reader = dialect.reader(iter(io.StringIO(text, newline="")), strict=False)
    return [cells for cells in islice(reader, SAMPLE_RECORDS) if cells]


def _blank_after(text: str, found: Dialect) -> bool:
    """Whether there are blanks between a delimiter and the quote that opens a cell."""
    kept, skipped = _sample(text, found), _sample(text, replace(found, blank_after=True))
    cells = [pair for rows in zip(kept, skipped, strict=False) for pair in zip(*rows, strict=False)]
    return any(cell != other and cell.lstrip(" ").startswith(found.quote) for cell, other in cells)


def _single_quoted(text: str, found: Dialect) -> bool:
    """Whether apostrophes enclose the cells: all of them, or those that hold a delimiter."""
    cells = [cell for row in _sample(text, found) for cell in row if cell and not UNQUOTED.fullmatch(cell)]
    if not any(SINGLE_QUOTED.match(cell) for cell in cells):
        return False
    before = {len(row) for row in _sample(text, found)}
    after = {len(row) for row in _sample(text, replace(found, quote="'"))}
    return len(after) == 1 and (len(before) > 1 or all(map(SINGLE_QUOTED.fullmatch, cells)))
