"""Tables as text: the header stays with every row, so that a row means something on its own.

Called by the parsers of Word, Markdown, HTML and sheets.
"""

from collections.abc import Sequence

from studio.library.parse.blocks import DocumentText

Row = Sequence[str]
WHOLE_TABLE_CHARACTERS = 500  # up to about one passage a table reads best in one piece


def row_sentence(header: Row, row: Row) -> str:
    """`Column: value; Column: value` without the empty cells."""
    named = zip(list(header) + [""] * (len(row) - len(header)), row, strict=False)
    cells = [(_flat(name), _flat(value)) for name, value in named]
    return "; ".join(f"{name}: {value}" if name else value for name, value in cells if value)


def add_table(document: DocumentText, rows: Sequence[Row]) -> bool:
    """Add a table whose first row is its header; False when there was nothing in it."""
    filled = [row for row in rows if any(_flat(cell) for cell in row)]
    if not filled:
        return False
    whole = "\n".join(" | ".join(_flat(cell) for cell in row) for row in filled)
    if len(filled) < 2 or len(whole) <= WHOLE_TABLE_CHARACTERS:
        document.add("table", whole)
        return True
    for row in filled[1:]:
        document.add("table", row_sentence(filled[0], row))
    return True


def _flat(cell: str) -> str:
    return " ".join(cell.split())
