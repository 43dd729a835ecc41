"""CSV, TSV and Excel: every row on its own, with its header and its row number."""

import io
from collections import Counter
from dataclasses import replace
from itertools import islice
from operator import itemgetter
from pathlib import Path

from studio.errors import BadInput
from studio.library.parse import text as plain_text
from studio.library.parse.blocks import DocumentText, ParsedDocument
from studio.library.parse.facts import FEWEST_ROWS, table_facts
from studio.library.parse.grids import Grid, NumberedRow, grid_of, separate
from studio.library.parse.tables import add_row
from studio.library.parse.text import encoding_of
from studio.library.places import Place
from studio.open_xml import read_properties
from studio.text_tables.rows import TextRows, Unmatched
from studio.text_tables.sniffing import sniff
from studio.workbooks import Limits, read_workbook

MOST_ROWS = Limits().rows
_LOOKED_AT = 50  # lines
_FEWEST_LINES = 5


def parse_csv(path: Path, name: str) -> ParsedDocument:
    rows, notes = _read_rows(path, name)
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
    start = TextRows(path, name, encoding_of(path, name)).start()
    return parse_csv(path, name) if _is_table(start) else plain_text.parse(path, name)


def _is_table(start: str) -> bool:
    """Whether all lines but a title have the same three cells or more. Not commas: prose has them."""
    dialect = sniff(start)
    rows = dialect.reader(io.StringIO(start, newline=dialect.newline), strict=False)
    widths = Counter(len(row) for row in islice(filter(None, rows), _LOOKED_AT))
    width, even = max(widths.items(), key=itemgetter(1), default=(0, 0))
    odd = widths.total() - even
    return (
        dialect.delimiter in ";\t|" and width >= 3 and even >= _FEWEST_LINES - 1 and odd <= max(1, even // 10)
    )


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
    return [(None, grid_of(_read_rows(path, name)[0]))]


def _read_rows(path: Path, name: str) -> tuple[list[NumberedRow], list[str]]:
    """The rows that are not empty, numbered as a spreadsheet program does, and what to say of the file."""
    encoding = encoding_of(path, name)
    text = TextRows(path, name, encoding)
    start = text.start()
    if start.lstrip()[:200].lower().startswith(("<!doctype", "<html")):
        raise BadInput(f"{name} is a web page, not a table. Export the table itself, or name the file .html.")
    tabs = name.lower().endswith(".tsv") and "\t" in start
    text, rows = _cut(replace(text, dialect=sniff(start, "\t" if tabs else None)))
    return rows, [*encoding.notes, *text.notes()]


def _cut(text: TextRows) -> tuple[TextRows, list[NumberedRow]]:
    """Where the quotes do not match, other ways of quoting are tried before that is said."""
    try:
        return text, _filled(text)
    except Unmatched:
        for other in text.quoted_otherwise():
            try:
                return other, _filled(other)
            except Unmatched:
                continue
        raise


def _filled(text: TextRows) -> list[NumberedRow]:
    return [(number, row) for number, _, row in text.rows() if any(cell.strip() for cell in row)]


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
    return [f"{have} another number of fields than the header (first at row {other[0]})."]


def _add_grid(document: DocumentText, grid: Grid, where: Place, label: str) -> None:
    """Title rows, what the table says as a whole, then every row with its header."""
    for number, row in grid.above:
        document.add("paragraph", " ".join(cell for cell in row if cell.strip()), replace(where, row=number))
    if len(grid.rows) >= FEWEST_ROWS:
        for text in table_facts(label, grid.header, grid.rows):
            document.add("sheet", text, where)
    for number, row in grid.rows:
        add_row(document, grid.header, row, replace(where, row=number))
