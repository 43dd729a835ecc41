"""How the cells of a text table are parted and quoted, and cutting lines so. Called by rows and sniffing."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from studio import csv_cells  # noqa: F401 - long cells are fine

BACKSLASH_QUOTE = re.compile(r'(?<!\\)\\"')
# quotes that open and close become this one mark: csv.reader knows no others
CURLY_MARK = "\ue000"
WRAPPED = re.compile(r'"((?:[^"]|"")*)"(\s*)')
LONE_RETURN = re.compile(r"\r(?!\n)")
# stands for a carriage return that ends no line while csv.reader cuts: it would end a row there
RETURN_MARK = "\ue001"


class Reader(Protocol):
    """What csv.reader returns; `line_num` counts the lines that were read."""

    @property
    def line_num(self) -> int: ...
    def __iter__(self) -> Iterator[list[str]]: ...
    def __next__(self) -> list[str]: ...


@dataclass(frozen=True)
class Dialect:
    """How to cut the text. `blank_after` drops the blanks that follow a delimiter; no `quote`: none is one.

    `backslash` reads \\" as a quote inside a cell, `loose` one that is not written twice, as behind inches;
    `declared`: the first line names the delimiter.
    `ruled`: a Markdown table, with bars around its rows and a rule below its header. `curly`: the two marks
    that enclose cells where these are no plain quotes. `returns`: a carriage return alone ends no line.
    `wrapped`: quotes stand around whole lines too, as where a CSV file was saved as a table of one column.
    """

    delimiter: str = ","
    quote: str = '"'
    blank_after: bool = False
    backslash: bool = False
    loose: bool = False
    declared: bool = False
    ruled: bool = False
    curly: str = ""
    returns: bool = False
    wrapped: bool = False

    @property
    def newline(self) -> str:
        """What open() is to take for the end of a line."""
        return "\n" if self.returns else ""

    def reader(self, lines: Iterable[str], *, strict: bool = True) -> Reader:
        """Rows of the lines; csv.Error where the quotes do not match, if strict."""
        return csv.reader(
            self._plain(lines),
            delimiter=self.delimiter,
            quotechar=self.quote or None,
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            skipinitialspace=self.blank_after,
            strict=strict,
        )

    def _plain(self, lines: Iterable[str]) -> Iterable[str]:
        """The lines as csv.reader can cut them."""
        if self.wrapped:
            lines = map(unwrapped, lines)
        if self.returns:
            lines = (LONE_RETURN.sub(RETURN_MARK, line) for line in lines)
        return map(self.straight, lines) if self.curly else lines

    def straight(self, line: str) -> str:
        """The marks that open or close a cell become the one that csv.reader knows."""
        around, (opening, closing) = re.escape(self.delimiter), map(re.escape, self.curly)
        line = re.sub(rf"(^|{around}|{closing} ?{around} ?){opening}", rf"\g<1>{CURLY_MARK}", line)
        return re.sub(rf"{closing}(?= ?(?:{around}|[\r\n]|$))", CURLY_MARK, line)

    def others(self) -> Iterator["Dialect"]:
        """What else to try where the quotes do not match: a tab-separated file may have no quotes at all."""
        if self.quote:
            yield replace(self, backslash=True)
            if self.delimiter == "\t":
                yield replace(self, quote="")
            yield replace(self, loose=True)

    def mended(self, lines: Iterable[str]) -> Iterable[str]:
        """The lines with every quote inside a cell written twice, as csv.reader wants it."""
        if self.backslash:
            return (BACKSLASH_QUOTE.sub('""', line) for line in lines)
        return map(self._doubled, lines) if self.loose else lines

    def _doubled(self, line: str) -> str:
        """A cell that is enclosed ends with the first quote that a delimiter or the line's end follows."""
        around, mark, twice = re.escape(self.delimiter), re.escape(self.quote), 2 * self.quote

        def cell(found: re.Match[str]) -> str:
            inner = found[2].replace(twice, self.quote).replace(self.quote, twice)
            return f"{found[1]}{self.quote}{inner}{self.quote}"

        return re.sub(rf"(^|{around}){mark}(.*?){mark}(?=[\r\n]|{around}|$)", cell, line)


def unwrapped(line: str) -> str:
    """The line without the quotes around all of it; as it is where there are none."""
    found = WRAPPED.fullmatch(line)
    return found[1].replace('""', '"') + found[2] if found else line


# one text on each line
PLAIN = Dialect("\x1f", quote="")
