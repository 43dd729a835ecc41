"""Splits a parsed document into passages: along blocks and sentences, never across headings or pages.

Called by ingest. A passage is a run of whole sentences of one section, so its text is exactly the
document's plain text between the two ends of its place. A citation opens the page of its passage, so
a passage ends with its page; only a sentence that runs on over the end of a page stays in one piece.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from typing import Literal

from studio.library.lengths import CHARACTERS_PER_TOKEN, MOST_TOKENS, estimated_tokens
from studio.library.parse.blocks import CELL_END, Block, Cell, ParsedDocument
from studio.library.places import Place

_SENTENCE_END = re.compile(
    r"(?<=[.!?…])[\"'”’)\]]*\s+(?=[\"'“‘(\[]?(?:[^\W\d_a-z]|\d))"  # an end mark, then a capital or a number
    r"|\n+|(?<=[。！？])"
)
_ROW_NAME = 160  # characters
_ENDS = ".!?…:;\"'”’)]"
_ABBREVIATION = re.compile(r"\b(?:[A-Z]|e\.g|i\.e|etc|vs|Dr|Mr|Mrs|Ms|Prof|No|Fig|Nr|ca|resp|approx)\.\s*$")

PieceKind = Literal["text", "row", "sheet"]


@dataclass(frozen=True)
class Piece:
    """`text` is the plain text from `place.start` to `place.end`; `position` counts from 0.

    `kind` is "row" for a row of a sheet, "sheet" for what is said about a whole table.
    """

    text: str
    heading: tuple[str, ...]
    place: Place
    position: int
    kind: str = "text"


@dataclass(frozen=True)
class _Unit:
    """The smallest part that is not torn: a sentence, a short list item, a table row."""

    start: int
    end: int
    block: Block
    tokens: int


def split(parsed: ParsedDocument) -> list[Piece]:
    """The passages of a document in reading order."""
    text = parsed.text
    pieces: list[Piece] = []
    for section in _sections(parsed.blocks):
        for units in _packed(text, section):
            pieces.append(_piece(text, units, len(pieces)))
    return pieces


def searchable_text(title: str, heading: Sequence[str], text: str) -> str:
    """What is embedded and indexed: a passage seldom names what it is about, its headings do."""
    above = [part for part in (title, *heading) if part]
    lines = [part for index, part in enumerate(above) if part not in above[:index]]
    return "\n".join([*lines, text])


def _sections(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """The blocks under one heading path; a heading is a passage itself only when nothing stands below it."""
    groups = [list(group) for _, group in groupby(blocks, key=lambda block: block.heading_path)]
    for index, group in enumerate(groups):
        body = [block for block in group if block.kind != "heading"]
        below = groups[index + 1][0].heading_path if index + 1 < len(groups) else ()
        has_subsections = below[: len(group[0].heading_path)] == group[0].heading_path
        if body:
            yield body
        elif not has_subsections:
            yield group


def _packed(text: str, blocks: Sequence[Block]) -> Iterator[list[_Unit]]:
    """Units together up to the limit, page by page; a sheet's row stays alone: it is asked for and cited."""
    packed: list[_Unit] = []
    for unit in (unit for block in blocks for unit in _units(block)):
        full = sum(part.tokens for part in packed) + unit.tokens > MOST_TOKENS
        if packed and (full or _stand_apart(packed[-1].block, unit.block) or _turns(text, packed, unit)):
            yield packed
            packed = []
        packed.append(unit)
    if packed:
        yield packed


def _stand_apart(before: Block, block: Block) -> bool:
    return before.place.row != block.place.row or "sheet" in (before.kind, block.kind)


def _turns(text: str, packed: Sequence[_Unit], unit: _Unit) -> bool:
    """Does the unit stand on another page than the passage began on, without ending its last sentence?"""
    last = packed[-1]
    if last.block.place.page != unit.block.place.page and _runs_on(text, last, unit):
        return False
    return packed[0].block.place.page != unit.block.place.page


