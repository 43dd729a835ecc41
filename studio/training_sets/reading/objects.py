"""Rows that are objects with named fields, as JSON and Parquet have them, become columns and cells of text.

Called by opening. Nested values are compact JSON text; an object of plain values, alone or alone in a list,
is taken apart into columns such as instances.input, provided that it is so in every row. So is a text that
is alone in a list; of several answers the first one is taken.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import partial
from json.encoder import encode_basestring
from typing import Any

from studio.errors import BadInput
from studio.training_sets.reading.header import name_columns
from studio.training_sets.reading.json_values import Literal
from studio.training_sets.shapes.mapping import names_itself
from studio.training_sets.shapes.names import COMPLETION_NAMES, named_column

Object = Mapping[str, Any]
Cut = Callable[[Object], str]
MOST_INNER = 20
MOST_KINDS = 50
SHOWN_KINDS = 3
# of a chat or a list of passages, which have one element only by chance
ELEMENTS = ({"role", "content"}, {"from", "value"}, {"title", "text"})


@dataclass
class Field:
    """What was seen of one field so far; `inner` are the fields of the object in it.

    `texts`: what is no text is a list of texts, of which `several` rows have more than one.
    """

    rows: int = 0
    alike: bool = True
    inner: dict[str, None] = field(default_factory=dict)
    texts: bool = True
    lists: int = 0
    several: int = 0

    def see(self, value: Any) -> None:
        self.rows += 1
        if isinstance(value, list) and all(type(one) is str for one in value):
            self.lists, self.several = self.lists + 1, self.several + (len(value) > 1)
        elif value is not None and type(value) is not str:
            self.texts = False
        if self.alike and value is not None and value != []:
            found = only_object(value)
            self.alike = found is not None and len(self.inner) <= MOST_INNER
            self.inner.update(dict.fromkeys(found or ()))


def only_object(value: Any) -> Object | None:
    """The object of plain values that this is or that is alone in this list; turns and passages are none."""
    found = value[0] if isinstance(value, list) and len(value) == 1 else value
    if not isinstance(found, dict) or not found or any(names <= found.keys() for names in ELEMENTS):
        return None
    return None if any(isinstance(one, dict | list) for one in found.values()) else found


class Fields:
    """The fields of all rows, in the order of their first appearance."""

    def __init__(self) -> None:
        self._fields: dict[str, Field] = {}
        self._kinds: Counter[tuple[str, ...]] = Counter()
        self.rows = 0

    def see(self, row: Object) -> None:
        self.rows += 1
        if len(self._kinds) < MOST_KINDS:
            self._kinds[tuple(row)] += 1
        for name, value in row.items():
            if name not in self._fields:
                self._fields[name] = Field()
            self._fields[name].see(value)

    def columns(self, notes: list[str]) -> tuple[list[str], Callable[[Object], list[str]]]:
        """The columns, and what cuts a row into their cells."""
        apart = not names_itself(list(self._fields))
        found = [one for name, seen in self._fields.items() for one in _columns(name, seen, apart, notes)]
        notes += self._missing()
        names, cuts = name_columns([name for name, _ in found], notes), [cut for _, cut in found]
        return names, lambda row: [cut(row) for cut in cuts]

    def _missing(self) -> Iterator[str]:
        kinds = self._kinds.most_common(SHOWN_KINDS)
        if len(kinds) > 1 and len(self._kinds) < MOST_KINDS and set(kinds[0][0]).isdisjoint(kinds[1][0]):
            listed = "; ".join(f"{count:,} have {', '.join(kind)}" for kind, count in kinds)
            yield f"The rows are of different kinds ({listed}): give each kind a file of its own."
            return
        short = {name: self.rows - seen.rows for name, seen in self._fields.items() if seen.rows < self.rows}
        if short:
            listed = ", ".join(f"“{name}” in {count:,}" for name, count in list(short.items())[:5])
            yield f"Some fields are missing in some rows and are empty there: {listed}."


def _columns(name: str, seen: Field, apart: bool, notes: list[str]) -> Iterator[tuple[str, Cut]]:
    """The columns of a field: one, or one for each field of its object, or its first answer and all."""
    if apart and seen.alike and 0 < len(seen.inner) <= MOST_INNER:
        yield from ((f"{name}.{inner}", partial(_inner, name, inner)) for inner in seen.inner)
    elif apart and seen.texts and seen.lists and not seen.several:
        yield name, partial(_first, name)
    elif apart and seen.texts and seen.several and named_column([name], COMPLETION_NAMES):
        notes.append(f"Of {seen.several:,} rows with several “{name}” the first was taken.")
        yield name, partial(_first, name)
        yield f"all {name}", partial(_whole, name)
    else:
        yield name, partial(_whole, name)


def _whole(name: str, row: Object) -> str:
    return as_text(row.get(name))


def _inner(name: str, inner: str, row: Object) -> str:
    found = only_object(row.get(name))
    return as_text(found.get(inner)) if found else ""


def _first(name: str, row: Object) -> str:
    value = row.get(name)
    return as_text(next(iter(value), None) if isinstance(value, list) else value)


def as_text(value: Any) -> str:
    """A value as the text of a cell: null is empty, numbers keep their spelling, the rest is compact JSON."""
    if value is None:
        return ""
    return str(value) if isinstance(value, str) else _json(value)


def _json(value: Any) -> str:
    match value:
        case Literal():
            return str(value)
        case str():
            return encode_basestring(value)
        case dict():
            return "{" + ",".join(f"{encode_basestring(str(k))}:{_json(v)}" for k, v in value.items()) + "}"
        case list() | tuple():
            return "[" + ",".join(map(_json, value)) + "]"
        case bool():
            return str(value).lower()
        case None:
            return "null"
        case datetime() | date() | time():
            return value.isoformat()
        case _:
            return str(value)


def storable(row: Object, name: str, number: int) -> Object:
    """The row itself; raises BadInput for characters that no database can store."""
    for value in row.values():
        text = as_text(value)
        if "\0" in text:
            raise BadInput(f"Row {number:,} of {name} has a NUL character: remove it there.")
        if not text.isascii() and not _is_whole(text):
            raise BadInput(
                f"Row {number:,} of {name} has half a character (a lone surrogate), which cannot be stored: "
                "delete it there."
            )
    return row


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
