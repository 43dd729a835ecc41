"""What a table says of each of its categories: rows, totals and ranges per value. Called by `facts`."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from math import fsum

from studio.library.parse.columns import Column
from studio.library.parse.wording import Table, average, counted, cut, in_short, is_money, packed, written

_MOST_VALUES = 20
_MOST_GROUPINGS = 4
_MOST_AMOUNTS = 8
_YES = frozenset(["yes", "y", "true", "x", "1", "ja", "oui", "sí", "si", "sim", "áno", "ano", "tak", "igen"])
_NO = frozenset(["no", "n", "false", "-", "0", "nein", "non", "não", "nee", "nie", "ne", "nem"])
_PARTICIPLE = re.compile(r"[a-z]+(?:ed|id|en|wn)")  # paid, leased, taken


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
    """Which category has the highest total or average? The highest comes first."""
    has_total = column.unit != "%"
    measure = "total (sum) and average (mean)" if has_total else "average (mean)"
    parts = []
    for value, rows in _highest_first(category, column, has_total):
        numbers = _numbers(column, rows)
        total = f"{written(fsum(numbers), column)} and " if has_total else ""
        parts.append(f"{cut(value)} {total}{average(column, numbers)}")
    asked = f"which {cut(category.name)} has the most{' money' if is_money(column) else ''}"
    start = f"{table.label}, {cut(column.name)} compared by {cut(category.name)}, {asked}, {measure}: "
    yield from packed(start, parts)


def _highest_first(category: Column, column: Column, by_total: bool) -> list[tuple[str, Sequence[int]]]:
    """Each value with its rows, after all rows together."""

    def measure(item: tuple[str, Sequence[int]]) -> float:
        numbers = _numbers(column, item[1])
        return fsum(numbers) if by_total else fsum(numbers) / len(numbers)

    found = [item for item in category.rows.items() if _numbers(column, item[1])]
    everything = ("all rows", range(len(column.cells)))
    return [everything, *sorted(found, key=measure, reverse=True)]


def _value(table: Table, category: Column, value: str, columns: Sequence[Column]) -> Iterator[str]:
    rows = category.rows[value]
    parts = [counted(table, len(rows))]
    for column in columns:
        if column.kind == "category":
            parts.append(f"{cut(column.name)} {_counts(column, rows)}")
        elif _numbers(column, rows):
            parts.append(f"{cut(column.name)} {in_short(table, column, rows)}")
    yield from packed(f"{table.label}, {cut(category.name)} {cut(value)}{_denied(category, value)}: ", parts)


def _denied(category: Column, value: str) -> str:
    """What people say for the "no" of a column: " (not paid, unpaid)"."""
    name = category.name.strip().lower()
    if (
        value.lower() not in _NO
        or len(category.rows) != 2
        or not any(one.lower() in _YES for one in category.rows)
    ):
        return ""
    return f" (not {name}, un{name})" if _PARTICIPLE.fullmatch(name) else f" (not {name})"


def _counts(column: Column, rows: Sequence[int]) -> str:
    beside = Counter(column.cells[index] for index in rows)
    return ", ".join(f"{cut(value)} {beside[value]}" for value in column.rows if value in beside)


def _numbers(column: Column, rows: Sequence[int]) -> list[float]:
    return [number for index in rows if (number := column.numbers[index]) is not None]
