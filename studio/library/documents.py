"""Documents and their receipts: what was understood of each file. Called by pages, commands and ingest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.errors import BadInput, NotFound
from studio.jobs.queue import defer
from studio.library.intake.ingest import INGEST
from studio.library.intake.states import WORKING, give_up
from studio.library.intake.time_left import pace_of, until_ready
from studio.library.libraries import get_library
from studio.library.parse import READER_VERSION
from studio.library.removing import delete_documents
from studio.library.tags import checked_tags
from studio.store.database import Workspace
from studio.store.tables import Document

STOPPED = "Stopped. Try again reads it."


@dataclass(frozen=True)
class DocumentView:
    """A document with its receipt; numbers are None until they are known.

    `also` are other names the same content was added under. `kept` of the passages are those of the earlier
    version. `outdated` means that today's parsers may understand more of it. `seconds` are its own, of them
    `parsing_seconds` to read and `embedding_seconds` to embed and store; `seconds_left` until it is ready.
    """

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
    bytes: int | None = None
    kept: int | None = None
    parsing_seconds: float | None = None
    embedding_seconds: float | None = None
    seconds_left: float | None = None
    waits_for: str = ""
    also: tuple[str, ...] = ()
    language: str = ""
    summary: str = ""
    tags: tuple[str, ...] = ()
    dated: date | None = None
    outdated: bool = False


@dataclass(frozen=True)
class LibraryProgress:
    """How far the documents that are coming in are: `done` of `total`, seconds left where that is known."""

    done: int
    total: int
    seconds_left: float | None


def list_documents(room: Workspace, library_id: int, only: Sequence[int] | None = None) -> list[DocumentView]:
    """The library's documents, newest first, or `only` those among them; pages have `listing`."""
    newest_first = _select(room).where(Document.library_id == library_id).order_by(Document.id.desc())
    if only is not None:
        newest_first = newest_first.where(Document.id == sa.func.any(list(only)))
    with room.session() as session:
        documents = session.scalars(newest_first).all()
        left = until_ready(session, room, library_id, [document.id for document in documents])
    return [view_of(document, left.get(document.id)) for document in documents]


def get_document(room: Workspace, document_id: int) -> DocumentView:
    with room.session() as session:
        return view_of(_existing(session, room, document_id))


def library_progress(room: Workspace, library_id: int) -> LibraryProgress:
    """How far the whole library is."""
    with room.session() as session:
        pace = pace_of(session, room, library_id)
    return LibraryProgress(pace.total - pace.moving, pace.total, pace.seconds_left)


def count_states(room: Workspace, document_ids: Sequence[int]) -> dict[str, int]:
    """How many of these documents are in each state; deleted ones are in none."""
    mine = sa.select(Document.state, sa.func.count()).where(
        Document.workspace_id == room.id, Document.id == sa.func.any(list(document_ids))
    )
    with room.session() as session:
        return {state: count for state, count in session.execute(mine.group_by(Document.state))}


def retry_document(room: Workspace, document_id: int) -> None:
    """Read a failed document again, from the original that was kept."""
    with room.session() as session:
        document = _existing(session, room, document_id)
    if document.state != "failed":
        raise BadInput(f"{document.name} has not failed; there is nothing to try again.")
    _ask(room, document.library_id, sa.and_(Document.id == document_id, Document.state == "failed"))


def retry_failed(room: Workspace, library_id: int) -> int:
    """Read all failed documents of a library again; returns how many."""
    get_library(room, library_id)
    return _ask(room, library_id, Document.state == "failed")


def outdated_documents(room: Workspace, library_id: int) -> int:
    """How many were read by older parsers or an older splitter than today's."""
    wanted = sa.select(sa.func.count(Document.id)).where(
        Document.workspace_id == room.id, Document.library_id == library_id, outdated()
    )
    with room.session() as session:
        return session.scalar(wanted) or 0


