"""Joins columns into the prompt, such as “{question} ({product})”. Called by mapping and cutting."""

import re
from collections.abc import Callable, Sequence

from studio.errors import BadInput
from studio.training_sets.shapes.names import simple

_FIELD = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_ABSENT = "\0"
_AROUND_ABSENT = re.compile(rf"[ \t]*[(\[]{_ABSENT}[)\]]|{_ABSENT}")

Fill = Callable[[Sequence[str]], str]


def template_columns(template: str, columns: Sequence[str]) -> list[str]:
    """The columns it names, in their own spelling. Raises BadInput for one that is not there."""
    return [columns[place] for place in _parts(template, columns) if isinstance(place, int)]


def filling(template: str, columns: Sequence[str]) -> Fill:
    """What makes a prompt of a row's cells; brackets around an empty cell go away with it."""
    parts = _parts(template, columns)

    def fill(row: Sequence[str]) -> str:
        pieces = [part if isinstance(part, str) else row[part].strip() or _ABSENT for part in parts]
        return _AROUND_ABSENT.sub("", "".join(pieces)).strip()

    return fill


def _parts(template: str, columns: Sequence[str]) -> list[str | int]:
    """Texts, and the places of columns between them."""
    parts: list[str | int] = []
    end = 0
    for found in _FIELD.finditer(template):
        parts.append(template[end : found.start()])
        end = found.end()
        if found[0] in ("{{", "}}"):
            parts.append(found[0][0])
        elif found[1] is None:
            raise BadInput("The template has a brace without its partner: write columns as {question}.")
        else:
            parts.append(_place(found[1], columns))
    parts.append(template[end:])
    if not any(isinstance(part, int) for part in parts):
        raise BadInput("The template names no column: write columns in braces, as in {question} ({product}).")
    return parts


def _place(name: str, columns: Sequence[str]) -> int:
    if name in columns:
        return columns.index(name)
    alike = [place for place, column in enumerate(columns) if simple(column) == simple(name)]
    if len(alike) != 1:
        raise BadInput(
            f"The template names the column “{name}”, which is not there; the table has {', '.join(columns)}."
        )
    return alike[0]
