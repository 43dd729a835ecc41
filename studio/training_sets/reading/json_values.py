"""The values of a JSON text one after the other, without holding all of it in memory. Called by json_rows.

Needs no streaming parser of its own: Python's decoder takes one value at a time out of a buffer that is
refilled where a value is cut.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, TextIO

from studio.errors import BadInput

CHUNK = 1 << 20
# of one value: a row of more could not be an example
LONGEST_VALUE = 40_000_000
BLANK = re.compile(r"[ \t\r\n\ufeff]*")
CUT_AT_END = 12  # characters of an escape, a word or a number that may be cut by the end of the buffer


class Literal(str):
    """A number as it is written: 1.10 stays 1.10."""

    __slots__ = ()


DECODER = json.JSONDecoder(parse_float=Literal, parse_int=Literal, parse_constant=Literal)


class Values:
    """Walks through the text; `line` is where the next value starts.

    `escaped`: the value that was taken last has \\u escapes, so it may hold what no file can hold otherwise.
    """

    def __init__(self, text: TextIO, name: str) -> None:
        self._text, self._name = text, name
        self._buffer, self._at, self.line, self.escaped = "", 0, 1, False

    def next(self) -> str:
        """The next character that is not blank, which is not taken; empty at the end."""
        while True:
            blank = BLANK.match(self._buffer, self._at)
            end = blank.end() if blank else self._at
            self._move(end)
            if end < len(self._buffer):
                return self._buffer[end]
            if not self._fill():
                return ""

    def skip(self, character: str) -> bool:
        """Take this character if it is the next one."""
        found = self.next() == character
        self._at += found
        return found

    def take(self) -> Any:
        """The next whole value; its numbers are Literals. Raises BadInput where there is none."""
        self.next()
        while True:
            try:
                value, end = DECODER.raw_decode(self._buffer, self._at)
            except json.JSONDecodeError as error:
                why = self._why(error)
                if not (self._is_cut(error) and self._fill()):
                    raise self.wrong(why) from error
            except RecursionError as error:
                raise self.wrong("it is nested too deeply") from error
            else:
                if end < len(self._buffer) or not isinstance(value, Literal) or not self._fill():
                    return self._taken(value, end)

    def elements(self) -> Iterator[tuple[int, Any]]:
        """The elements of the list that starts here, with the line of each."""
        self.skip("[")
        while not self.skip("]"):
            yield self.line, self.take()
            if not self.skip(",") and self.next() != "]":
                raise self.wrong("a comma or the end of the list is missing")

    def wrong(self, why: str) -> BadInput:
        return BadInput(
            f"{self._name} is not valid JSON in the value that starts on line {self.line:,}: {why}. "
            "Correct it there."
        )

    def _why(self, error: json.JSONDecodeError) -> str:
        if self._buffer[error.pos : error.pos + 1] == "'":
            return "it has ' for \", as Python prints it; json.dumps writes JSON"
        return error.msg

    def _is_cut(self, error: json.JSONDecodeError) -> bool:
        return error.pos >= len(self._buffer) - CUT_AT_END or error.msg.startswith("Unterminated string")

    def _taken(self, value: Any, end: int) -> Any:
        self.escaped = self._buffer.find("\\u", self._at, end) >= 0
        self._move(end)
        return value

    def _move(self, end: int) -> None:
        self.line += self._buffer.count("\n", self._at, end)
        self._at = end

    def _fill(self) -> bool:
        """Read on; what is kept grows by half at least, so that a long value is not tried too often."""
        kept = self._buffer[self._at :]
        if len(kept) > LONGEST_VALUE:
            raise BadInput(
                f"{self._name} has a value of more than {LONGEST_VALUE:,} characters on line {self.line:,}: "
                "write one row as one object."
            )
        more = self._text.read(max(CHUNK, len(kept)))
        self._buffer, self._at = kept + more, 0
        return bool(more)
