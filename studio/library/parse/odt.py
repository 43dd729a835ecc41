"""OpenDocument text (.odt): headings, paragraphs, lists, tables and formulas in reading order."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from studio.errors import BadInput
from studio.library.parse.blocks import DocumentText, Kind, ParsedDocument
from studio.library.parse.tables import add_table
from studio.open_xml import read_part, read_properties

_NAMES = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}%s"
_BODY = _NAMES % ("office", "text")
_HEADING, _PARAGRAPH, _ITEM = (_NAMES % ("text", tag) for tag in ("h", "p", "list-item"))
_LEVEL = _NAMES % ("text", "outline-level")
_TABLE, _ROW, _CELL = (_NAMES % ("table", tag) for tag in ("table", "table-row", "table-cell"))
_REPEATED = _NAMES % ("table", "number-columns-repeated")
_OBJECT, _BOX = (_NAMES % ("draw", tag) for tag in ("object", "text-box"))
_LINK = "{http://www.w3.org/1999/xlink}href"
_SPACES = {_NAMES % ("text", "tab"): "\t", _NAMES % ("text", "line-break"): "\n", _NAMES % ("text", "s"): " "}
_SKIPPED = (_NAMES % ("text", "tracked-changes"), _NAMES % ("office", "annotation"), _BOX)
_MOST_REPEATED = 50  # empty columns to the right edge are written as one cell repeated a thousand times


def parse(path: Path, name: str) -> ParsedDocument:
    with ZipFile(path) as archive:
        root = read_part(archive, "content.xml")
        body = next(root.iter(_BODY), None) if root is not None else None
        if body is None:
            raise BadInput(f"{name} holds no text document. Open it, save it as .odt or .docx and add that.")
        walk = _Walk(archive)
        walk.into(body, "paragraph")
    properties = read_properties(path)
    blocks = walk.document.blocks
    first = next((block.text for block in blocks if block.kind == "heading"), "")
    title = properties.title or first or Path(name).stem
    return ParsedDocument(title, blocks, tables=walk.tables, dated=properties.modified)


class _Walk:
    """Goes through the body in document order."""

    def __init__(self, archive: ZipFile) -> None:
        self.archive = archive
        self.document = DocumentText()
        self.tables = 0

    def into(self, parent: Any, kind: Kind) -> None:
        for child in parent:
            if child.tag == _HEADING:
                self.document.heading(int(child.get(_LEVEL, 1)), self._text(child))
            elif child.tag == _PARAGRAPH:
                self._paragraph(child, kind)
            elif child.tag == _TABLE:
                rows = [self._cells(row) for row in child.iter(_ROW) if _table_of(row) is child]
                self.tables += add_table(self.document, rows)
            elif child.tag not in _SKIPPED:
                self.into(child, "list" if child.tag == _ITEM else kind)

    def _paragraph(self, paragraph: Any, kind: Kind) -> None:
        text = self._text(paragraph)
        self.document.add(kind, f"- {text}" if kind == "list" and text.strip() else text)
        for box in paragraph.iter(_BOX):
            if not any(above.tag == _BOX for above in box.iterancestors()):
                self.into(box, "paragraph")

    def _text(self, element: Any) -> str:
        return (element.text or "") + "".join(self._words(element))

    def _words(self, element: Any) -> Iterator[str]:
        for child in element:
            if child.tag == _OBJECT:
                yield self._formula(child)
            elif child.tag not in _SKIPPED and isinstance(child.tag, str):
                yield _SPACES.get(child.tag, "") + self._text(child)
            yield child.tail or ""

    def _formula(self, drawn: Any) -> str:
        """The letters and signs of an embedded formula; other objects have no text."""
        root = read_part(self.archive, drawn.get(_LINK, "").removeprefix("./") + "/content.xml")
        if root is None or not str(root.tag).endswith("}math"):
            return ""
        signs = (
            element.text or "" for element in root.iter() if str(element.tag)[-3:] in ("}mi", "}mn", "}mo")
        )
        return " ".join(sign.strip() for sign in signs)

    def _cells(self, row: Any) -> list[str]:
        cells: list[str] = []
        for cell in row.iterchildren(_CELL, _NAMES % ("table", "covered-table-cell")):
            text = " ".join(self._text(paragraph) for paragraph in cell.iter(_PARAGRAPH, _HEADING))
            cells += [text] * min(int(cell.get(_REPEATED, 1)), _MOST_REPEATED)
        return cells


def _table_of(row: Any) -> Any:
    return next(row.iterancestors(_TABLE), None)
