"""The rows of a delimited text file, read line by line however large it is. Called by readers of tables."""

import csv
import io
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from studio.errors import BadInput
from studio.text_tables.dialect import PLAIN, RETURN_MARK, Dialect
from studio.text_tables.encoding import Encoding
from studio.text_tables.sniffing import SAMPLE

Row = tuple[int, int, list[str]]
"""The number of a row as a spreadsheet counts, the line of the file where it starts, and its cells."""
Tell = Callable[[float], None]
"""Is told which share of a file was read."""

TELL_EVERY = 20_000
MARKS, LONGEST_MARKS = re.compile(rb"(?:\xef\xbb\xbf)*"), 300
RULED = re.compile(r":?-+:?")


def silent(_share: float) -> None:
    """Nobody wants to know."""


class Unmatched(BadInput):
    """A quote is opened and not closed as it should be; another dialect may do better."""


@dataclass(frozen=True)
class TextRows:
    """A text file as rows. Reading raises BadInput with the line where the file cannot be read."""

    path: Path
    name: str
    encoding: Encoding
    dialect: Dialect = field(default_factory=Dialect)

    def rows(self, tell: Tell = silent) -> Iterator[Row]:
        """Every record with its number and the line where it starts; a blank line has no cells."""
        with self._opened() as text:
            above = len(text.readline()) > 0 if self.dialect.declared else 0
            reader = self.dialect.reader(self.dialect.mended(text))
            line = 1 + above
            try:
                for number, cells in enumerate(reader, start=1):
                    yield number, line, self._whole(cells)
                    line = reader.line_num + 1 + above
                    if not number % TELL_EVERY:
                        tell(share_read(text))
            except csv.Error as error:
                raise self._unmatched(line, error) from error
            except UnicodeError as error:
                raise self._undecodable(line) from error

    def _whole(self, cells: list[str]) -> list[str]:
        if self.dialect.returns:
            cells = [cell.replace(RETURN_MARK, "\r") for cell in cells]
        return unruled(cells) if self.dialect.ruled else cells

    def start(self) -> str:
        """The first characters, up to a line's end."""
        with self._opened() as text:
            try:
                sample = text.read(SAMPLE)
                return sample if sample[-1:] in "\r\n" else sample + text.readline(SAMPLE)
            except UnicodeError as error:
                raise self._undecodable(1) from error

    def quoted_otherwise(self) -> Iterator["TextRows"]:
        """The same file, cut in other ways."""
        return (replace(self, dialect=other) for other in self.dialect.others())

    def ended_otherwise(self) -> Iterator["TextRows"]:
        """The same file, where carriage returns alone end no line."""
        if not self.dialect.returns:
            yield replace(self, dialect=replace(self.dialect, returns=True))

    def notes(self) -> Iterator[str]:
        """What a person may want to know about the quotes."""
        if self.dialect.backslash:
            yield 'Quotes written as \\" were read as quotes inside the cell.'
        if self.dialect.loose:
            yield "Quotes inside cells are not written twice; each was read as a part of its cell."
        if self.dialect.curly:
            yield f"Cells stand between {'…'.join(self.dialect.curly)} in this file."
        if self.dialect.wrapped:
            yield "Quotes around whole lines were taken off: they made one cell of each row."
        if self.dialect.returns:
            yield "Some lines have a carriage return (CR) within them: it was read as a part of the text."
        if self.dialect.ruled:
            yield "Read as a Markdown table."
        elif not self.dialect.quote and self.dialect != PLAIN:
            yield "Quotation marks in this file belong to the text: none of them encloses a cell."

    @contextmanager
    def _opened(self) -> Iterator[io.TextIOWrapper]:
        """The decoded characters, with all line ends as they are and without byte order marks.

        Files that were joined, or saved twice, may have several marks.
        """
        codec, errors, ends = self.encoding.unmarked, self.encoding.errors, self.dialect.newline
        with self.path.open("rb") as raw:
            if codec == "utf-8-sig" and (marks := MARKS.match(raw.read(LONGEST_MARKS))):
                raw.seek(marks.end())
            with io.TextIOWrapper(raw, codec, errors, newline=ends) as text:
                yield text

    def _unmatched(self, line: int, error: csv.Error) -> Unmatched:
        if "field limit" in str(error):
            return Unmatched(
                f"In {self.name} the row that starts on line {line:,} has a cell of more than "
                f"{csv.field_size_limit():,} characters: a quote may be opened there and never closed."
            )
        return Unmatched(
            f"In {self.name} the quotes in the row that starts on line {line} do not match: "
            'close the quote, or write a quote inside a cell twice (""). Nothing was stored.'
        )

    def _undecodable(self, line: int) -> BadInput:
        return BadInput(
            f"{self.name} cannot be read as {self.encoding.codec} from line {line:,} on: "
            "choose another encoding, or save it as CSV UTF-8."
        )


def share_read(text: io.TextIOWrapper) -> float:
    """How much of an open file was read, of 1."""
    descriptor = text.fileno()
    return os.lseek(descriptor, 0, os.SEEK_CUR) / max(1, os.fstat(descriptor).st_size)


def unruled(cells: list[str]) -> list[str]:
    """A row of a Markdown table without the bars around it; the rule below its header is blank."""
    inner = [cell.strip() for cell in cells]
    inner = inner[1:] if inner and not inner[0] else inner
    inner = inner[:-1] if inner and not inner[-1] else inner
    return [] if all(RULED.fullmatch(cell) for cell in inner) else inner
