"""What a table says as a whole: rows, columns, totals, ranges and counts, as short texts to be found.

Called by the parsers of sheets and of tables in documents. Search finds rows well, but no row says how
many there are or which is the lowest; each text here stands for itself and names its table and columns.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, product
from math import fsum

from studio.library.lengths import estimated_tokens
from studio.library.parse.columns import Column, months_of, read_column, row_names
from studio.library.parse.grids import NumberedRow

FEWEST_ROWS = 5
_LONGEST = 110  # tokens, so that title and headings fit beside it
_MOST_COLUMNS = 60
_MOST_TEXTS = 80
_LONGEST_VALUE = 60  # characters
_MOST_TIES = 3
_MOST_GROUPS = 20
_MOST_GROUPINGS = 4
_MOST_AMOUNTS = 8
_PRICE = re.compile(
    r"price|cost|preis|kosten|cena|ceny|prix|coût|precio|prezzo|prijs|€|\beur\b|\busd\b", re.IGNORECASE
)
_TOTAL_WORDS = "total subtotal sum summe gesamt insgesamt spolu celkem celkom suma součet totale totaal razem"
_TOTALS = frozenset([*_TOTAL_WORDS.split(), "grand total"])


@dataclass(frozen=True)
class _Table:
    label: str
    about: str
    columns: list[Column]
    rows: int
    names: list[str]
    numbers: list[int]

    def of_kind(self, kind: str) -> list[Column]:
        return [column for column in self.columns if column.kind == kind]


def table_facts(label: str, header: Sequence[str], rows: Sequence[NumberedRow]) -> list[str]:
    """Texts of at most `_LONGEST` tokens; `label` names the table in each ("Sheet Prices")."""
    counted = [(number, row) for number, row in rows if not _is_total(row)]
    names = [name or f"column {index}" for index, name in enumerate(header[:_MOST_COLUMNS], start=1)]
    columns = [
        read_column(name, [row[index] if index < len(row) else "" for _, row in counted])
        for index, name in enumerate(names)
    ]
    filled = [column for column in columns if column.kind != "empty"]
    naming = row_names(filled, len(counted))
    about = label.partition(" ")[2].partition(",")[0]
    table = _Table(label, about, filled, len(counted), naming, [number for number, _ in counted])
    return list(islice(_texts(table), min(_MOST_TEXTS, max(8, len(counted)))))


def says_more_than_its_rows(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Is there a column to add up, to order or to count by?"""
    cells = ([row[index] if index < len(row) else "" for row in rows] for index in range(len(header)))
    return any(read_column("", column).kind in ("number", "date", "category") for column in cells)


def _is_total(row: Sequence[str]) -> bool:
    first = next((cell.strip().lower() for cell in row if cell.strip()), "")
    return first.strip(" :") in _TOTALS


def _texts(table: _Table) -> Iterator[str]:
    """Most useful first: a table with very many columns loses the last ones."""
    yield from _overview(table)
    amounts, categories, dates = (table.of_kind(kind) for kind in ("number", "category", "date"))
    for column in amounts:
        yield from _amount(table, column)
    for column in dates:
        yield _days(table, column)
    months = [found for column in dates if (found := months_of(column))]
    for category in [*categories, *months]:
        yield from _counts(table, category)
    grouping = [column for column in categories if len(column.counts) <= _MOST_GROUPS][:_MOST_GROUPINGS]
    for category, column in product([*grouping, *months], amounts[:_MOST_AMOUNTS]):
        yield from _by_category(table, column, category)
    for category, other in combinations(grouping, 2):
        yield from _crossed(table, category, other)


def _overview(table: _Table) -> Iterator[str]:
    rows = _rows(table.rows)
    asked = f"how many {table.about or 'rows'}, number, count in all"
    start = f"{table.label} as a whole: {rows} ({asked}). Columns: "
    yield from _packed(start, [_described(column) for column in table.columns])


def _described(column: Column) -> str:
    if column.kind == "number":
        return f"{_cut(column.name)} (number{f', {column.unit}' if column.unit else ''})"
    if column.kind == "date":
        return f"{_cut(column.name)} (date)"
    return f"{_cut(column.name)} (text, {len(column.counts)} different)"


