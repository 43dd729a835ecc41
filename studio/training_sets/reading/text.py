"""The rows of a delimited text file, read line by line however large it is. Called by opening."""

import csv
import io
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from studio.errors import BadInput
from studio.training_sets.reading.dialect import SAMPLE, Dialect
from studio.training_sets.reading.table import Row, Tell, silent

# of one row: more is a quote that is never closed, and would fill the memory
LONGEST_ROW = 40_000_000
TELL_EVERY = 20_000
BACKSLASH_QUOTE = re.compile(r'(?<!\\)\\"')


class Unmatched(BadInput):
    """A quote is opened and not closed as it should be; another dialect may do better."""


@dataclass(frozen=True)
class TextRows:
    """A text file as rows. Reading raises BadInput with the line where the file cannot be read."""

    path: Path
    name: str
    codec: str
    dialect: Dialect = field(default_factory=Dialect)
    line_ends: set[str] = field(default_factory=set, compare=False)  # of the rows read so far

    def notes(self) -> Iterator[str]:
        """What a person may want to know once the rows were read."""
        if self.dialect.backslash:
            yield 'Quotes written as \\" were read as quotes inside the cell.'
        if not self.dialect.quote:
            yield "Quotation marks in this file belong to the text: none of them encloses a cell."
        if len(self.line_ends & {"\r\n", "\n", "\r"}) > 1:
            yield "The lines end in several ways (CRLF, LF or CR); all were read as line ends."

    def quoted_otherwise(self) -> Iterator["TextRows"]:
        """The same file, cut in other ways."""
        return (replace(self, dialect=other, line_ends=set()) for other in self.dialect.others())

    def start(self) -> str:
        """The first characters, up to a line's end."""
        with self.opened() as text, Lines(text, self).explained():
            sample = text.read(SAMPLE)
            return sample + text.readline(SAMPLE) if sample[-1:] not in "\r\n" else sample

    @contextmanager
    def opened(self) -> Iterator[io.TextIOWrapper]:
        """The decoded characters, with all line ends as they are and without a byte order mark."""
        codec = "utf-8-sig" if self.codec == "utf-8" else self.codec
        with self.path.open("rb") as raw, io.TextIOWrapper(raw, codec, newline="") as text:
            yield text

    def rows(self, tell: Tell = silent) -> Iterator[Row]:
        """Every record with its number and the line where it starts; a blank line has no cells."""
        with self.opened() as text:
            lines = Lines(text, self)
            reader = self.dialect.reader(iter(lines))
            with lines.explained():
                for number, cells in enumerate(reader, start=1):
                    yield number, lines.start, cells
                    lines.next_record()
                    if not number % TELL_EVERY:
                        tell(share_read(text))


def share_read(text: io.TextIOWrapper) -> float:
    """How much of an open file was read, of 1."""
    descriptor = text.fileno()
    return os.lseek(descriptor, 0, os.SEEK_CUR) / max(1, os.fstat(descriptor).st_size)


class Lines:
    """The physical lines of a text file on their way into the CSV reader, counted and limited."""

    def __init__(self, text: io.TextIOWrapper, of: TextRows) -> None:
        self._text, self._of = text, of
        self.start, self._read, self._length, self._last = 1, 0, 0, ""

    def __iter__(self) -> Iterator[str]:
        mend: Callable[[str], str] | None = (
            partial(BACKSLASH_QUOTE.sub, '""') if self._of.dialect.backslash else None
        )
        if self._of.dialect.declared:
            self._text.readline()
            self._read, self.start = 1, 2
        for line in iter(partial(self._text.readline, LONGEST_ROW), ""):
            self._read += 1
            self._length += len(line)
            if "\0" in line:
                self._refuse_nul()
            if self._length >= LONGEST_ROW:
                self._refuse_length()
            self._last = line
            yield mend(line) if mend else line

    def next_record(self) -> None:
        """A row is complete: its last line is the one that was read last."""
        self.start, self._length = self._read + 1, 0
        self._of.line_ends.add("\r\n" if self._last.endswith("\r\n") else self._last[-1:])

    def _refuse_nul(self) -> None:
        raise BadInput(
            f"{self._of.name} has a NUL character on line {self._read}: remove it, "
            "or save the file as CSV UTF-8."
        )

    def _refuse_length(self) -> None:
        raise Unmatched(
            f"In {self._of.name} the row that starts on line {self.start} has more than "
            f"{LONGEST_ROW:,} characters: a quote may be opened there and never closed."
        )

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Say in one sentence what the reader raises."""
        try:
            yield
        except csv.Error as error:
            raise Unmatched(
                f"In {self._of.name} the quotes in the row that starts on line {self.start} do not match: "
                'close the quote, or write a quote inside a cell twice (""). Nothing was stored.'
            ) from error
        except UnicodeError as error:
            raise BadInput(
                f"{self._of.name} cannot be read as {self._of.codec} after line {self._read}: "
                "choose another encoding, or save it as CSV UTF-8."
            ) from error
