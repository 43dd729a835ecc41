"""The rows of a sheet around a passage, in the columns of the original. Called by the source viewer."""

from dataclasses import dataclass
from pathlib import Path

from studio.library.parse.grids import Grid
from studio.library.parse.sheet import read_tables
from studio.library.places import Place

SHEETS = (".csv", ".tsv", ".txt", ".xlsx")
_AROUND = 4  # rows shown above and below
_OF_A_SHEET = 12  # rows shown of a whole sheet


@dataclass(frozen=True)
class TableRow:
    """A row by the number a spreadsheet program shows; `chosen` is the passage's own."""

    number: int
    cells: tuple[str, ...]
    chosen: bool


@dataclass(frozen=True)
class TableView:
    """Some rows of a table under its header; all have as many cells. `total` counts all its rows."""

    header: tuple[str, ...]
    rows: tuple[TableRow, ...]
    total: int


def table_around(path: Path, name: str, place: Place) -> TableView | None:
    """The table that holds the place's row, or its sheet's first; None where the file is no sheet."""
    if not name.lower().endswith(SHEETS):
        return None
    grids = [grid for sheet, grid in read_tables(path, name) if sheet == place.sheet and grid.rows]
    if place.row is None:
        return _view(grids[0], 0, _OF_A_SHEET, None) if grids else None
    for grid in grids:
        numbers = [number for number, _ in grid.rows]
        if place.row in numbers:
            at = numbers.index(place.row)
            return _view(grid, max(0, at - _AROUND), at + _AROUND + 1, place.row)
    return None


def _view(grid: Grid, first: int, end: int, chosen: int | None) -> TableView:
    shown = grid.rows[first:end]
    width = max([len(grid.header), *(len(row) for _, row in shown)])
    rows = tuple(TableRow(number, _filled_up(row, width), number == chosen) for number, row in shown)
    return TableView(_filled_up(grid.header, width), rows, len(grid.rows))


def _filled_up(cells: list[str], width: int) -> tuple[str, ...]:
    return tuple(" ".join(cell.split()) for cell in cells) + ("",) * (width - len(cells))
