"""Word documents: paragraphs, lists, tables and text boxes in reading order, headers and footers once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import docx
from docx.document import Document
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn

from studio.archives import UNREADABLE
from studio.errors import BadInput
from studio.library.parse.blocks import DocumentText, ParsedDocument
from studio.library.parse.docx_styles import TITLE_LEVEL, Styles
from studio.library.parse.tables import add_table
from studio.open_xml import opened, read_part, read_properties

_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_TEXT_BOX = qn("w:txbxContent")
_SPACES = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_SKIPPED = frozenset({_FALLBACK, _TEXT_BOX, qn("w:del"), qn("w:moveFrom"), qn("w:pPr"), qn("w:instrText")})


def parse(path: Path, name: str) -> ParsedDocument:
    source = _open(path, name)
    document = DocumentText()
    for text in _headers_and_footers(source):
        document.add("paragraph", text)
    walk = _Walk(document, Styles(source.styles.element))
    walk.into(source.element.body)
    for note in _notes(path):
        document.add("paragraph", note)
    properties = read_properties(path)
    title = _title(walk) or properties.title or Path(name).stem
    warnings = _warnings(source)
    return ParsedDocument(
        title, document.blocks, tables=walk.tables, warnings=warnings, dated=properties.modified
    )


def _open(path: Path, name: str) -> Document:
    try:
        with opened(path) as file:
            return docx.Document(file)
    except (OpcError, KeyError, ValueError, SyntaxError, AttributeError, *UNREADABLE):
        raise BadInput(
            f"{name} is damaged: it cannot be read as a Word document. "
            "Open it in Word or LibreOffice, save it again and add that."
        ) from None


class _Walk:
    """Goes through the body in document order."""

    def __init__(self, document: DocumentText, styles: Styles) -> None:
        self.document = document
        self.styles = styles
        self.tables = 0
        self.title = ""

    def into(self, parent: Any) -> None:
        for child in parent:
            if child.tag == qn("w:p"):
                self._paragraph(child)
            elif child.tag == qn("w:tbl"):
                self.tables += add_table(self.document, [list(_cells(row)) for row in _rows(child)])
            elif child.tag == qn("w:sdt"):
                for content in child.iterchildren(qn("w:sdtContent")):
                    self.into(content)

    def _paragraph(self, paragraph: Any) -> None:
        text = "".join(_words(paragraph))
        level = self.styles.level(paragraph)
        if level == TITLE_LEVEL and not self.title:
            self.title = " ".join(text.split())
        if level is not None:
            self.document.heading(level, text)
        elif self.styles.is_list(paragraph):
            self.document.add("list", f"- {text}" if text.strip() else "")
        else:
            self.document.add("paragraph", text)
        for box in _text_boxes(paragraph):
            self.into(box)


def _words(element: Any) -> Iterator[str]:
    """The text of a paragraph as printed: with equations and insertions, without deletions and text boxes."""
    for child in element:
        if child.tag in (qn("w:t"), _MATH):
            yield child.text or ""
        elif child.tag in _SPACES:
            yield _SPACES[child.tag]
        elif child.tag not in _SKIPPED and not _is_hidden(child):
            yield from _words(child)


def _is_hidden(run: Any) -> bool:
    """Text that Word neither shows nor prints."""
    mark = run.find(f"{qn('w:rPr')}/{qn('w:vanish')}") if run.tag == qn("w:r") else None
    return mark is not None and mark.get(qn("w:val"), "1") not in ("0", "false")


def _text_boxes(paragraph: Any) -> Iterator[Any]:
    """Each text box once: Word writes it a second time for old readers, and boxes may hold boxes."""
    for box in paragraph.iter(_TEXT_BOX):
        above = {ancestor.tag for ancestor in _up_to(box, paragraph)}
        if _FALLBACK not in above and _TEXT_BOX not in above:
            yield box


def _up_to(element: Any, top: Any) -> Iterator[Any]:
    for ancestor in element.iterancestors():
        if ancestor is top:
            return
        yield ancestor


def _rows(table: Any) -> Iterator[Any]:
    yield from table.iterchildren(qn("w:tr"))


def _cells(row: Any) -> Iterator[str]:
    """One text per column of the grid: a merged cell is written once and followed by empty ones."""
    for cell in row.iter(qn("w:tc")):
        if next(cell.iterancestors(qn("w:tr"))) is not row:
            continue  # a cell of a table inside this table: its words come with the outer cell
        span = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
        merged = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
        goes_on = merged is not None and merged.get(qn("w:val"), "continue") == "continue"
        paragraphs = ("".join(_words(paragraph)) for paragraph in cell.iter(qn("w:p")))
        yield "" if goes_on else " ".join(text for text in paragraphs if text)
        yield from [""] * (int(span.get(qn("w:val"), 1)) - 1 if span is not None else 0)


def _headers_and_footers(source: Document) -> list[str]:
    texts: dict[str, None] = {}
    for section in source.sections:
        for part in (section.header, section.footer):
            if not part.is_linked_to_previous:
                text = "\n".join(paragraph.text for paragraph in part.paragraphs).strip()
                texts[text] = None
    return [text for text in texts if any(character.isalpha() for character in text)]


def _notes(path: Path) -> Iterator[str]:
    """Footnotes and endnotes; the first two of each are the lines that separate them."""
    with opened(path) as file, ZipFile(file) as archive:
        for part, tag in (("word/footnotes.xml", "w:footnote"), ("word/endnotes.xml", "w:endnote")):
            root = read_part(archive, part)
            for note in root.iter(qn(tag)) if root is not None else ():
                if note.get(qn("w:type")) is None:
                    yield "\n".join("".join(_words(paragraph)) for paragraph in note.iter(qn("w:p")))


def _warnings(source: Document) -> list[str]:
    """What the file holds that a reader of the printed page does not see."""
    sentences = []
    hidden = sum(
        len(text.text or "")
        for run in source.element.body.iter(qn("w:r"))
        if _is_hidden(run)
        for text in run.iter(qn("w:t"))
    )
    if hidden:
        sentences.append(f"{hidden:,} characters of hidden text were left out: Word does not show them.")
    comments = len(list(source.comments))
    if comments:
        sentences.append(f"{comments} comment{'s were' if comments > 1 else ' was'} left out.")
    return sentences


def _title(walk: _Walk) -> str:
    first = next((block.text for block in walk.document.blocks if block.kind == "heading"), "")
    return walk.title or first
