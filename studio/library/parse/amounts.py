"""Numbers and dates as people write them in tables: 1,234.50, 1.234,50 €, (12), 3. 1. 2026.

Called when a table is described, only to compare and to add up: the text of a cell is never changed.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

_WRITTEN = re.compile(
    r"(?P<open>\()?(?P<sign>[+\-−–])?\s?(?P<before>[€$£¥₹₽]|[A-Z]{3}\s)?\s?(?P<late_sign>[-−–])?"
    r"(?P<digits>\d(?:[\d.,'’\s]*\d)?|[.,]\d+)(?P<power>[eE][+-]?\d{1,3})?"
    r"\s?(?P<after>[^\W\d_][^\s\d]{0,9}|[%‰°€$£¥₹₽][^\s\d]{0,3})?\)?"
)
_GROUPED = re.compile(r"\d{1,3}([.,'’ ])\d{3}(?:\1\d{3})*(?:[.,]\d+)?")
_LEADING_ZERO = re.compile(r"0\d")
_ISO = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?")
_DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_SLASHED = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})")


@dataclass(frozen=True)
class Numbers:
    """A column read as numbers; None where a cell is empty or no number. `unit` is "" when none is written.

    `mark` is the decimal mark, a point or a comma.
    """

    values: list[float | None]
    unit: str
    decimals: int
    mark: str


@dataclass(frozen=True)
class _Written:
    """`mark` is the decimal mark as far as this number settles it, else ""."""

    digits: str
    mark: str
    negative: bool
    unit: str
    power: str


def read_numbers(cells: Sequence[str]) -> Numbers | None:
    """None when the filled cells do not agree on one unit and one decimal mark."""
    written = [_read(cell) for cell in cells]
    units = {item.unit for item in written if item and item.unit}
    marks = {item.mark for item in written if item}
    if len(units) > 1 or len(marks & {".", ","}) > 1:
        return None
    mark = "," if "," in marks else "."
    values = [_value(item, mark) for item in written]
    decimals = max((_decimals(item, mark) for item in written if item), default=0)
    return Numbers(values, next(iter(units), ""), min(decimals, 6), mark)


def _read(cell: str) -> _Written | None:
    found = _WRITTEN.fullmatch(cell.strip().replace("\u00a0", " ").replace("\u202f", " "))
    if not found or bool(found["open"]) != cell.strip().endswith(")"):
        return None
    digits = _ungrouped(found["digits"])
    if digits is None or _LEADING_ZERO.match(digits):
        return None  # 1.2.3 is a version, 007 a code
    negative = bool(found["open"]) or (found["sign"] or found["late_sign"] or "+") in "-−–"
    unit = (found["before"] or found["after"] or "").strip()
    return _Written(digits, _decimal_mark(found["digits"], digits), negative, unit, found["power"] or "")


def _ungrouped(digits: str) -> str | None:
    """Without the marks between groups of three digits; None when they group otherwise."""
    marks = [character for character in digits if not character.isdigit()]
    if len(marks) > 1 or (marks and marks[0] not in ".,"):
        if not _GROUPED.fullmatch(digits):
            return None
        digits = digits.replace(marks[0], "")
    return digits


def _decimal_mark(written: str, digits: str) -> str:
    """The mark if it can only be a decimal one; "" before exactly three digits, where it could group."""
    for mark, other in ((".", ","), (",", ".")):
        if written.count(mark) > 1:
            return other
    mark = next((character for character in digits if character in ".,"), "")
    whole, _, after = digits.partition(mark or ".")
    could_group = len(after) == 3 and 1 <= len(whole) <= 3 and whole != "0"
    return "" if could_group else mark


def _value(item: _Written | None, mark: str) -> float | None:
    if item is None:
        return None
    other = "." if mark == "," else ","
    value = float(item.digits.replace(other, "").replace(mark, ".") + item.power)
    return -value if item.negative else value


def _decimals(item: _Written, mark: str) -> int:
    return 0 if item.power else len(item.digits.partition(mark)[2])


def read_days(cells: Sequence[str]) -> list[date | None]:
    """Day before month with dots; with slashes only where some date of the column settles the order."""
    slashed = [found for cell in cells if (found := _SLASHED.fullmatch(cell.strip()))]
    day_first = any(int(found[1]) > 12 for found in slashed)
    month_first = any(int(found[2]) > 12 for found in slashed)
    order = None if day_first == month_first else day_first
    return [next(_days(cell.strip(), order), None) for cell in cells]


def _days(cell: str, day_first: bool | None) -> Iterator[date]:
    parts: tuple[str, ...] = ()
    if found := _ISO.fullmatch(cell):
        parts = found[1], found[2], found[3]
    elif (found := _DOTTED.fullmatch(cell)) or (day_first and (found := _SLASHED.fullmatch(cell))):
        parts = found[3], found[2], found[1]
    elif day_first is False and (found := _SLASHED.fullmatch(cell)):
        parts = found[3], found[1], found[2]
    if parts:
        try:
            yield date(*map(int, parts))
        except ValueError:
            return
