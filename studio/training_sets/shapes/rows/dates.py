"""Reads the dates of a column, whichever way they are written. Called by guessing, mapping and cutting."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime

_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])\s?(\d{1,2})[-/.]\s?(\d{4})(?!\d)")
_TOGETHER = re.compile(r"(19|20)(\d{2})(\d{2})(\d{2})$")
_SECONDS = re.compile(r"1\d{9}(\.\d+)?$|1\d{12}$")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WORDS = re.compile(r"(?:(\d{1,2})\.? )?([A-Za-z]{3})[a-z]*\.? (?:(\d{1,2}),? )?(\d{4})")

ReadDate = Callable[[str], date | None]


def date_reader(sample: Iterable[str]) -> ReadDate:
    """What reads this column's dates; 03/04/2024 is in April unless a cell of the sample says otherwise."""
    month_first = any(
        int(found[1]) <= 12 < int(found[3]) for cell in sample if (found := _YEAR_LAST.match(cell.strip()))
    )
    return lambda cell: _date(cell.strip(), month_first=month_first)


def share_of_dates(cells: Iterable[str]) -> float:
    """Which share of the filled cells can be read as dates."""
    filled = [cell for cell in cells if cell.strip()]
    read = date_reader(filled)
    return sum(read(cell) is not None for cell in filled) / len(filled) if filled else 0.0


def _date(cell: str, *, month_first: bool) -> date | None:
    try:
        return _parsed(cell, month_first=month_first)
    except ValueError:
        return None


def _parsed(cell: str, *, month_first: bool) -> date | None:
    if found := _YEAR_FIRST.match(cell):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _YEAR_LAST.match(cell):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        swapped = month_first and found[2] == "/"
        return date(year, first, second) if swapped else date(year, second, first)
    if found := _TOGETHER.match(cell):
        return date(int(found[1] + found[2]), int(found[3]), int(found[4]))
    if _SECONDS.match(cell):
        seconds = float(cell) / (1000 if len(cell) == 13 else 1)
        return datetime.fromtimestamp(seconds, UTC).date()
    if found := _WORDS.match(cell):
        day = found[1] or found[3] or "1"
        return date(int(found[4]), _MONTHS.index(found[2].lower()) + 1, int(day))
    return None
