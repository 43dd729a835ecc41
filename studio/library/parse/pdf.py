"""PDF: text with the boxes of its lines, headings by size and weight, running heads kept out."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from studio.errors import BadInput
from studio.library.parse import layout
from studio.library.parse.blocks import DocumentText, Kind, ParsedDocument
from studio.library.parse.pdf_extras import Extras, count_attachments
from studio.library.parse.pdf_lines import HYPHEN, Line, read_lines
from studio.library.parse.pdfium import open_page, open_pdf
from studio.library.places import Box, Place
from studio.open_xml import read_date

_LARGER = 1.12  # a heading's size against that of the body
_BULLET = re.compile(r"^(?:[•‣▪●○–\-*]|\(?\d{1,2}[.)]|\(?[a-z]\))\s+\S")
_FULL_LINE = 0.85  # of the block's width: a line at least this long goes on in the next one
_SAME_EDGE = 10.0  # points
_EDGE_LINES = 2  # how many lines at the top and bottom of a page may be running heads
_REPEATED = 0.6  # share of the pages
_NUMBERED = re.compile(
    r"(?:\d+(?:\.\d+)*[.)]?|[IVX]+\.|[A-Z][.)]|(?:chapter|section|part|kapitel|kapitola) \S+)\s", re.I
)
_NO_TITLE = re.compile(
    r"^(?:untitled|unbenannt|bez názvu)|\.(?:docx?|pptx?|xlsx?|pdf|indd)$|presentation$", re.I
)
_NOTICE = re.compile(
    r"©|confidential|copyright|all rights|draft|internal|vertraulich|dôverné|https?:|www\.|@", re.I
)
_WITHOUT_PAGE = re.compile(
    r"[-–—|·,]?\s*\b(?:page|seite|strana|str\.|p\.)?\s*#(?:\s*(?:of|von|z|/)\s*#)?\s*$", re.I
)


def parse(path: Path, name: str) -> ParsedDocument:
    with open_pdf(path, name) as pdf:
        pages = []
        extras = Extras(attachments=count_attachments(pdf))
        for number in range(1, len(pdf) + 1):
            with open_page(pdf, number) as page:
                pages.append(read_lines(page, number) if page else [])
                if page:
                    extras.read(page, number)
        properties = pdf.get_metadata_dict()
    if not any(pages):
        return _read_scan(path, name, len(pages))
    document, running, warnings = _assemble(pages, extras)
    title = _title(document, running, properties, name)
    return ParsedDocument(title, document.blocks, len(pages), 0, warnings, dated=_dated(properties))


def _read_scan(path: Path, name: str, pages: int) -> ParsedDocument:
    if not layout.is_installed():
        raise _scanned(name, pages)
    return layout.read_layout(path, name)


def _dated(properties: dict[str, str]) -> date | None:
    """PDF writes D:20261122134500; the change counts, else the creation."""
    for key in ("ModDate", "CreationDate"):
        digits = properties.get(key, "").removeprefix("D:")[:8]
        if found := read_date(f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"):
            return found
    return None


def check_has_text(path: Path, name: str) -> None:
    """Refuses a protected, damaged or scanned file without reading all of it."""
    with open_pdf(path, name) as pdf:
        pages = len(pdf)
        scanned = not any(_has_lines(pdf, number) for number in range(1, pages + 1))
    if scanned and not layout.is_installed():
        raise _scanned(name, pages)


def _has_lines(pdf: Any, number: int) -> bool:
    with open_page(pdf, number) as page:
        return bool(page and read_lines(page, number))


def _scanned(name: str, pages: int) -> BadInput:
    where = "1 page" if pages == 1 else f"{pages} pages"
    return BadInput(
        f"{name} has 0 characters on {where}: it looks scanned and needs OCR. "
        "Run a text recognition program over it and add the result, or have the studio read scans itself: "
        "pip install -r requirements-docling.txt."
    )


def _assemble(pages: list[list[Line]], extras: Extras) -> tuple[DocumentText, list[str], list[str]]:
    """The blocks, the lines repeated on most pages (# for digits), topmost first, and what to say of them."""
    running = _running_heads(pages)
    kept = [[line for line in lines if _masked(line) not in running] for lines in pages]
    if not any(kept):  # pages that differ by their numbers alone
        running, kept = set(), pages
    warnings = _warnings(pages, running)
    style = _Style([line for lines in kept for line in lines])
    document = DocumentText()
    for number, lines in enumerate(kept, start=1):
        for group in _groups(lines, style):
            _add_group(document, group, style, _column_end(group, lines))
        for text, box in extras.fields.get(number, ()):
            document.add_lines("paragraph", [(text, box)], number)
    top_down = sorted((line for lines in pages for line in lines), key=lambda line: -line.box[4])
    repeated = [masked for line in top_down if (masked := _masked(line)) in running]
    return document, list(dict.fromkeys(repeated)), warnings + extras.notes


class _Style:
    """What body text looks like in this file, and so what stands out as a heading."""

    def __init__(self, lines: list[Line]) -> None:
        sizes: Counter[float] = Counter()
        bold = 0
        for line in lines:
            sizes[_rounded(line)] += len(line.text)
            bold += len(line.text) if line.bold else 0
        self.body = sizes.most_common(1)[0][0] if sizes else 0.0
        self.body_is_bold = bold > sum(sizes.values()) / 2
        self.levels = sorted((size for size in sizes if size > self.body * _LARGER), reverse=True)

    def level(self, line: Line) -> int | None:
        """1 for the largest print; None for body text and the cells of a table."""
        if " | " in line.text or not any(character.isalpha() for character in line.text):
            return None
        if _rounded(line) in self.levels and len(line.text) <= 150:
            return min(self.levels.index(_rounded(line)) + 1, 6)
        bold = line.bold and not self.body_is_bold and _rounded(line) >= self.body
        if bold and len(line.text) <= 80 and line.text[-1] not in ".,;:":
            return min(len(self.levels) + 1, 6)
        return None


def _rounded(line: Line) -> float:
    return round(line.size * 2) / 2


def _groups(lines: list[Line], style: _Style) -> Iterator[list[Line]]:
    """Lines that belong together: a paragraph, a list item, a heading."""
    gaps = [_gap(upper, lower) for upper, lower in pairwise(lines)]
    usual = median([gap for gap in gaps if gap >= 0] or [0.0])
    group: list[Line] = []
    for line in lines:
        if group and _parts(group[-1], line, style, usual):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _gap(upper: Line, lower: Line) -> float:
    return upper.box[2] - lower.box[4]


def _parts(upper: Line, lower: Line, style: _Style, usual_gap: float) -> bool:
    """Does a new block begin at the lower line?"""
    gap = _gap(upper, lower)
    apart = gap > usual_gap + upper.size * 0.5 or gap < -3 * upper.size
    other_print = style.level(upper) != style.level(lower) or abs(upper.size - lower.size) > upper.size * 0.1
    return apart or other_print or bool(_BULLET.match(lower.text))


def _column_end(group: list[Line], lines: list[Line]) -> float:
    """How far the lines beginning at the same edge reach: only a line that long was broken by the margin."""
    left = min(line.box[1] for line in group)
    return max(line.box[3] for line in [*group, *lines] if abs(line.box[1] - left) < _SAME_EDGE)


def _add_group(document: DocumentText, group: list[Line], style: _Style, column_end: float) -> None:
    level = style.level(group[0])
    page = group[0].box[0]
    if level is not None:
        boxes = tuple(line.box for line in group)
        document.heading(level, " ".join(line.text for line in group), Place(0, 0, page=page, boxes=boxes))
    else:
        kind: Kind = "list" if _BULLET.match(group[0].text) else "paragraph"
        document.add_lines(kind, list(_joined(group, column_end)), page)


def _joined(group: list[Line], column_end: float) -> Iterator[tuple[str, Box]]:
    """Each line and what follows it: nothing after a hyphen, a space in a paragraph, else a line break."""
    left = min(line.box[1] for line in group)
    full = left + _FULL_LINE * (column_end - left)
    for line in group:
        if line.text.endswith(HYPHEN):
            yield line.text.removesuffix(HYPHEN), line.box
        else:
            after = " " if line.box[3] >= full and " | " not in line.text else "\n"
            yield line.text.replace(HYPHEN, "") + after, line.box


def _running_heads(pages: list[list[Line]]) -> set[str]:
    """Lines repeated at the edge of most pages, digits aside (page numbers change)."""
    if len(pages) < 3:
        return set()
    seen: Counter[str] = Counter()
    for lines in pages:
        by_height = sorted(lines, key=lambda line: line.box[2])
        seen.update({_masked(line) for line in by_height[:_EDGE_LINES] + by_height[-_EDGE_LINES:]})
    return {text for text, pages_seen in seen.items() if pages_seen >= max(3, _REPEATED * len(pages))}


def _masked(line: Line) -> str:
    return re.sub(r"\d+", "#", line.text)


def _warnings(pages: list[list[Line]], running: set[str]) -> list[str]:
    empty = [number for number, lines in enumerate(pages, start=1) if not lines]
    sentences = []
    if empty:
        listed = ", ".join(map(str, empty[:10])) + (" …" if len(empty) > 10 else "")
        have = "page has" if len(pages) == 1 else "pages has" if len(empty) == 1 else "pages have"
        sentences.append(
            f"{len(empty)} of {len(pages)} {have} no text ({listed}): pictures or scans are not read."
        )
    if running:
        listed = "; ".join(f"“{text}”" for text in sorted(running)[:3])
        sentences.append(f"Left out because most pages repeat it at their edge: {listed}.")
    return sentences


def _title(document: DocumentText, running: list[str], properties: dict[str, str], name: str) -> str:
    """Its first large heading, unless that is a numbered section; else what the file or its pages call it."""
    headings = [block for block in document.blocks if block.kind == "heading" and block.place.page == 1]
    top = next((block.text for block in headings if len(block.heading_path) == 1), "")
    if top and not _NUMBERED.match(top):
        return top
    own = properties.get("Title", "").strip()
    if " " in own and not _NO_TITLE.search(own):
        return own
    heads = (_WITHOUT_PAGE.sub("", text).strip(" -–—|·,") for text in running)
    return next((head for head in heads if _is_name(head)), top or Path(name).stem)


def _is_name(text: str) -> bool:
    """Two words or more that are no notice, as running heads give the document's name."""
    words = [word for word in text.split() if word[0].isalpha()]
    return len(words) >= 2 and len(text) <= 100 and not _NOTICE.search(text)
