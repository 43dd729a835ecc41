"""The printed lines of a PDF page: letters with their boxes, merged. Called by the PDF parser."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

from studio.library.parse.blocks import clean
from studio.library.parse.pdfium import pdfium_c
from studio.library.places import Box

HYPHEN = "\u2010"  # at a line's end: the word goes on in the next line
_WIDE_GAP = 1.5  # times the letter height: more than any space in justified text, so the next cell of a table
_BOLD = 600  # font weights as in CSS
_LINE_ENDS = (10, 13)


@dataclass(frozen=True)
class Line:
    """A printed line; `size` is its font size in points as printed."""

    text: str
    box: Box
    size: float
    bold: bool

    @property
    def width(self) -> float:
        return self.box[3] - self.box[1]


@dataclass(frozen=True)
class _Letter:
    text: str
    left: float
    bottom: float
    right: float
    top: float
    weight: int
    size: float

    @property
    def height(self) -> float:
        return self.top - self.bottom


def read_lines(page: Any, number: int) -> list[Line]:
    """Lines in the order PDFium reads them; `number` is the page, counted from 1."""
    text_page = page.get_textpage()
    try:
        lines = [_line(letters, number) for letters in _rows(text_page)]
    finally:
        text_page.close()
    return [line for line in lines if line is not None]


def _rows(text_page: Any) -> Iterator[list[_Letter]]:
    row: list[_Letter] = []
    for index in range(text_page.count_chars()):
        code = pdfium_c.FPDFText_GetUnicode(text_page, index)
        if code in _LINE_ENDS:
            yield row
            row = []
        elif code:
            row.append(_letter(text_page, index, code))
    yield row


def _letter(text_page: Any, index: int, code: int) -> _Letter:
    hyphen = pdfium_c.FPDFText_IsHyphen(text_page, index) == 1
    box = pdfium_c.FS_RECTF()
    pdfium_c.FPDFText_GetLooseCharBox(text_page, index, box)
    weight = pdfium_c.FPDFText_GetFontWeight(text_page, index)
    character = HYPHEN if hyphen else chr(code)
    size = _printed_size(text_page, index)
    return _Letter(character, box.left, box.bottom, box.right, box.top, weight, size)


def _printed_size(text_page: Any, index: int) -> float:
    """The font's size times the scaling in force, which many PDF writers use instead of a size."""
    matrix = pdfium_c.FS_MATRIX()
    size = float(pdfium_c.FPDFText_GetFontSize(text_page, index))
    if not pdfium_c.FPDFText_GetMatrix(text_page, index, matrix):
        return size
    return size * math.hypot(matrix.c, matrix.d)


def _line(letters: list[_Letter], number: int) -> Line | None:
    printed = [letter for letter in letters if letter.text.strip() and letter.height > 0]
    text = clean(_spaced(letters))
    if not printed or not text:
        return None
    box = (
        number,
        min(letter.left for letter in printed),
        min(letter.bottom for letter in printed),
        max(letter.right for letter in printed),
        max(letter.top for letter in printed),
    )
    bold = sum(letter.weight >= _BOLD for letter in printed) > len(printed) / 2
    return Line(text, box, median(letter.size for letter in printed), bold)


def _spaced(letters: list[_Letter]) -> str:
    """The line's characters, with a bar where a wide gap separates the cells of a table."""
    parts: list[str] = []
    before: _Letter | None = None
    for letter in letters:
        if letter.text.strip() and letter.height > 0:
            if before and letter.left - before.right > _WIDE_GAP * letter.height:
                parts.append(" | ")
            before = letter
        parts.append(letter.text)
    return "".join(parts)
