"""The rows of a JSON or JSON Lines file: lines, a list, a list in an object, objects under ids, columns.

Called by opening.
"""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio.errors import BadInput
from studio.text_tables.rows import Tell, share_read, silent
from studio.training_sets.reading.json_columns import columns_of, rows_of
from studio.training_sets.reading.json_values import CHUNK, Literal, Values
from studio.training_sets.reading.nesting import is_keyed, keyed_rows, questions_of
from studio.training_sets.reading.objects import Object, storable

LINES = (".jsonl", ".ndjson")
TELL_EVERY = 5_000


@dataclass
class JsonRows:
    """A file of objects. `wanted` names the list to be read where an object holds several.

    `lists` are those that were come across, `chosen` the one that is read; both are filled by reading.
    `keyed`: there is none, but objects under their ids; `columnar`: there are columns instead of rows; found
    out when they are asked for. `several` counts the
    rows of which one of several answers was taken.
    """

    path: Path
    name: str
    codec: str
    wanted: str | None = None
    lists: dict[str, None] = field(default_factory=dict)
    chosen: str | None = None
    keyed: bool | None = field(default=None, init=False, repr=False)
    columnar: bool | None = field(default=None, init=False, repr=False)
    several: int = field(default=0, init=False, repr=False)

    def objects(self, tell: Tell = silent) -> Iterator[tuple[int, Object]]:
        """Every row with the line where it starts; raises BadInput with the line that is not JSON."""
        self.several = 0
        with self._opened() as text:
            values, rows = Values(text, self.name), 0
            for number, (key, line, value) in enumerate(self._items(values), start=1):
                for row, many in questions_of(self._object(line, value)) if self._is_row(key, value) else ():
                    rows, self.several = rows + 1, self.several + many
                    checked = values.escaped or self.columnar
                    yield line, storable(row, self.name, rows) if checked else row
                if not number % TELL_EVERY:
                    tell(share_read(text))

    @contextmanager
    def _opened(self) -> Iterator[io.TextIOWrapper]:
        with self.path.open("rb") as raw, io.TextIOWrapper(raw, self.codec, newline="") as text:
            try:
                yield text
            except UnicodeError as error:
                raise BadInput(f"{self.name} cannot be read as {self.codec}: save it as UTF-8.") from error

    def _items(self, values: Values) -> Iterator[tuple[str, int, Any]]:
        first = values.next()
        if first == "{" and self.columnar is not False and (columns := self._columns()) is not None:
            yield from (("", 1, row) for row in rows_of(columns))
            return
        if first == "[" and not self._are_lists():
            yield from (("", line, value) for line, value in values.elements())
        elif first == "{" and self._holds_rows():
            yield from _keyed(values) if self._are_keyed() else _members(values)
        else:
            while values.next():
                line = values.line
                yield "", line, values.take()
                values.skip(",")  # what is left of a list without its brackets
        if values.next():
            raise values.wrong("more follows after the end of the table")

    def _columns(self) -> dict[str, list[Any]] | None:
        """The columns of this object; None where it holds rows."""
        if not self._holds_rows():
            self.columnar = False
            return None
        with self._opened() as text:
            values = Values(text, self.name)
            values.next()
            found = columns_of(_keys(values), values, self.path.stat().st_size, self.name)
        self.columnar = found is not None
        return found

    def _are_keyed(self) -> bool:
        """Whether there is no list of objects in this one, but objects under their ids."""
        if self.keyed is None:
            with self._opened() as text:
                values = Values(text, self.name)
                values.next()
                listed = any(isinstance(value, dict) for _, _, value in _members(values))
            self.keyed = not listed
        return self.keyed

    def _holds_rows(self) -> bool:
        """Whether the file is one object around its rows, and not objects one after the other."""
        if self.name.lower().endswith(LINES):
            return False
        with self._opened() as text:
            start = text.read(CHUNK).lstrip("\ufeff \t\r\n")
        try:
            value, end = json.JSONDecoder().raw_decode(start)
        except (json.JSONDecodeError, RecursionError):
            return True
        rows = is_keyed(value) or any(isinstance(one, list) or is_keyed(one) for one in value.values())
        return not start[end:].strip() and rows

    def _are_lists(self) -> bool:
        """Whether lines hold a list each, and not the file one list of its rows."""
        if not self.name.lower().endswith(LINES):
            return False
        with self._opened() as text:
            values = Values(text, self.name)
            values.next()
            for _ in values.elements():
                pass
            return bool(values.next())

    def _is_row(self, key: str, value: Any) -> bool:
        if key and isinstance(value, dict):
            self.lists.setdefault(key)
            if self.chosen is None and self.wanted in (None, key):
                self.chosen = key
        return not key or key == self.chosen

    def _object(self, line: int, value: Any) -> Object:
        if isinstance(value, dict):
            return value
        if isinstance(value, str) and not isinstance(value, Literal):
            return {"text": value}
        if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            return {"messages": value}
        if isinstance(value, list) and value and not any(isinstance(one, dict | list) for one in value):
            return {f"column {number}": one for number, one in enumerate(value, start=1)}
        raise BadInput(f"The row on line {line:,} of {self.name} is not an object with named fields.")


def _members(values: Values) -> Iterator[tuple[str, int, Any]]:
    """The elements of every list that is a member of this object, with the member's name."""
    for key in _keys(values):
        if values.next() == "[":
            yield from ((key, line, value) for line, value in values.elements())
        else:
            values.take()


def _keyed(values: Values) -> Iterator[tuple[str, int, Any]]:
    """The objects that are members of this one, or of its members."""
    for key in _keys(values):
        line, value = values.line, values.take()
        if isinstance(value, dict):
            yield from (("", line, row) for row in keyed_rows(key, value))


def _keys(values: Values) -> Iterator[str]:
    """The names of the members of this object; what each is has to be taken before the next is asked for."""
    values.skip("{")
    while not values.skip("}"):
        key = str(values.take())
        if not values.skip(":"):
            raise values.wrong("a colon is missing")
        yield key
        if not values.skip(",") and values.next() != "}":
            raise values.wrong("a comma or the end of the object is missing")
