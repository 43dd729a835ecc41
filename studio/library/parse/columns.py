"""What kind of values a table's column holds, and which columns name its rows. Called by `facts`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import islice, pairwise
from typing import Literal

from studio.library.parse.amounts import read_days, read_numbers

ColumnKind = Literal["number", "date", "category", "text", "empty"]
_MOSTLY = 0.9  # share of the filled cells
_MOST_CATEGORIES = 30
_LOOKED_AT = 100
_LONGEST_NAME = 60  # characters of a cell that can name its row
_CODES = re.compile(
    r"\b(?:id|ids|no|nr|num|number|code|sku|ean|isbn|zip|plz|psč|ičo|ico|phone|tel|číslo|nummer)\b"
    r"(?!\.? of\b)",
    re.I,
)
_KEYS = re.compile(  # name what is numbered, unlike "order value"
    r"(?:order|invoice|article|item|ticket|bestellung|rechnung|artikel|auftrag|objednávka|faktúra|faktura)"
    r"|.*[a-z](?:nr|nummer)\.?",
    re.I,
)
_FEWEST_STEPS = 10  # rows; fewer amounts run in steps of one by chance
_YEARS = re.compile(r"\b(?:year|jahr|rok|année|año|anno|ano)\b", re.I)
_MONTH_NAMES = "January February March April May June July August September October November December"
_MONTHS = tuple(_MONTH_NAMES.split())


@dataclass(frozen=True)
class Column:
    """`numbers` and `days` have one entry per row, None where the cell holds none. Codes and years are texts
    or categories that have numbers, to be ordered but not added up."""

    name: str
    kind: ColumnKind
    cells: list[str]
    numbers: list[float | None]
    days: list[date | None]
    unit: str = ""
    decimals: int = 0
    decimal_mark: str = "."

    @cached_property
    def rows(self) -> dict[str, list[int]]:
        """The rows of each value, most frequent first, then in order of appearance."""
        found: dict[str, list[int]] = {}
        for index, cell in enumerate(self.cells):
            if cell:
                found.setdefault(cell, []).append(index)
        return dict(sorted(found.items(), key=lambda item: -len(item[1])))


def read_column(name: str, cells: list[str]) -> Column:
    cells = [" ".join(cell.split()) for cell in cells]
    filled = sum(bool(cell) for cell in cells)
    none: list[None] = [None] * len(cells)
    if not filled:
        return Column(name, "empty", cells, [*none], [*none])
    if not _looks_written_in_digits(cells):
        return Column(name, _kind_of_words(cells, filled), cells, [*none], [*none])
    days = read_days(cells)
    if sum(day is not None for day in days) >= _MOSTLY * filled:
        return Column(name, "date", cells, [*none], days)
    numbers = read_numbers(cells)
    known = sum(value is not None for value in numbers.values) if numbers else 0
    if numbers and known >= _MOSTLY * filled:
        written = numbers.unit, numbers.decimals, numbers.mark
        names = not numbers.unit and _names_things(name, numbers.values)
        kind = _kind_of_words(cells, filled) if names else "number"
        return Column(name, kind, cells, numbers.values, [*none], *written)
    return Column(name, _kind_of_words(cells, filled), cells, [*none], [*none])


def _looks_written_in_digits(cells: Sequence[str]) -> bool:
    """A quick look at the first cells: most columns of a large table are words."""
    first = list(islice((cell for cell in cells if cell), _LOOKED_AT))
    return sum(any(character.isdigit() for character in cell) for cell in first) > len(first) / 2


def _names_things(name: str, values: Sequence[float | None]) -> bool:
    """Codes, keys and years are written with digits, but nobody adds them up."""
    known = [value for value in values if value is not None]
    if not all(value.is_integer() for value in known):
        return False
    years = all(1000 <= value <= 2999 for value in known)
    return bool(_CODES.search(name) or (years and _YEARS.search(name))) or _is_key(name, known)


def _is_key(name: str, values: Sequence[float]) -> bool:
    """All different, and named like a key or counting the rows."""
    if len(set(values)) < len(values):
        return False
    counting = len(values) >= _FEWEST_STEPS and abs(values[-1] - values[0]) == len(values) - 1
    steps = {after - before for before, after in pairwise(values)}
    return bool(_KEYS.fullmatch(name.strip())) or (counting and len(steps) == 1)


def _kind_of_words(cells: Sequence[str], filled: int) -> ColumnKind:
    different = len({cell for cell in cells if cell})
    return "category" if different <= _MOST_CATEGORIES and different <= filled / 2 else "text"


def months_of(column: Column) -> Column | None:
    """The months of a date column as a category, where there are two to twenty-four and they come again."""
    days = [day for day in column.days if day]
    months = {(day.year, day.month) for day in days}
    if not 2 <= len(months) <= min(24, len(days) / 2):
        return None
    cells = [f"{_MONTHS[day.month - 1]} {day.year}" if day else "" for day in column.days]
    none: list[None] = [None] * len(cells)
    return Column(f"month of {column.name}", "category", cells, [*none], [*none])


def row_names(columns: Sequence[Column], rows: int) -> list[str]:
    """What people call each row: its first two texts that are (nearly) never repeated; else no name."""
    naming = [column for column in columns if column.kind == "text" and _names_rows(column)][:2]
    return [" ".join(column.cells[index] for column in naming).strip() for index in range(rows)]


def _names_rows(column: Column) -> bool:
    filled = [cell for cell in column.cells if cell]
    distinct = len(set(filled)) >= _MOSTLY * len(column.cells)
    return distinct and sum(map(len, filled)) <= _LONGEST_NAME * len(filled)
