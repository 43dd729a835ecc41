"""Reads the first sheet with rows of an .xlsx file as text. Called by reading."""

import warnings
import zipfile
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from studio.errors import BadInput
from studio.training_sets.dialect import Record

LARGEST_UNPACKED = 300_000_000


def read_workbook(path: Path, name: str) -> tuple[list[Record], list[str]]:
    """Rows of the first sheet that has any, and notes about what was left out."""
    _refuse_bomb(path, name)
    try:
        with warnings.catch_warnings():
            # it warns of drawings and extensions it leaves out; only cells matter here
            warnings.simplefilter("ignore", UserWarning)
            with closing(openpyxl.load_workbook(path, read_only=True, data_only=True)) as book:
                return _first_filled(book, name)
    except (InvalidFileException, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise BadInput(
            f"{name} is damaged or not an Excel workbook: save it again as .xlsx or CSV."
        ) from error


def _refuse_bomb(path: Path, name: str) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile as error:
        raise BadInput(
            f"{name} is damaged or not an Excel workbook: save it again as .xlsx or CSV."
        ) from error
    if unpacked > LARGEST_UNPACKED:
        raise BadInput(f"{name} unpacks to {unpacked / 1e6:,.0f} MB, more than can be read: split it.")


def _first_filled(book: openpyxl.Workbook, name: str) -> tuple[list[Record], list[str]]:
    for sheet in book.worksheets:
        # some writers store a wrong size; without it every row is read
        sheet.reset_dimensions()
        rows = [[_text(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
        found = _trim(rows)
        if any(record.cells for record in found):
            others = [other.title for other in book.worksheets if other is not sheet]
            notes = [f"Read the sheet “{sheet.title}”; left out: {', '.join(others)}."] if others else []
            return found, notes
    raise BadInput(f"{name} is empty: no sheet has any rows.")


def _trim(rows: list[list[str]]) -> list[Record]:
    """A sheet has no row widths: rows are cut or filled to the widest column in use."""
    width = max((_used(row) for row in rows), default=0)
    last = max((number for number, row in enumerate(rows, start=1) if any(row)), default=0)
    filled = [row[:width] + [""] * (width - len(row)) for row in rows[:last]]
    return [Record(number, row if any(row) else []) for number, row in enumerate(filled, start=1)]


def _used(row: list[str]) -> int:
    return max((number for number, cell in enumerate(row, start=1) if cell), default=0)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
