"""CSV, TSV and Excel: every row on its own, with its header and its row number."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from studio import csv_cells  # noqa: F401 - long cells are fine
from studio.errors import BadInput
from studio.library.parse import text as plain_text
from studio.library.parse.blocks import DocumentText, ParsedDocument
from studio.library.parse.facts import FEWEST_ROWS, table_facts
from studio.library.parse.grids import Grid, NumberedRow, grid_of, separate
from studio.library.parse.tables import row_sentence
from studio.library.parse.text import read_text
from studio.library.places import Place
from studio.open_xml import read_properties
from studio.workbooks import Limits, read_workbook

MOST_ROWS = Limits().rows
_DELIMITERS = ",;\t|"
_LOOKED_AT = 50  # lines
_FEWEST_LINES = 5


def parse_csv(path: Path, name: str) -> ParsedDocument:
    text, notes = read_text(path, name)
    if text.lstrip()[:200].lower().startswith(("<!doctype", "<html")):
        raise BadInput(f"{name} is a web page, not a table. Export the table itself, or name the file .html.")
    rows = list(_read_rows(text, name))
    if not rows:
        raise BadInput(f"{name} has no rows.")
    grid = grid_of(rows)
    notes += _check_widths(grid, name)
    document = DocumentText()
    title = Path(name).stem
    _add_grid(document, grid, Place(0, 0), f"Table {title}")
    return ParsedDocument(title, document.blocks, tables=1, warnings=notes)


def parse_text(path: Path, name: str) -> ParsedDocument:
    """A .txt file: a table when its lines are cells between the same marks, else paragraphs."""
    content, _ = read_text(path, name)
    return parse_csv(path, name) if _is_table(content) else plain_text.parse(path, name)


def _is_table(content: str) -> bool:
    """Commas are left out: prose has them, too."""
    lines = [line for line in content.splitlines()[:_LOOKED_AT] if line.strip()]
    counts = [[line.count(mark) for line in lines] for mark in ";\t|"]
    return len(lines) >= _FEWEST_LINES and any(min(count) == max(count) >= 2 for count in counts)


def parse_xlsx(path: Path, name: str) -> ParsedDocument:
    sheets, notes = read_workbook(path, name)
    document = DocumentText()
    tables = 0
    for sheet in sheets:
        document.heading(1, sheet.name)
        grids = [grid_of(rows) for rows in separate(sheet.rows)]
        tables += len(grids)
        for index, grid in enumerate(grids, start=1):
            label = f"Sheet {sheet.name}" + (f", table {index}" if len(grids) > 1 else "")
            _add_grid(document, grid, Place(0, 0, sheet=sheet.name), label)
    if not document.blocks:
        raise BadInput(f"{name} has no filled cells on {len(sheets)} sheets.")
    dated = read_properties(path).modified
    return ParsedDocument(Path(name).stem, document.blocks, tables=tables, warnings=notes, dated=dated)


def read_tables(path: Path, name: str) -> list[tuple[str | None, Grid]]:
    """Every table with its sheet, as `parse_csv` and `parse_xlsx` see it. Called by the source viewer."""
    if name.lower().endswith(".xlsx"):
        sheets, _ = read_workbook(path, name)
        return [(sheet.name, grid_of(rows)) for sheet in sheets for rows in separate(sheet.rows)]
    text, _ = read_text(path, name)
    return [(None, grid_of(list(_read_rows(text, name))))]


def _read_rows(text: str, name: str) -> Iterator[NumberedRow]:
    delimiter = "\t" if name.lower().endswith(".tsv") else _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield reader.line_num, row
    except csv.Error as problem:
        raise BadInput(
            f"{name} is damaged at line {reader.line_num}: its quotation marks do not match. "
            "Export it again as CSV."
        ) from problem


def _delimiter(text: str) -> str:
    """The mark that splits the first rows into the most columns, the same number in each."""
    lines = text.splitlines(keepends=True)[:_LOOKED_AT]

    def columns(mark: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=mark) if any(cell.strip() for cell in row)]
        return min(widths, default=0), widths[0] if widths else 0

    return max(_DELIMITERS, key=columns)


def _check_widths(grid: Grid, name: str) -> list[str]:
    if not grid.has_header and len(grid.rows) < 2:
        raise BadInput(f"{name} has a header but no rows below it.")
    if len(grid.rows) > MOST_ROWS:
        raise BadInput(
            f"{name} has {len(grid.rows):,} rows; the library takes {MOST_ROWS:,} in one file. Split it."
        )
    if not grid.has_header:
        return ["No header was found: values are kept without the names of their columns."]
    width = len(grid.header)
    other = [number for number, row in grid.rows if len(row) != width]
    if all(len(row) == width + 1 for _, row in grid.rows):
        raise BadInput(
            f"{name}: every row has one field more than the header ({width + 1} instead of {width}), "
            "so no value can be matched to its column. Add the missing column name or quote the texts."
        )
    if not other:
        return []
    have = "1 row has" if len(other) == 1 else f"{len(other):,} rows have"
    return [f"{have} another number of fields than the header (first at line {other[0]})."]


def _add_grid(document: DocumentText, grid: Grid, where: Place, label: str) -> None:
    """Title rows, what the table says as a whole, then every row with its header."""
    for number, row in grid.above:
        document.add("paragraph", " ".join(cell for cell in row if cell.strip()), replace(where, row=number))
    if len(grid.rows) >= FEWEST_ROWS:
        for text in table_facts(label, grid.header, grid.rows):
            document.add("sheet", text, where)
    for number, row in grid.rows:
        document.add("table", row_sentence(grid.header, row), replace(where, row=number))
