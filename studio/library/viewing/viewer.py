"""Shows a passage at its place in the original. Called by the source page and the download route."""

from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.errors import BadInput, NotFound
from studio.library.answering.citations import resting_on
from studio.library.answering.turns import said_from
from studio.library.intake.storing import HEADING_SEPARATOR
from studio.library.originals import original_of
from studio.library.places import Box, Place, place_label
from studio.library.viewing.page_images import page_count, page_image
from studio.library.viewing.table_rows import TableView, table_around
from studio.store.database import Workspace
from studio.store.tables import Document, Passage

_NEIGHBOURS = 2  # passages shown before and after


@dataclass(frozen=True)
class PassageView:
    """A passage with what stands around it; `page` and `pages` where it has a place on a page of a PDF.

    `quoted` are ranges of its text on which the answer rests that it was opened from, and `quoted_boxes` the
    printed lines that hold them.
    """

    id: int
    document_id: int
    library_id: int
    document: str
    title: str
    kind: str
    where: str
    heading: tuple[str, ...]
    before: str
    text: str
    after: str
    boxes: tuple[Box, ...]
    quoted: tuple[tuple[int, int], ...]
    quoted_boxes: tuple[Box, ...]
    page: int | None
    pages: int
    table: TableView | None


@dataclass(frozen=True)
class Original:
    """The file a document was read from, under the name it came with."""

    name: str
    path: Path


def original(room: Workspace, document_id: int) -> Original:
    """NotFound unless the document is in this workspace and its file is still stored."""
    with room.session() as session:
        document = _document(session, room, document_id)
    if document is None:
        raise NotFound(f"There is no document {document_id} here: it was deleted or never existed.")
    return _stored(room, document)


def open_passage(room: Workspace, passage_id: int, answer_id: int | None = None) -> PassageView:
    """Everything the source page shows; NotFound when the document was deleted.

    `answer_id` is the message that cites it: then the sentences are told apart that its answer rests on.
    """
    with room.session() as session:
        passage = session.scalar(
            sa.select(Passage).where(Passage.workspace_id == room.id, Passage.id == passage_id)
        )
        document = _document(session, room, passage.document_id) if passage else None
        if passage is None or document is None:
            raise NotFound("This passage is gone: its document was deleted or replaced.")
        around = session.scalars(_around(room, passage)).all()
        said = said_from(session, room, answer_id, passage_id) if answer_id else []
    quoted = tuple(resting_on(said, passage.text))
    place = Place.from_json(passage.place)
    heading = tuple(passage.heading.split(HEADING_SEPARATOR)) if passage.heading else ()
    return PassageView(
        id=passage.id,
        document_id=document.id,
        library_id=document.library_id,
        document=document.name,
        title=document.title,
        kind=passage.kind,
        where=place_label(place, heading),
        heading=heading,
        before="\n\n".join(p.text for p in around if p.position < passage.position),
        text=passage.text,
        after="\n\n".join(p.text for p in around if p.position > passage.position),
        boxes=place.boxes,
        quoted=quoted,
        quoted_boxes=place.boxes_of(quoted),
        page=place.boxes[0][0] if place.boxes else None,
        pages=_pages(room, document) if place.boxes else 0,
        table=_table(room, document, place) if passage.kind in ("row", "sheet") else None,
    )


def page_of_passage(room: Workspace, passage: PassageView, page: int, close_up: bool = False) -> bytes:
    """A page of its document as PNG, with the passage marked where it lies on that page."""
    found = original(room, passage.document_id)
    return page_image(found.path, found.name, page, (passage.boxes, passage.quoted_boxes), close_up)


def _document(session: Session, room: Workspace, document_id: int) -> Document | None:
    return session.scalar(
        sa.select(Document).where(Document.workspace_id == room.id, Document.id == document_id)
    )


def _stored(room: Workspace, document: Document) -> Original:
    source = document.receipt.get("source", {})
    return Original(source.get("name", document.name), room.blobs.path(original_of(document)))


def _around(room: Workspace, passage: Passage) -> sa.Select[Passage]:
    near = Passage.position.between(passage.position - _NEIGHBOURS, passage.position + _NEIGHBOURS)
    return (
        sa.select(Passage)
        .where(
            Passage.workspace_id == room.id,
            Passage.document_id == passage.document_id,
            Passage.kind != "summary",
            near,
        )
        .order_by(Passage.position)
    )


def _pages(room: Workspace, document: Document) -> int:
    found = _stored(room, document)
    return page_count(found.path, found.name)


def _table(room: Workspace, document: Document, place: Place) -> TableView | None:
    """None where the original cannot be read as a table any more: the text of the passage remains."""
    try:
        found = _stored(room, document)
        return table_around(found.path, found.name, place)
    except (BadInput, NotFound):
        return None
