"""Documents and their receipts: what was understood of each file. Called by pages, commands and ingest."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.errors import BadInput, NotFound
from studio.jobs.queue import defer
from studio.library.ingest import INGEST
from studio.library.removing import delete_documents
from studio.store.database import Workspace
from studio.store.tables import Document


@dataclass(frozen=True)
class DocumentView:
    """A document with its receipt; numbers are None until they are known."""

    id: int
    library_id: int
    name: str
    external_id: str | None
    title: str
    state: str
    error: str | None
    pages: int | None
    characters: int | None
    tables: int | None
    passages: int | None
    embedded: int | None
    warnings: tuple[str, ...]
    seconds: float | None
    created_at: datetime
    ready_at: datetime | None


def list_documents(room: Workspace, library_id: int) -> list[DocumentView]:
    """The library's documents, newest first."""
    newest_first = _select(room).where(Document.library_id == library_id).order_by(Document.id.desc())
    with room.session() as session:
        return [_view(document) for document in session.scalars(newest_first)]


def get_document(room: Workspace, document_id: int) -> DocumentView:
    with room.session() as session:
        return _view(_existing(session, room, document_id))


def retry_document(room: Workspace, document_id: int) -> None:
    """Read a failed document again, from the original that was kept."""
    with room.session() as session:
        document = _existing(session, room, document_id)
        if document.state != "failed":
            raise BadInput(f"{document.name} has not failed; there is nothing to try again.")
        document.state, document.error = "waiting", None
        defer(room, INGEST, session, document_ids=[document.id])


def delete_document(room: Workspace, document_id: int) -> None:
    """Remove a document with everything made of it, and its original unless another document shares it."""
    with room.session() as session:
        _existing(session, room, document_id)
    delete_documents(room, [document_id])


def _select(room: Workspace) -> sa.Select[Document]:
    return sa.select(Document).where(Document.workspace_id == room.id)


def _existing(session: Session, room: Workspace, document_id: int) -> Document:
    document = session.scalar(_select(room).where(Document.id == document_id))
    if document is None:
        raise NotFound("There is no such document in this workspace.")
    return document


def _view(document: Document) -> DocumentView:
    receipt: dict[str, Any] = document.receipt
    return DocumentView(
        id=document.id,
        library_id=document.library_id,
        name=document.name,
        external_id=document.external_id,
        title=document.title or document.name,
        state=document.state,
        error=document.error,
        pages=receipt.get("pages"),
        characters=receipt.get("characters"),
        tables=receipt.get("tables"),
        passages=receipt.get("passages"),
        embedded=receipt.get("embedded"),
        warnings=tuple(receipt.get("warnings", ())),
        seconds=receipt.get("seconds"),
        created_at=document.created_at,
        ready_at=document.ready_at,
    )