def read_again(room: Workspace, library_id: int, document_ids: Sequence[int] | None = None) -> int:
    """Read from the kept originals: these documents, or all that are outdated; returns how many.

    What they hold now is found until the new reading is in; passages that come out the same stay.
    """
    get_library(room, library_id)
    chosen = outdated() if document_ids is None else Document.id == sa.func.any(list(document_ids))
    return _ask(room, library_id, sa.and_(chosen, Document.state.in_(("ready", "failed"))))


def stop_reading(room: Workspace, library_id: int) -> int:
    """Give up everything that is not ready yet; returns how many documents that were."""
    get_library(room, library_id)
    with room.session() as session:
        mine = sa.and_(Document.workspace_id == room.id, Document.library_id == library_id)
        moving = sa.select(sa.func.count(Document.id)).where(mine, Document.state.in_(WORKING))
        count = session.scalar(moving) or 0
        give_up(session, room, Document.library_id == library_id, STOPPED)
    return count


def set_tags(room: Workspace, document_id: int, tags: Iterable[str]) -> tuple[str, ...]:
    """Replace a document's tags; returns them as they are kept."""
    checked = checked_tags(tags)
    with room.session() as session:
        _existing(session, room, document_id).tags = list(checked)
    return checked


def set_date(room: Workspace, document_id: int, dated: date | None) -> None:
    """What a person says counts for more than what the file says; None goes back to the file's at the next
    reading."""
    with room.session() as session:
        document = _existing(session, room, document_id)
        others = {key: value for key, value in document.receipt.items() if key != "dated_by"}
        document.dated = dated
        document.receipt = others | ({"dated_by": "person"} if dated else {})


def delete_document(room: Workspace, document_id: int) -> None:
    """Remove a document with everything made of it, and its original unless another document shares it."""
    with room.session() as session:
        _existing(session, room, document_id)
    delete_documents(room, [document_id])


def _select(room: Workspace) -> sa.Select[Document]:
    return sa.select(Document).where(Document.workspace_id == room.id)


def outdated() -> sa.ColumnElement[bool]:
    """Of which documents today's parsers may understand more."""
    return sa.and_(Document.state == "ready", Document.reader < READER_VERSION)


def _ask(room: Workspace, library_id: int, chosen: sa.ColumnElement[bool]) -> int:
    """Let them wait, and ask for the job that reads them."""
    mine = sa.and_(Document.workspace_id == room.id, Document.library_id == library_id, chosen)
    waiting = sa.update(Document).where(mine).values(state="waiting", error=None)
    with room.session() as session:
        ids = session.scalars(waiting.returning(Document.id)).all()
        if ids:
            defer(room, INGEST, session, document_ids=sorted(ids))
    return len(ids)


def _existing(session: Session, room: Workspace, document_id: int) -> Document:
    document = session.scalar(_select(room).where(Document.id == document_id))
    if document is None:
        raise NotFound("There is no such document in this workspace.")
    return document


def view_of(document: Document, seconds_left: float | None = None) -> DocumentView:
    """A document as stored, for people."""
    receipt: dict[str, Any] = document.receipt
    measured = ("bytes", "pages", "characters", "tables", "passages", "embedded", "kept")
    times = ("seconds", "parsing_seconds", "embedding_seconds")
    return DocumentView(
        id=document.id,
        library_id=document.library_id,
        name=document.name,
        external_id=document.external_id,
        title=document.title or document.name,
        state=document.state,
        error=document.error,
        warnings=tuple(receipt.get("warnings", ())),
        created_at=document.created_at,
        ready_at=document.ready_at,
        seconds_left=seconds_left,
        waits_for=receipt.get("waits_for", ""),
        also=tuple(receipt.get("also", ())),
        language=document.language,
        summary=document.summary,
        tags=tuple(document.tags),
        dated=document.dated,
        outdated=document.state == "ready" and document.reader < READER_VERSION,
        **{key: receipt.get(key) for key in (*measured, *times)},
    )