def _amount(table: _Table, column: Column) -> Iterator[str]:
    values = [value for value in column.numbers if value is not None]
    start = f"{table.label}, column {_cut(column.name)}, all {len(values)} values: "
    total = [] if column.unit == "%" else [f"total (sum) {_written(fsum(values), column)}"]
    mean = f"average (mean) {_written(fsum(values) / len(values), column, 2)}"
    cheapest, dearest = (", cheapest", ", most expensive") if _is_price(column) else ("", "")
    lowest = f"lowest (minimum, smallest, least{cheapest}) {_extreme(table, column, min(values))}"
    highest = f"highest (maximum, largest, most{dearest}) {_extreme(table, column, max(values))}"
    yield from _packed(start, [*total, mean, lowest, highest])


def _is_price(column: Column) -> bool:
    return column.unit in ("€", "$", "£", "¥") or bool(_PRICE.search(column.name))


def _extreme(table: _Table, column: Column, value: float) -> str:
    """The value as the cell has it, and the rows that have it."""
    where = [index for index, number in enumerate(column.numbers) if number == value]
    return f"{column.cells[where[0]]} ({_rows_named(table, where)})"


def _rows_named(table: _Table, where: Sequence[int]) -> str:
    named = [_cut(table.names[index]) or f"row {table.numbers[index]}" for index in where[:_MOST_TIES]]
    more = f" and {len(where) - _MOST_TIES} more rows" if len(where) > _MOST_TIES else ""
    return ", ".join(named) + more


def _days(table: _Table, column: Column) -> str:
    days = [day for day in column.days if day]
    first, last = min(days), max(days)
    ends = []
    for words, day in (("earliest (first, oldest)", first), ("latest (last, newest, most recent)", last)):
        where = [index for index, other in enumerate(column.days) if other == day]
        ends.append(f"{words} {column.cells[where[0]]} ({_rows_named(table, where)})")
    return f"{table.label}, column {_cut(column.name)}, all {len(days)} dates: {'; '.join(ends)}."


def _counts(table: _Table, category: Column) -> Iterator[str]:
    start = (
        f"{table.label}, how many rows (number, count) for each {_cut(category.name)}, "
        f"{len(category.counts)} different: "
    )
    yield from _packed(start, [f"{_cut(value)} {count}" for value, count in category.counts.items()])


def _by_category(table: _Table, column: Column, category: Column) -> Iterator[str]:
    amount, group = _cut(column.name), _cut(category.name)
    start = (
        f"{table.label}, {amount} by {group} (total, average, lowest and highest {amount} for each {group}): "
    )
    parts = []
    for value in category.counts:
        rows = [index for index, cell in enumerate(category.cells) if cell == value]
        numbered = [index for index in rows if column.numbers[index] is not None]
        if numbered:
            parts.append(f"{_cut(value)}: {_group(table, column, numbered)}")
    yield from _packed(start, parts)


def _group(table: _Table, column: Column, rows: Sequence[int]) -> str:
    values = {index: number for index in rows if (number := column.numbers[index]) is not None}
    lowest, highest = min(values, key=values.__getitem__), max(values, key=values.__getitem__)
    total = "" if column.unit == "%" else f"total {_written(fsum(values.values()), column)}, "
    return (
        f"{_rows(len(values))}, {total}average {_written(fsum(values.values()) / len(values), column, 2)}, "
        f"lowest {column.cells[lowest]} ({_rows_named(table, [lowest])}), "
        f"highest {column.cells[highest]} ({_rows_named(table, [highest])})"
    )


def _crossed(table: _Table, category: Column, other: Column) -> Iterator[str]:
    start = f"{table.label}, how many rows (number, count) by {_cut(category.name)} and {_cut(other.name)}: "
    parts = []
    for value in category.counts:
        beside = [b for a, b in zip(category.cells, other.cells, strict=True) if a == value and b]
        counts = ", ".join(f"{_cut(b)} {beside.count(b)}" for b in other.counts if b in beside)
        parts.append(f"{_cut(value)}: {counts}")
    yield from _packed(start, parts)


def _packed(start: str, parts: Sequence[str]) -> Iterator[str]:
    """As many parts as fit, each text with the same start."""
    text = ""
    for part in parts:
        if text and estimated_tokens(f"{start}{text}; {part}") > _LONGEST:
            yield f"{start}{text}."
            text = ""
        text = f"{text}; {part}" if text else part
    if text:
        yield f"{start}{text}."


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"


def _written(value: float, column: Column, more_decimals: int = 0) -> str:
    decimals = max(column.decimals, more_decimals)
    unit = f" {column.unit}" if column.unit else ""
    return f"{value:.{decimals}f}".replace(".", column.decimal_mark) + unit


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"
