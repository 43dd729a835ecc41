"""What a table says as a whole: rows, columns, totals, ranges and counts, as short texts to be found.

Called by the parsers of sheets and of tables in documents. Search finds rows well, but no row says how
many there are or which is the lowest; each text here stands for itself and names its table and columns.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

from studio.library.parse.columns import Column, months_of, read_column, row_names
from studio.library.parse.grids import NumberedRow
from studio.library.parse.groups import group_texts
from studio.library.parse.wording import Table, counted, cut, ends, overall, packed, rows_named, span, totals

FEWEST_ROWS = 5
_MOST_COLUMNS = 60
_MOST_TEXTS = 80
_FEWEST_TEXTS = 10  # also where a table has fewer rows
_TOTAL_WORDS = "total subtotal sum summe gesamt insgesamt spolu celkem celkom suma součet totale totaal razem"
_TOTALS = frozenset([*_TOTAL_WORDS.split(), "grand total"])


def table_facts(label: str, header: Sequence[str], rows: Sequence[NumberedRow]) -> list[str]:
    """Texts of at most about 110 tokens; `label` names the table in each ("Sheet Prices")."""
    data = [(number, row) for number, row in rows if not _is_total(row)]
    names = [name or f"column {index}" for index, name in enumerate(header[:_MOST_COLUMNS], start=1)]
    columns = [
        read_column(name, [row[index] if index < len(row) else "" for _, row in data])
        for index, name in enumerate(names)
    ]
    filled = [column for column in columns if column.kind != "empty"]
    about = label.partition(" ")[2].partition(",")[0]
    table = Table(label, about, filled, row_names(filled, len(data)), [number for number, _ in data])
    return list(islice(_texts(table), min(_MOST_TEXTS, max(_FEWEST_TEXTS, len(data)))))


def says_more_than_its_rows(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Is there a column to add up, to order or to count by?"""
    cells = ([row[index] if index < len(row) else "" for row in rows] for index in range(len(header)))
    return any(read_column("", column).kind in ("number", "date", "category") for column in cells)


def _is_total(row: Sequence[str]) -> bool:
    first = next((cell.strip().lower() for cell in row if cell.strip()), "")
    return first.strip(" :") in _TOTALS


def _texts(table: Table) -> Iterator[str]:
    """Most useful first: a table with very many columns loses the last ones."""
    start = f"{table.label} as a whole: {counted(table, len(table.names), altogether=True)}. Columns: "
    yield from packed(start, [_described(column) for column in table.columns])
    dates = table.of_kind("date")
    for column in table.of_kind("number"):
        yield from _amount(table, column)
    for column in dates:
        yield _days(table, column)
    months = [found for column in dates if (found := months_of(column))]
    yield from group_texts(table, months)


def _described(column: Column) -> str:
    if column.kind == "number":
        return f"{cut(column.name)} (number, {overall(column)})"
    if column.kind == "date":
        return f"{cut(column.name)} (date)"
    ends = f", {span(column)}" if any(value is not None for value in column.numbers) else ""
    return f"{cut(column.name)} (text, {len(column.rows)} different{ends})"


def _amount(table: Table, column: Column) -> Iterator[str]:
    values = [value for value in column.numbers if value is not None]
    together = f"all {len(values)} values ({f'all {table.about} together' if table.about else 'together'})"
    start = f"{table.label}, column {cut(column.name)}, {together}: "
    yield from packed(start, totals(column, values))
    yield from packed(start, ends(table, column, range(len(column.numbers))))


def _days(table: Table, column: Column) -> str:
    days = [day for day in column.days if day]
    found = []
    for words, day in (
        ("earliest (first, oldest)", min(days)),
        ("latest (last, newest, most recent)", max(days)),
    ):
        where = [index for index, other in enumerate(column.days) if other == day]
        found.append(f"{words} {column.cells[where[0]]} ({rows_named(table, where)})")
    return f"{table.label}, column {cut(column.name)}, all {len(days)} dates: {'; '.join(found)}."
