"""Shows a passage at its place in the original. Called by the source page."""

import ctypes
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from PIL import Image, ImageChops, ImageDraw

from studio.errors import NotFound
from studio.library.parse.pdfium import open_pdf, pdfium_c
from studio.library.places import Box, Place, place_label
from studio.library.removing import original_of
from studio.library.storing import HEADING_SEPARATOR
from studio.store.database import Workspace
from studio.store.tables import Document, Passage

_NEIGHBOURS = 2  # passages shown before and after
_PIXELS_PER_POINT = 1.5  # 108 dots per inch: sharp in a column of text
_MOST_PIXELS = 12_000_000
_MARKER = (255, 236, 120)


@dataclass(frozen=True)
class TableRow:
    """A row of a sheet near the passage; `chosen` is the passage's own."""

    number: int
    text: str
    chosen: bool


@dataclass(frozen=True)
class PassageView:
    """A passage with what stands around it; `page_png` is its PDF page with the passage marked."""

    document_id: int
    document: str
    title: str
    where: str
    heading: tuple[str, ...]
    before: str
    text: str
    after: str
    page_png: bytes | None
    rows: tuple[TableRow, ...]


@dataclass(frozen=True)
class Original:
    """The file a document was read from, under the name it came with."""

    name: str
    path: Path


def original(room: Workspace, document_id: int) -> Original:
    """NotFound unless the document is in this workspace and its file is still stored."""
    chosen = sa.select(Document).where(Document.workspace_id == room.id, Document.id == document_id)
    with room.session() as session:
        document = session.scalar(chosen)
    if document is None:
        raise NotFound(f"There is no document {document_id} here: it was deleted or never existed.")
    source = document.receipt.get("source", {})
    return Original(source.get("name", document.name), room.blobs.path(original_of(document)))


def open_passage(room: Workspace, passage_id: int) -> PassageView:
    """Everything the source page shows; NotFound when the document was deleted."""
    with room.session() as session:
        passage = session.scalar(
            sa.select(Passage).where(Passage.workspace_id == room.id, Passage.id == passage_id)
        )
        if passage is None:
            raise NotFound("This passage is gone: its document was deleted or replaced.")
        document = session.scalars(
            sa.select(Document).where(Document.workspace_id == room.id, Document.id == passage.document_id)
        ).one()
        around = session.scalars(_around(room, passage)).all()
    place = Place.from_json(passage.place)
    heading = tuple(passage.heading.split(HEADING_SEPARATOR)) if passage.heading else ()
    return PassageView(
        document_id=document.id,
        document=document.name,
        title=document.title,
        where=place_label(place, heading),
        heading=heading,
        before="\n\n".join(p.text for p in around if p.position < passage.position),
        text=passage.text,
        after="\n\n".join(p.text for p in around if p.position > passage.position),
        page_png=_page_png(room, document, place.boxes),
        rows=_rows(around, passage) if place.row is not None else (),
    )


def _around(room: Workspace, passage: Passage) -> sa.Select[Passage]:
    return (
        sa.select(Passage)
        .where(
            Passage.workspace_id == room.id,
            Passage.document_id == passage.document_id,
            Passage.position.between(passage.position - _NEIGHBOURS, passage.position + _NEIGHBOURS),
        )
        .order_by(Passage.position)
    )


def _rows(around: Any, passage: Passage) -> tuple[TableRow, ...]:
    """The neighbouring rows of the same sheet."""
    sheet = passage.place.get("sheet")
    same_sheet = [p for p in around if "row" in p.place and p.place.get("sheet") == sheet]
    return tuple(TableRow(p.place["row"], p.text, p.id == passage.id) for p in same_sheet)


def _page_png(room: Workspace, document: Document, boxes: tuple[Box, ...]) -> bytes | None:
    """None where there are no pages."""
    return _marked_page(room.blobs.path(document.sha256), document.name, boxes) if boxes else None


def _marked_page(path: Path, name: str, boxes: tuple[Box, ...]) -> bytes:
    """The first page of the passage as PNG with its lines marked."""
    with open_pdf(path, name) as pdf:
        page = pdf[boxes[0][0] - 1]
        width, height = page.get_size()
        scale = min(_PIXELS_PER_POINT, (_MOST_PIXELS / max(1.0, width * height)) ** 0.5)
        image = page.render(scale=scale).to_pil().convert("RGB")
        marks = Image.new("RGB", image.size, "white")
        draw = ImageDraw.Draw(marks)
        for box in boxes:
            if box[0] == boxes[0][0]:
                draw.rectangle(_on_image(page, image.size, box), fill=_MARKER)
        page.close()
    png = io.BytesIO()
    ImageChops.multiply(image, marks).save(png, "PNG")
    return png.getvalue()


def _on_image(page: Any, size: tuple[int, int], box: Box) -> tuple[int, int, int, int]:
    """PDF points to pixels; PDFium knows how the page is turned and cropped."""
    corners = []
    for x, y in ((box[1], box[2]), (box[3], box[4])):
        right, down = ctypes.c_int(), ctypes.c_int()
        pdfium_c.FPDF_PageToDevice(page, 0, 0, *size, 0, x, y, right, down)
        corners.append((right.value, down.value))
    (x0, y0), (x1, y1) = corners
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
