"""The words in which tables are described, with those that people ask by. Called by `facts` and `groups`."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import fsum

from studio.library.lengths import estimated_tokens
from studio.library.parse.columns import Column

_LONGEST = 110  # tokens, so that title and headings fit beside it
_LONGEST_VALUE = 60  # characters
_MOST_TIES = 3

# what the ends of a scale are called when one asks for them
_PRICE = (
    r"price|cost|amount|preis|kosten|betrag|cena|ceny|suma|prix|coût|precio|prezzo|prijs|€|\beur\b|\busd\b"
)
_SCALES = (
    (re.compile(_PRICE, re.IGNORECASE), "cheapest", "most expensive"),
    (re.compile(r"\bage\b|\balter\b|\bvek\b|\bvěk\b", re.IGNORECASE), "youngest", "oldest"),
    (re.compile(r"weight|mass|gewicht|hmotnos", re.IGNORECASE), "lightest", "heaviest"),
    (re.compile(r"length|height|distance|duration|länge|höhe|dauer", re.IGNORECASE), "shortest", "longest"),
    (re.compile(r"speed|geschwindigkeit|rýchlos", re.IGNORECASE), "slowest", "fastest"),
)  # fmt: skip
_MONEY = re.compile(rf"{_PRICE}|revenue|sales|turnover|income|umsatz|tržb|výnos|chiffre", re.IGNORECASE)
_CURRENCIES = ("€", "$", "£", "¥")


@dataclass(frozen=True)
class Table:
    """`label` names it in every text, `about` is what its rows are, `names` and `numbers` are its rows'."""

    label: str
    about: str
    columns: list[Column]
    names: list[str]
    numbers: list[int]

    def of_kind(self, kind: str) -> list[Column]:
        return [column for column in self.columns if column.kind == kind]


def counted(table: Table, rows: int, *, altogether: bool = False) -> str:
    """ "9 rows (how many Bills, number, count)" """
    asked = f"how many {table.about or 'rows'}{' altogether' if altogether else ''}"
    return f"{'1 row' if rows == 1 else f'{rows} rows'} ({asked}, number, count)"


def is_money(column: Column) -> bool:
    return column.unit in _CURRENCIES or bool(_MONEY.search(f"{column.name} {column.unit}"))


def totals(column: Column, values: Sequence[float]) -> list[str]:
    """Sum and mean; percentages are not added up."""
    much = "how much money" if is_money(column) else "how much"
    total = f"total (sum, altogether, {much}) {written(fsum(values), column)}"
    return [*([] if column.unit == "%" else [total]), f"average (mean) {average(column, values)}"]


def overall(column: Column) -> str:
    """ "total 43, 1 to 4" """
    values = [value for value in column.numbers if value is not None]
    total = "" if column.unit == "%" else f"total {written(fsum(values), column)}, "
    return f"{total}{span(column)}"


def span(column: Column) -> str:
    """ "1 to 4" """
    values = [value for value in column.numbers if value is not None]
    return f"{written(min(values), column)} to {written(max(values), column)}"


def average(column: Column, values: Sequence[float]) -> str:
    return written(fsum(values) / len(values), column, 2)


def ends(table: Table, column: Column, rows: Sequence[int]) -> list[str]:
    """The lowest and the highest value of these rows, as their cells have it, and the rows that have it."""
    least, most = _scale(column)
    return [
        f"lowest (minimum, smallest{least}) {_extreme(table, column, rows, min)}",
        f"highest (maximum, largest, biggest{most}) {_extreme(table, column, rows, max)}",
    ]


def in_short(table: Table, column: Column, rows: Sequence[int]) -> str:
    """The same as `totals` and `ends`, in few words."""
    values = [value for index in rows if (value := column.numbers[index]) is not None]
    least, most = _scale(column)
    total = "" if column.unit == "%" else f"total {written(fsum(values), column)}, "
    return (
        f"{total}average {average(column, values)}, "
        f"lowest{_aside(least)} {_extreme(table, column, rows, min)}, "
        f"highest{_aside(most)} {_extreme(table, column, rows, max)}"
    )


def _aside(words: str) -> str:
    return f" ({words.removeprefix(', ')})" if words else ""


def _extreme(
    table: Table, column: Column, rows: Sequence[int], end: Callable[[Iterable[float]], float]
) -> str:
    numbers = {index: value for index in rows if (value := column.numbers[index]) is not None}
    value = end(numbers.values())
    where = [index for index, number in numbers.items() if number == value]
    return f"{column.cells[where[0]]} ({rows_named(table, where)})"


def _scale(column: Column) -> tuple[str, str]:
    for pattern, least, most in _SCALES:
        if pattern.search(column.name) or (least == "cheapest" and column.unit in _CURRENCIES):
            return f", {least}", f", {most}"
    return "", ""


def rows_named(table: Table, where: Sequence[int]) -> str:
    if len(where) > _MOST_TIES:
        return f"{len(where)} rows"
    return ", ".join(cut(table.names[index]) or f"row {table.numbers[index]}" for index in where)


def packed(start: str, parts: Sequence[str]) -> Iterator[str]:
    """As many parts as fit, each text with the same start."""
    text = ""
    for part in parts:
        if text and estimated_tokens(f"{start}{text}; {part}") > _LONGEST:
            yield f"{start}{text}."
            text = ""
        text = f"{text}; {part}" if text else part
    if text:
        yield f"{start}{text}."


def written(value: float, column: Column, more_decimals: int = 0) -> str:
    """With the column's decimals, decimal mark and unit."""
    decimals = max(column.decimals, more_decimals)
    unit = f" {column.unit}" if column.unit else ""
    return f"{value:.{decimals}f}".replace(".", column.decimal_mark) + unit


def cut(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"
