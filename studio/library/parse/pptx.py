"""PowerPoint: slides in order, their titles as headings, text, tables, diagrams and notes; page = slide."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from studio.errors import BadInput
from studio.library.parse.blocks import DocumentText, ParsedDocument
from studio.library.parse.tables import add_table
from studio.library.places import Place
from studio.open_xml import opened, read_part, read_properties, related

_MAIN = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds"
_LINKS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_PRESENTATION = "ppt/presentation.xml"
_TITLES = ("title", "ctrTitle")
_BULLETS = ("buChar", "buAutoNum")
_NOT_TEXT = ("sldNum", "dt", "ftr", "hdr", "sldImg")  # numbers and dates that every slide repeats


@dataclass
class _Deck:
    """What is known so far of the presentation being read."""

    archive: ZipFile
    document: DocumentText
    tables: int = 0


def parse(path: Path, name: str) -> ParsedDocument:
    with opened(path) as file, ZipFile(file) as archive:
        deck = _Deck(archive, DocumentText())
        slides = _slides(archive)
        if not slides:
            raise BadInput(f"{name} is damaged: it has no slides. Save it again and add the new file.")
        hidden = [number for number, slide in enumerate(slides, start=1) if _add_slide(deck, slide, number)]
    notes = [f"Hidden slides are read as well: {', '.join(map(str, hidden))}."] if hidden else []
    properties = read_properties(path)
    title = _title(deck.document) or properties.title or Path(name).stem
    return ParsedDocument(
        title, deck.document.blocks, len(slides), deck.tables, notes, dated=properties.modified
    )


def _slides(archive: ZipFile) -> list[str]:
    """The slides' parts in the order they are shown."""
    root, links = read_part(archive, _PRESENTATION), related(archive, _PRESENTATION)
    listed = root.iter(f"{_MAIN}sldId") if root is not None else ()
    parts = (links.get(slide.get(f"{_LINKS}id"), ("", ""))[1] for slide in listed)
    return [part for part in parts if part in archive.namelist()]


def _add_slide(deck: _Deck, part: str, number: int) -> bool:
    """Read one slide and its notes; returns whether it is hidden when shown."""
    root, where = read_part(deck.archive, part), Place(0, 0, page=number)
    if root is None:
        return False
    shapes = list(_shapes(root))
    titles = [shape for shape in shapes if _placeholder(shape) in _TITLES]
    named = " ".join(" ".join(text for text, _ in _paragraphs(shape)) for shape in titles)
    deck.document.heading(1, named if named.strip() else f"Slide {number}", where)
    links = related(deck.archive, part)
    for shape in shapes:
        if shape not in titles:
            _add_shape(deck, shape, links, where)
    for kind, other in links.values():
        if kind == "notesSlide":
            _add_notes(deck, other, where)
    return str(root.get("show", "1")) in ("0", "false")


def _shapes(root: Any) -> Iterator[Any]:
    """Shapes and frames in the file's order, also those in groups; not the copies for old programs."""
    for element in root:
        if element.tag in (f"{_MAIN}sp", f"{_MAIN}graphicFrame", f"{_MAIN}cxnSp"):
            yield element
        elif element.tag != _FALLBACK:
            yield from _shapes(element)


def _placeholder(shape: Any) -> str:
    found = next(shape.iter(f"{_MAIN}ph"), None)
    return str(found.get("type", "body")) if found is not None else ""


def _add_shape(deck: _Deck, shape: Any, links: dict[str, tuple[str, str]], where: Place) -> None:
    if _placeholder(shape) in _NOT_TEXT:
        return
    for table in shape.iter(f"{_DRAWING}tbl"):
        deck.tables += add_table(deck.document, list(_rows(table)), where)
        return
    for diagram in shape.iter(_DIAGRAM):
        root = read_part(deck.archive, links.get(diagram.get(f"{_LINKS}dm"), ("", ""))[1])
        _add_text(deck.document, root if root is not None else (), where)
    _add_text(deck.document, shape, where)


def _add_text(document: DocumentText, element: Any, where: Place) -> None:
    for text, is_item in _paragraphs(element):
        document.add("list" if is_item else "paragraph", f"- {text}" if is_item else text, where)


def _paragraphs(element: Any) -> Iterator[tuple[str, bool]]:
    """The text of each paragraph and whether it is an item of a list."""
    found = element.iter(f"{_DRAWING}p") if len(element) else ()
    for paragraph in found:
        text = "".join(_words(paragraph)).strip()
        if text:
            bullet = any(next(paragraph.iter(f"{_DRAWING}{mark}"), None) is not None for mark in _BULLETS)
            yield text, bullet


def _words(paragraph: Any) -> Iterator[str]:
    for element in paragraph.iter():
        if element.tag == f"{_DRAWING}t":
            yield element.text or ""
        elif element.tag in (f"{_DRAWING}br", f"{_DRAWING}tab"):
            yield "\n" if element.tag.endswith("br") else "\t"


def _rows(table: Any) -> Iterator[list[str]]:
    """One text per column: a merged cell is written once and followed by empty ones."""
    for row in table.iter(f"{_DRAWING}tr"):
        cells = row.iterchildren(f"{_DRAWING}tc")
        yield [" ".join(text for text, _ in _paragraphs(cell)) for cell in cells]


def _add_notes(deck: _Deck, part: str, where: Place) -> None:
    root = read_part(deck.archive, part)
    for shape in _shapes(root) if root is not None else ():
        if _placeholder(shape) not in _NOT_TEXT:
            _add_text(deck.document, shape, where)


def _title(document: DocumentText) -> str:
    first = next((block.text for block in document.blocks if block.kind == "heading"), "")
    return "" if first == "Slide 1" else first
