"""Which delimiter and quoting a text table uses. Called by reading."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from studio import csv_cells  # noqa: F401 - long cells are fine
from studio.errors import BadInput

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_RECORDS = 200
DECLARED = re.compile(r"sep=([,;\t|])\r?\n?", re.IGNORECASE)
BACKSLASH_QUOTE = re.compile(r'(?<!\\)\\"')


@dataclass(frozen=True)
class Record:
    """One line of a table, which may span several lines of the file; `line` is where it starts."""

    line: int
    cells: list[str]


@dataclass(frozen=True)
class Dialect:
    """How to cut the text; `blank_after` drops the blanks that follow a delimiter."""

    delimiter: str
    blank_after: bool = False


def sniff(text: str) -> Dialect:
    """Take the delimiter that gives most records the same width above one; the comma wins ties.

    Excel may declare it in a first line like "sep=;", which is no part of the table.
    """
    declared = DECLARED.match(text)
    delimiter = declared[1] if declared else max(DELIMITERS, key=lambda candidate: _evenness(text, candidate))
    blank_after = re.search(re.escape(delimiter) + r' +"[^"\n]*"', text[:20_000]) is not None
    return Dialect(delimiter, blank_after)


def records(text: str, dialect: Dialect, name: str) -> Iterator[Record]:
    """Cut the whole text strictly; an open quote is refused with the line where it opened."""
    # newline="" keeps the line breaks inside quoted cells as they are
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=dialect.delimiter, skipinitialspace=dialect.blank_after, strict=True)
    line = 1
    try:
        for cells in reader:
            if line > 1 or not DECLARED.match(text):
                yield Record(line, cells)
            line = reader.line_num + 1
    except csv.Error as error:
        raise BadInput(
            f"In {name} the quotes in the row that starts on line {line} do not match: "
            'close the quote, or write a quote inside a cell twice (""). Nothing was stored.'
        ) from error


def _evenness(text: str, delimiter: str) -> tuple[float, int]:
    widths: Counter[int] = Counter()
    for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)):
        if number >= SAMPLE_RECORDS:
            break
        if cells:
            widths[len(cells)] += 1
    wide = {width: count for width, count in widths.items() if width > 1}
    if not wide:
        return (0.0, 0)
    return (max(wide.values()) / widths.total(), max(wide, key=wide.__getitem__))
