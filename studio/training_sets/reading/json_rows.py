"""The rows of a JSON or JSON Lines file: lines, a list, or the list inside an object. Called by opening."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio.errors import BadInput
from studio.training_sets.reading.json_values import CHUNK, Literal, Values
from studio.training_sets.reading.objects import Object, storable
from studio.training_sets.reading.table import Tell, silent
from studio.training_sets.reading.text import share_read

LINES = (".jsonl", ".ndjson")
TELL_EVERY = 5_000


@dataclass
class JsonRows:
    """A file of objects. `wanted` names the list to be read where an object holds several.

    `lists` are those that were come across, `chosen` the one that is read; both are filled by reading.
    """

    path: Path
    name: str
    codec: str
    wanted: str | None = None
    lists: dict[str, None] = field(default_factory=dict)
    chosen: str | None = None

    def objects(self, tell: Tell = silent) -> Iterator[tuple[int, Object]]:
        """Every row with the line where it starts; raises BadInput with the line that is not JSON."""
        with self._opened() as text:
            values, rows = Values(text, self.name), 0
            for number, (key, line, value) in enumerate(self._items(values), start=1):
                if self._is_row(key, value):
                    rows += 1
                    row = self._object(line, value)
                    yield line, storable(row, self.name, rows) if values.escaped else row
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
        if first == "[":
            yield from (("", line, value) for line, value in values.elements())
        elif first == "{" and self._holds_lists():
            yield from _members(values)
        else:
            while values.next():
                line = values.line
                yield "", line, values.take()
        if values.next():
            raise values.wrong("more follows after the end of the table")

    def _holds_lists(self) -> bool:
        """Whether the file is one object around a list, and not objects one after the other."""
        if self.name.lower().endswith(LINES):
            return False
        with self._opened() as text:
            start = text.read(CHUNK).lstrip("\ufeff \t\r\n")
        try:
            value, end = json.JSONDecoder().raw_decode(start)
        except (json.JSONDecodeError, RecursionError):
            return True
        return not start[end:].strip() and any(isinstance(one, list) for one in value.values())

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
        raise BadInput(f"The row on line {line:,} of {self.name} is not an object with named fields.")


def _members(values: Values) -> Iterator[tuple[str, int, Any]]:
    """The elements of every list that is a member of this object, with the member's name."""
    values.skip("{")
    while not values.skip("}"):
        key = str(values.take())
        if not values.skip(":"):
            raise values.wrong("a colon is missing")
        if values.next() == "[":
            yield from ((key, line, value) for line, value in values.elements())
        else:
            values.take()
        if not values.skip(",") and values.next() != "}":
            raise values.wrong("a comma or the end of the object is missing")
