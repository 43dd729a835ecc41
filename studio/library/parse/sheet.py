"""CSV, TSV and Excel: every row on its own, with its header and its row number."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from studio import csv_cells  # noqa: F401 - long cells are fine
from studio.errors import BadInput
from studio.library.parse.blocks import DocumentText, ParsedDocument
from studio.library.parse.tables import row_sentence
from studio.library.parse.text import read_text
from studio.library.places import Place
from studio.workbooks import Limits, Sheet, read_workbook

NumberedRow = tuple[int, list[str]]
MOST_ROWS = Limits().rows
_DELIMITERS = ",;\t|"


def parse_csv(path: Path, name: str) -> ParsedDocument:
    text, notes = read_text(path, name)
    if text.lstrip()[:200].lower().startswith(("<!doctype", "<html")):
        raise BadInput(f"{name} is a web page, not a table. Export the table itself, or name the file .html.")
    rows = list(_read_rows(text, name))
    notes += _check_widths(rows, name)
    document = DocumentText()
    _add_rows(document, None, rows)
    return ParsedDocument(Path(name).stem, document.blocks, tables=1, warnings=notes)


def parse_xlsx(path: Path, name: str) -> ParsedDocument:
    sheets, notes = read_workbook(path, name)
    document = DocumentText()
    for sheet in sheets:
        _add_sheet(document, sheet)
    if not document.blocks:
        raise BadInput(f"{name} has no filled cells on {len(sheets)} sheets.")
    return ParsedDocument(Path(name).stem, document.blocks, tables=len(sheets), warnings=notes)


def _read_rows(text: str, name: str) -> Iterator[NumberedRow]:
    delimiter = "\t" if name.lower().endswith(".tsv") else _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield reader.line_num, row
    except csv.Error as problem:
        raise BadInput(
            f"{name} is damaged at line {reader.line_num}: {problem}. Export it again as CSV."
        ) from None


def _delimiter(text: str) -> str:
    """The mark that splits the first lines into the most columns, the same number in each."""
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    counts = {mark: [line.count(mark) for line in lines] for mark in _DELIMITERS}
    return max(_DELIMITERS, key=lambda mark: (min(counts[mark], default=0), counts[mark][:1]))


def _check_widths(rows: list[NumberedRow], name: str) -> list[str]:
    if len(rows) < 2:
        raise BadInput(f"{name} has a header but no rows below it." if rows else f"{name} has no rows.")
    if len(rows) > MOST_ROWS:
        raise BadInput(
            f"{name} has {len(rows):,} rows; the library takes {MOST_ROWS:,} in one file. Split it."
        )
    width = len(rows[0][1])
    other = [number for number, row in rows[1:] if len(row) != width]
    if all(len(row) == width + 1 for _, row in rows[1:]):
        raise BadInput(
            f"{name}: every row has one field more than the header ({width + 1} instead of {width}), "
            "so no value can be matched to its column. Add the missing column name or quote the texts."
        )
    if not other:
        return []
    return [f"{len(other):,} rows have another number of fields than the header (first at line {other[0]})."]


def _add_sheet(document: DocumentText, sheet: Sheet) -> None:
    """Single cells above the first full row are a title, not a header."""
    document.heading(1, sheet.name)
    rows = [(number, [cell.strip() for cell in row]) for number, row in sheet.rows]
    while rows and _filled(rows[0][1]) < 2 and any(_filled(row) > 1 for _, row in rows):
        number, row = rows.pop(0)
        document.add("paragraph", " ".join(row), Place(0, 0, sheet=sheet.name, row=number))
    _add_rows(document, sheet.name, rows)


def _add_rows(document: DocumentText, sheet: str | None, rows: Sequence[NumberedRow]) -> None:
    if len(rows) == 1:
        document.add("table", " | ".join(rows[0][1]), Place(0, 0, sheet=sheet, row=rows[0][0]))
    for number, row in rows[1:]:
        document.add("table", row_sentence(rows[0][1], row), Place(0, 0, sheet=sheet, row=number))


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)
