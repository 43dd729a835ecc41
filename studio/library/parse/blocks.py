"""Blocks: what every parser produces and the splitter reads.

The plain text of a document is its blocks joined by an empty line; every block knows its range in it.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from studio.library.places import Box, Place

# "sheet" is not in the file: it says what a table holds as a whole
Kind = Literal["heading", "paragraph", "list", "table", "sheet"]
SEPARATOR = "\n\n"
CELL_END = "; "

# printed as one letter, searched for as two
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
# Postgres refuses NUL and lone surrogates; the other control characters only disturb readers and models.
_UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")


@dataclass(frozen=True)
class LineBox:
    """One printed line: its characters in the plain text and its box on the page."""

    start: int
    end: int
    box: Box


@dataclass(frozen=True)
class Cell:
    """One cell of a row as its block has it; `column` is "" where the table names none."""

    column: str
    text: str


@dataclass(frozen=True)
class Block:
    """`heading_path` names the headings above it, outermost first; a heading is in its own path.

    `cells` of a table's row are "Column: value" each, in the order in which they stand in `text`.
    """

    text: str
    kind: Kind
    heading_path: tuple[str, ...]
    place: Place
    lines: tuple[LineBox, ...] = ()
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True)
class ParsedDocument:
    """A file as blocks in reading order; `tables` counts tables (or sheets), `warnings` are sentences.

    `language` is an ISO 639-1 code, "" when unsure; `dated` is when the author last changed the document.
    """

    title: str
    blocks: list[Block]
    pages: int | None = None
    tables: int = 0
    warnings: list[str] = field(default_factory=list)
    language: str = ""
    dated: date | None = None

    @property
    def text(self) -> str:
        return SEPARATOR.join(block.text for block in self.blocks)

    @property
    def characters(self) -> int:
        """Characters of the file that carry something: white space is not counted."""
        return sum(len("".join(block.text.split())) for block in self.blocks if block.kind != "sheet")


def clean(text: str) -> str:
    """Composed accents, no control characters, one space where there were many, line ends as newlines."""
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    visible = _UNWANTED.sub("", composed.translate(_LIGATURES)).replace("\u00ad", "")
    lines = (" ".join(line.split()) for line in visible.split("\n"))
    return "\n".join(line for line in lines if line)


class DocumentText:
    """Collects blocks in reading order, follows the headings and counts the characters."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._length = 0
        self._headings: list[tuple[int, str]] = []

    @property
    def heading_path(self) -> tuple[str, ...]:
        return tuple(text for _, text in self._headings)

    def heading(self, level: int, text: str, where: Place | None = None) -> None:
        """Open a section: headings of this level and deeper end here."""
        text = clean(text).replace("\n", " ")
        if text:
            self._headings = [open_ for open_ in self._headings if open_[0] < level] + [(level, text)]
            self.add("heading", text, where)

    def add(self, kind: Kind, text: str, where: Place | None = None) -> None:
        """`where` says page, sheet and row; its character range is set here."""
        text = clean(text)
        if text:
            self._append(kind, text, where or Place(0, 0))

    def add_row(self, cells: Sequence[tuple[str, str]], where: Place | None = None) -> None:
        """A row of a table as pairs of column and value: `Column: value; Column: value` without the empty."""
        pairs = [(clean(column), clean(value)) for column, value in cells]
        named = tuple(Cell(name, f"{name}: {value}" if name else value) for name, value in pairs if value)
        if named:
            self._append(
                "table", CELL_END.join(cell.text for cell in named), where or Place(0, 0), cells=named
            )

    def add_lines(self, kind: Kind, parts: Sequence[tuple[str, Box]], page: int) -> None:
        """A block of printed lines, each text (with the space or line break after it) and its box."""
        begin = self._begin()
        lines: list[LineBox] = []
        text = ""
        for part, box in parts:
            lines.append(LineBox(begin + len(text), begin + len(text) + len(part.rstrip()), box))
            text += part
        if kind == "heading":
            raise ValueError("headings are added with heading()")
        boxes = tuple(line.box for line in lines)
        self._append(kind, text.rstrip(), Place(0, 0, page=page, boxes=boxes), tuple(lines))

    def _begin(self) -> int:
        return self._length + len(SEPARATOR) if self.blocks else 0

    def _append(
        self,
        kind: Kind,
        text: str,
        where: Place,
        lines: tuple[LineBox, ...] = (),
        cells: tuple[Cell, ...] = (),
    ) -> None:
        begin = self._begin()
        place = replace(where, start=begin, end=begin + len(text))
        self.blocks.append(Block(text, kind, self.heading_path, place, lines, cells))
        self._length = begin + len(text)
