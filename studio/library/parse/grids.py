"""Where the tables of a sheet lie, and which rows are title, header, units and data.

Called by the parsers of sheets and of tables in documents.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import dropwhile, groupby, zip_longest
from statistics import median

from studio.library.parse.amounts import read_days, read_numbers

NumberedRow = tuple[int, list[str]]
_YEAR = re.compile(r"(?:19|20)\d\d")
_UNIT = re.compile(r"[(\[]?[^\W\d]{0,6}[€$£%°/µ²³]?[^\W\d]{0,4}[²³]?[)\]]?")
_FEWEST_WITH_UNITS = 3  # rows: header, units, data


@dataclass(frozen=True)
class Grid:
    """One table: `above` are the title rows over it; `header` has empty names where the file has none."""

    above: list[NumberedRow]
    header: list[str]
    rows: list[NumberedRow]

    @property
    def has_header(self) -> bool:
        return any(self.header)


def grid_of(rows: Sequence[NumberedRow]) -> Grid:
    """Rows with something in them, as one table. Rows far shorter than usual above the others are a title."""
    usual = median(_filled(row) for _, row in rows) if rows else 0
    body = list(dropwhile(lambda row: _filled(row[1]) < min(2, usual) or _filled(row[1]) < usual / 2, rows))
    above = list(rows[: len(rows) - len(body)])
    if len(body) < 2 or _starts_with_data(body):
        return Grid(above, [""] * max((len(row) for _, row in body), default=0), body)
    header = [" ".join(cell.split()) for cell in body[0][1]]
    if _is_units(body):
        units = (cell.strip(" ()[]") for cell in body[1][1])
        pairs = zip_longest(header, units, fillvalue="")
        header = [f"{name} ({unit})" if name and unit else name or unit for name, unit in pairs]
        return Grid(above, header, body[2:])
    return Grid(above, header, body[1:])


def _starts_with_data(rows: Sequence[NumberedRow]) -> bool:
    """A number or date above a column of numbers or dates is data, unless it is one of several years."""
    first, below = rows[0][1], [row for _, row in rows[1:200]]
    found = [
        cell
        for index, cell in enumerate(first)
        if _is_amount(cell) and _are_amounts([row[index] for row in below if index < len(row)])
    ]
    return bool(found) and not all(_YEAR.fullmatch(cell.strip()) for cell in found)


def _is_units(rows: Sequence[NumberedRow]) -> bool:
    """Is the second row only units such as kg or (EUR), above numbers?"""
    if len(rows) < _FEWEST_WITH_UNITS:
        return False
    second, below = rows[1][1], [row for _, row in rows[2:200]]
    units = [(index, cell) for index, cell in enumerate(second) if cell.strip()]
    return bool(units) and all(
        _UNIT.fullmatch(cell.strip()) and _are_amounts([row[index] for row in below if index < len(row)])
        for index, cell in units
    )


def _is_amount(cell: str) -> bool:
    return bool(cell.strip()) and _are_amounts([cell])


def _are_amounts(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell.strip()]
    numbers = read_numbers(filled)
    days = read_days(filled)
    known = [
        bool(day) or (numbers is not None and numbers.values[index] is not None)
        for index, day in enumerate(days)
    ]
    return bool(filled) and sum(known) >= 0.9 * len(filled)


def separate(rows: Sequence[NumberedRow]) -> list[list[NumberedRow]]:
    """The tables of a sheet: one below the other or side by side, each with its rows cut to its columns."""
    parts: list[list[NumberedRow]] = []
    for run in _runs(rows):
        bands = _bands(run)
        if len(bands) > 1 and len({(band[0][0], band[-1][0]) for band in bands}) > 1:
            parts += [part for band in bands for part in separate(band)]
        else:
            parts.append(run)
    return parts


def _runs(rows: Sequence[NumberedRow]) -> Iterator[list[NumberedRow]]:
    """Cut where a row of two cells or more uses none of the columns in use above it, or where a table
    in other columns begins below an empty row."""
    run: list[NumberedRow] = []
    used: set[int] = set()
    for number, row in rows:
        columns = {index for index, cell in enumerate(row) if cell.strip()}
        below_gap = bool(run) and number > run[-1][0] + 1 and min(columns) != min(used)
        if len(run) > 1 and len(columns) > 1 and (columns.isdisjoint(used) or below_gap):
            yield run
            run, used = [], set()
        run.append((number, row))
        used |= columns
    if run:
        yield run


def _bands(run: Sequence[NumberedRow]) -> list[list[NumberedRow]]:
    """Cut at columns that are empty in all rows; the cells left of a band are taken away."""
    used = sorted({index for _, row in run for index, cell in enumerate(row) if cell.strip()})
    groups = [
        [index for _, index in group] for _, group in groupby(enumerate(used), lambda pair: pair[1] - pair[0])
    ]
    bands = []
    for group in groups:
        cut = [(number, row[group[0] : group[-1] + 1]) for number, row in run]
        bands.append([(number, row) for number, row in cut if _filled(row)])
    return bands


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)