def _runs_on(text: str, last: _Unit, unit: _Unit) -> bool:
    """Only printed lines are torn by the end of a page; the points of two slides never are one sentence."""
    printed = all(one.block.kind == "paragraph" and one.block.lines for one in (last, unit))
    return printed and text[last.end - 1] not in _ENDS and text[unit.start].islower()


def _units(block: Block) -> Iterator[_Unit]:
    if block.kind != "paragraph" and estimated_tokens(block.text) <= MOST_TOKENS:
        ranges: Iterator[tuple[int, int]] = iter([(0, len(block.text))])
    else:
        ranges = (part for sentence in sentence_ranges(block.text) for part in _short(block.text, *sentence))
    for start, end in ranges:
        tokens = estimated_tokens(block.text[start:end])
        yield _Unit(block.place.start + start, block.place.start + end, block, tokens)


def sentence_ranges(text: str) -> Iterator[tuple[int, int]]:
    """Where each sentence begins and ends."""
    start = 0
    for gap in _SENTENCE_END.finditer(text):
        if not _ABBREVIATION.search(text, start, gap.start()):
            end = gap.start() + len(gap.group().rstrip())
            if end > start:
                yield start, end
            start = gap.end()
    if start < len(text):
        yield start, len(text)


def _short(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut a sentence that is too long between words; a word without end, anywhere."""
    while estimated_tokens(text[start:end]) > MOST_TOKENS:
        cut = _cut(text, start, end)
        yield start, cut
        start = cut + (len(text[cut:end]) - len(text[cut:end].lstrip()))
    if start < end:
        yield start, end


def _cut(text: str, start: int, end: int) -> int:
    longest = start + int(MOST_TOKENS * CHARACTERS_PER_TOKEN)
    for _ in range(20):
        limit = min(longest, end)
        space = max(text.rfind(mark, start + 1, limit) for mark in " \n")
        cut = space if space > start else limit
        if estimated_tokens(text[start:cut]) <= MOST_TOKENS:
            return cut
        longest = start + (cut - start) * 3 // 4
    return cut


def _piece(text: str, units: Sequence[_Unit], position: int) -> Piece:
    start, end, first = units[0].start, units[-1].end, units[0].block
    blocks = {id(unit.block): unit.block for unit in units}.values()
    lines = [line for block in blocks for line in block.lines]
    mine = [line for line in lines if line.start < end and line.end > start]
    boxes = tuple(line.box for line in mine)
    if not lines:
        boxes = tuple(box for block in blocks for box in block.place.boxes)
    starts = tuple(max(0, line.start - start) for line in mine)
    page = boxes[0][0] if boxes else first.place.page
    place = Place(start, end, page, first.place.sheet, first.place.row, boxes, starts)
    return Piece(text[start:end], _heading(units[0]), place, position, _kind(first))


def _heading(unit: _Unit) -> tuple[str, ...]:
    """The headings above; for a later part of a long row also what names the row, and the column it is in."""
    block = unit.block
    above = block.heading_path if block.kind != "heading" else block.heading_path[:-1]
    rest = unit.start - block.place.start
    return (*above, _row_name(block.cells, rest)) if rest and block.cells else above


def _row_name(cells: Sequence[Cell], offset: int) -> str:
    """Its short cells, first ones first, then the column of the character at `offset` of the row."""
    at = next(index for index, end in enumerate(_ends_of(cells)) if offset < end)
    named, left = [], _ROW_NAME
    for cell in (*cells[:at], *cells[at + 1 :]):
        if len(cell.text) <= left:
            named.append(cell.text)
            left -= len(cell.text)
    if at and not named:
        named = [f"{cells[0].text[:_ROW_NAME]}…"]
    return CELL_END.join([*named, *filter(None, [cells[at].column])])


def _ends_of(cells: Sequence[Cell]) -> Iterator[int]:
    """Where each cell ends in its row, with what stands between it and the next."""
    return accumulate(len(cell.text) + len(CELL_END) for cell in cells)


def _kind(block: Block) -> PieceKind:
    if block.kind == "sheet":
        return "sheet"
    return "text" if block.place.row is None else "row"
