"""Tables as text: the header stays with every row, so that a row means something on its own.

Called by the parsers of Word, PowerPoint, OpenDocument, Markdown, HTML and sheets, and by the source viewer.
"""

import re
from collections.abc import Sequence

from studio.library.parse.blocks import DocumentText
from studio.library.parse.facts import FEWEST_ROWS, says_more_than_its_rows, table_facts
from studio.library.parse.grids import Grid, grid_of
from studio.library.places import Place

Row = Sequence[str]
WHOLE_TABLE_CHARACTERS = 500  # up to about one passage a table reads best in one piece
_BETWEEN = " | "
_BAR = re.compile(r"(?:(?<=\s)|^)\|(?=\s|$)")  # empty cells at the ends lose their blanks


def add_row(document: DocumentText, header: Row, row: Row, where: Place | None = None) -> None:
    """Add `Column: value; Column: value` without the empty cells."""
    names = list(header) + [""] * (len(row) - len(header))
    document.add_row([(_flat(name), _flat(value)) for name, value in zip(names, row, strict=False)], where)


def add_table(document: DocumentText, rows: Sequence[Row], where: Place | None = None) -> bool:
    """Add a table whose first full row is its header; False when there was nothing in it."""
    filled = [[_flat(cell) for cell in row] for row in rows if any(_flat(cell) for cell in row)]
    if not filled:
        return False
    grid = grid_of(list(enumerate(filled, start=1)))
    _add_facts(document, grid, where)
    whole = "\n".join(_BETWEEN.join(row) for row in filled)
    if len(filled) < 2 or len(whole) <= WHOLE_TABLE_CHARACTERS:
        document.add("table", whole, where)
        return True
    for _, row in grid.above:
        document.add("table", _BETWEEN.join(cell for cell in row if cell), where)
    for _, row in grid.rows:
        add_row(document, grid.header, row, where)
    return True


def whole_table(text: str) -> list[list[str]] | None:
    """The rows of a table that was added in one piece, all of one width; None for any other text."""
    rows = [[cell.strip() for cell in _BAR.split(line)] for line in text.split("\n")]
    width = max(map(len, rows))
    if len(rows) < 2 or min(map(len, rows)) < 2:
        return None
    return [row + [""] * (width - len(row)) for row in rows]


def _add_facts(document: DocumentText, grid: Grid, where: Place | None) -> None:
    """What the table says as a whole, where it has columns to add up, order or count by."""
    rows = [row for _, row in grid.rows]
    if len(rows) >= FEWEST_ROWS and grid.has_header and says_more_than_its_rows(grid.header, rows):
        label = f"Table {document.heading_path[-1] if document.heading_path else ''}".strip()
        for text in table_facts(label, grid.header, grid.rows):
            document.add("sheet", text, where)


def _flat(cell: str) -> str:
    return " ".join(cell.split())
