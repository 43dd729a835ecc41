"""JSON that holds columns instead of rows: {"question": […], "answer": […]}, or as pandas writes it.

Called by json_rows.
"""

from collections.abc import Iterator
from typing import Any

from studio.errors import BadInput
from studio.training_sets.reading.json_values import Values
from studio.training_sets.reading.objects import Object

LARGEST_BYTES = 200_000_000  # columns are held in memory whole


def columns_of(keys: Iterator[str], values: Values, size: int, name: str) -> dict[str, list[Any]] | None:
    """The members of an object as columns of one length; None where they are something else.

    Ends at the first member that is no column. Raises BadInput where the file of `size` bytes is too large.
    """
    columns: dict[str, list[Any]] = {}
    length: int | None = None
    for key in keys:
        column = _column(values)
        if column is None or length not in (None, len(column)):
            return None
        if size > LARGEST_BYTES:
            raise BadInput(
                f"{name} holds columns, and more than {LARGEST_BYTES / 1e6:.0f} MB of them: "
                "write one row as one object."
            )
        columns[key], length = column, len(column)
    return columns if length else None


def rows_of(columns: dict[str, list[Any]]) -> Iterator[Object]:
    """The rows of columns of one length."""
    for cells in zip(*columns.values(), strict=True):
        yield dict(zip(columns, cells, strict=True))


def _column(values: Values) -> list[Any] | None:
    if values.next() == "[":
        found = []
        for _, value in values.elements():
            if isinstance(value, dict):
                return None
            found.append(value)
        return found
    value = values.take()
    return list(value.values()) if isinstance(value, dict) and _is_counted(value) else None


def _is_counted(value: dict[str, Any]) -> bool:
    """Whether its names are 0, 1, 2 and so on, with a plain value each."""
    plain = not any(isinstance(one, dict) for one in value.values())
    return plain and bool(value) and list(value) == [str(number) for number in range(len(value))]
