"""The first sheet with rows of an .xlsx file as the records of a table. Called by reading."""

from pathlib import Path

from studio.archives import entry_names
from studio.errors import BadInput
from studio.training_sets.reading.dialect import Record
from studio.workbooks import LAST_ROW, Limits, Sheet, read_workbook

# what a sheet can hold: examples are read whole, whatever their number
WHOLE_SHEET = Limits(rows=LAST_ROW, columns=None)


def read_first_sheet(path: Path, name: str) -> tuple[list[Record], list[str]]:
    """Rows of the first sheet that has any, and notes about what was left out."""
    entry_names(path, name)  # refuses what would unpack to too much
    sheets, notes = read_workbook(path, name, WHOLE_SHEET)
    filled = next((sheet for sheet in sheets if sheet.rows), None)
    if filled is None:
        raise BadInput(f"{name} is empty: no sheet has any rows.")
    others = [sheet.name for sheet in sheets if sheet is not filled]
    if others:
        notes = [f"Read the sheet “{filled.name}”; left out: {', '.join(others)}.", *notes]
    return _records(filled), notes


def _records(sheet: Sheet) -> list[Record]:
    """A sheet has no row widths: rows are filled to the widest."""
    width = max(len(row) for _, row in sheet.rows)
    return [Record(number, row + [""] * (width - len(row))) for number, row in sheet.rows]
