"""Excel workbooks read cell by cell with limits: a few bytes can declare a sheet of 17 billion cells.

Called by the library's sheet parser and by the reader of training sets.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook

from studio.archives import UNREADABLE
from studio.errors import BadInput
from studio.open_xml import opened

BATCH_ROWS = 500
DAMAGED = (InvalidFileException, OSError, KeyError, ValueError, TypeError, SyntaxError)
LAST_ROW = 1_048_576  # of an Excel sheet


@dataclass(frozen=True)
class Limits:
    """What is read of one sheet: more filled rows are refused, more columns left out (None: none is)."""

    rows: int = 50_000
    columns: int | None = 200


@dataclass(frozen=True)
class Sheet:
    """`rows` are (row number as Excel shows it, cell texts), empty rows left out."""

    name: str
    rows: list[tuple[int, list[str]]]


def read_workbook(path: Path, name: str, limits: Limits | None = None) -> tuple[list[Sheet], list[str]]:
    """The filled rows of every sheet with the values saved last, and notes about what is missing."""
    limits = limits or Limits()
    with _opened(path, name) as book, _quietly():
        sheets = [Sheet(sheet.title, list(_rows(sheet, name, limits))) for sheet in book.worksheets]
    return sheets, formula_notes(path, name, limits)


def sheet_names(path: Path, name: str) -> dict[str, bool]:
    """In the order of the workbook, and whether Excel shows the sheet."""
    with _opened(path, name) as book:
        return {sheet.title: sheet.sheet_state == "visible" for sheet in book.worksheets}


def sheet_rows(path: Path, name: str, title: str, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    """The filled rows of one sheet, one after the other, with their numbers as Excel shows them."""
    with _opened(path, name) as book:
        rows = _rows(next(sheet for sheet in book.worksheets if sheet.title == title), name, limits)
        while batch := _next(rows):
            yield from batch


def _next(rows: Iterator[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    """Some rows at a time: what is silenced must not stay so while somebody else's code runs."""
    with _quietly():
        return list(islice(rows, BATCH_ROWS))


@contextmanager
def _quietly() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # openpyxl tells of every drawing it does not read
        yield


@contextmanager
def _opened(path: Path, name: str, *, values: bool = True) -> Iterator[Workbook]:
    """Given as an open file, because openpyxl judges a path by its ending and stored originals have none."""
    with opened(path) as file:
        try:
            with _quietly():
                book = openpyxl.load_workbook(file, read_only=True, data_only=values, keep_links=False)
            yield book
        except (*DAMAGED, *UNREADABLE) as problem:
            raise _damaged(name) from problem


def _damaged(name: str) -> BadInput:
    return BadInput(
        f"{name} is damaged: it cannot be read as an Excel workbook. Save it again and add the new file."
    )


def _rows(sheet: Any, name: str, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    sheet.reset_dimensions()  # what the file says about its size is often wrong, sometimes on purpose
    filled = 0
    cells = sheet.iter_rows(max_row=LAST_ROW, max_col=limits.columns, values_only=True)
    for number, row in enumerate(cells, start=1):
        if row.count(None) == len(row):  # a sheet blown up to a million empty rows
            continue
        texts = [cell_text(value) for value in row]
        if any(text.strip() for text in texts):
            filled += 1
            if filled > limits.rows:
                raise BadInput(
                    f"{name}, sheet {sheet.title}, has more than {limits.rows:,} filled rows. Split it."
                )
            yield number, _trimmed(texts)


def _trimmed(texts: list[str]) -> list[str]:
    while texts and not texts[-1].strip():
        texts.pop()
    return texts


def cell_text(value: object) -> str:
    """A cell as Excel shows it: whole numbers without .0, TRUE and FALSE, dates as 2026-11-22."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, bool):
        return str(value).upper()
    return str(value)


def _has_formulas(path: Path) -> bool:
    """A quick look for formula elements; the careful count reads the workbook twice more."""
    with ZipFile(path) as archive:
        sheets = (entry for entry in archive.namelist() if entry.startswith("xl/worksheets/"))
        return any(b"<f>" in (data := archive.read(entry)) or b"<f " in data for entry in sheets)


def formula_notes(path: Path, name: str, limits: Limits, only: str | None = None) -> list[str]:
    """Formulas whose result was never saved (written by a program, never opened in Excel) read as empty.

    `only` names the sheet that counts, else all do.
    """
    if not _has_formulas(path):
        return []
    with _opened(path, name, values=False) as formulas, _opened(path, name) as values:
        pairs = zip(formulas.worksheets, values.worksheets, strict=True)
        unsaved = sum(_unsaved(*pair, limits) for pair in pairs if only in (None, pair[0].title))
    cells = "1 formula cell has no saved value and is" if unsaved == 1 else ""
    cells = cells or f"{unsaved:,} formula cells have no saved value and are"
    return [f"{cells} empty here."] if unsaved else []


def _unsaved(formulas: Any, values: Any, limits: Limits) -> int:
    formulas.reset_dimensions()
    values.reset_dimensions()
    shown = {"max_row": limits.rows, "max_col": limits.columns, "values_only": True}
    pairs = zip(formulas.iter_rows(**shown), values.iter_rows(**shown), strict=False)
    return sum(
        isinstance(formula, str) and formula.startswith("=") and value is None
        for row, saved in pairs
        for formula, value in zip(row, saved, strict=False)
    )
