"""What a table says of each of its categories: rows, totals and ranges per value. Called by `facts`."""

from collections import Counter
from collections.abc import Iterator, Sequence
from math import fsum

from studio.library.parse.columns import Column
from studio.library.parse.wording import Table, average, counted, cut, in_short, packed, written

_MOST_VALUES = 20
_MOST_GROUPINGS = 4
_MOST_AMOUNTS = 8


def group_texts(table: Table, months: Sequence[Column]) -> Iterator[str]:
    """First how many rows each value has, then the amounts side by side, then each value by itself."""
    categories, amounts = table.of_kind("category"), table.of_kind("number")[:_MOST_AMOUNTS]
    for category in [*categories, *months]:
        start = f"{table.label}, how many rows (number, count) for each {cut(category.name)}, "
        values = [f"{cut(value)} {len(rows)}" for value, rows in category.rows.items()]
        yield from packed(f"{start}{len(category.rows)} different: ", values)
    grouping = [column for column in categories if len(column.rows) <= _MOST_VALUES][:_MOST_GROUPINGS]
    for category in [*grouping, *months]:
        for column in amounts:
            yield from _compared(table, category, column)
    for category in grouping:
        others = [column for column in grouping if column is not category]
        for value, rows in category.rows.items():
            if len(rows) > 1:  # of a single row the row itself says it all
                yield from _value(table, category, value, [*amounts, *others])


def _compared(table: Table, category: Column, column: Column) -> Iterator[str]:
    """Which category has the highest total or average?"""
    has_total = column.unit != "%"
    measure = "total (sum) and average (mean)" if has_total else "average (mean)"
    parts = []
    for value, rows in {"all rows": range(len(column.cells)), **category.rows}.items():
        numbers = _numbers(column, rows)
        if numbers:
            total = f"{written(fsum(numbers), column)} and " if has_total else ""
            parts.append(f"{cut(value)} {total}{average(column, numbers)}")
    start = f"{table.label}, {cut(column.name)} compared by {cut(category.name)}, {measure}: "
    yield from packed(start, parts)


def _value(table: Table, category: Column, value: str, columns: Sequence[Column]) -> Iterator[str]:
    rows = category.rows[value]
    parts = [counted(table, len(rows))]
    for column in columns:
        if column.kind == "category":
            parts.append(f"{cut(column.name)} {_counts(column, rows)}")
        elif _numbers(column, rows):
            parts.append(f"{cut(column.name)} {in_short(table, column, rows)}")
    yield from packed(f"{table.label}, {cut(category.name)} {cut(value)}: ", parts)


def _counts(column: Column, rows: Sequence[int]) -> str:
    beside = Counter(column.cells[index] for index in rows)
    return ", ".join(f"{cut(value)} {beside[value]}" for value in column.rows if value in beside)


def _numbers(column: Column, rows: Sequence[int]) -> list[float]:
    return [number for index in rows if (number := column.numbers[index]) is not None]
