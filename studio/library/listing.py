"""The documents of a library a page at a time, however many there are. Called by pages."""

from dataclasses import dataclass

import sqlalchemy as sa

from studio.library.documents import DocumentView, LibraryProgress, outdated, view_of
from studio.library.intake.states import WORKING
from studio.library.intake.time_left import pace_of, until_ready
from studio.store.database import Workspace
from studio.store.tables import Document

# what people may ask to see -> the documents of which it is true
STATES: dict[str, sa.ColumnElement[bool]] = {
    "Failed": Document.state == "failed",
    "Being read": Document.state.in_(WORKING),
    "Ready": Document.state == "ready",
    "With warnings": sa.func.jsonb_array_length(Document.receipt["warnings"]) > 0,
    "Read by an older version": outdated(),
}
_TAGS = sa.text(
    """
    SELECT DISTINCT tag
    FROM documents, jsonb_array_elements_text(tags) AS tag
    WHERE workspace_id = :workspace AND library_id = :library
    ORDER BY tag
    """
)


@dataclass(frozen=True)
class Wanted:
    """Which documents are asked for: all of the words in a name, a key of STATES, a tag."""

    words: str = ""
    state: str | None = None
    tag: str | None = None


@dataclass(frozen=True)
class Found:
    """Some of the documents that fit; `total` counts all of them."""

    documents: list[DocumentView]
    total: int


@dataclass(frozen=True)
class Standing:
    """How all documents of a library stand together."""

    failed: int
    outdated: int
    tags: list[str]
    progress: LibraryProgress


@dataclass(frozen=True)
class DocumentName:
    """What a choice of documents shows of one."""

    id: int
    name: str
    title: str
    tags: tuple[str, ...]


def find_documents(room: Workspace, library_id: int, wanted: Wanted, offset: int, limit: int) -> Found:
    """What failed first, then what is being read, then the newest."""
    fitting = _fitting(room, library_id, wanted)
    ordered = (
        sa.select(Document)
        .where(fitting)
        .order_by(Document.state != "failed", Document.state.not_in(WORKING), Document.id.desc())
    )
    with room.session() as session:
        total = session.scalar(sa.select(sa.func.count(Document.id)).where(fitting)) or 0
        some = session.scalars(ordered.offset(offset).limit(limit)).all()
        left = until_ready(session, room, library_id, [document.id for document in some])
    return Found([view_of(document, left.get(document.id)) for document in some], total)


def standing_of(room: Workspace, library_id: int) -> Standing:
    """Counted, not loaded."""
    mine = _fitting(room, library_id, Wanted())
    counts = sa.select(
        sa.func.count(Document.id).filter(STATES["Failed"]), sa.func.count(Document.id).filter(outdated())
    )
    with room.session() as session:
        failed, old = session.execute(counts.where(mine)).one()
        tags = session.scalars(_TAGS, {"workspace": room.id, "library": library_id}).all()
        pace = pace_of(session, room, library_id)
    progress = LibraryProgress(pace.total - pace.moving, pace.total, pace.seconds_left)
    return Standing(failed, old, list(tags), progress)


def document_names(room: Workspace, library_id: int) -> list[DocumentName]:
    """All of them, newest first, without their receipts."""
    named = sa.select(Document.id, Document.name, Document.title, Document.tags)
    newest_first = named.where(_fitting(room, library_id, Wanted())).order_by(Document.id.desc())
    with room.session() as session:
        rows = session.execute(newest_first).all()
    return [DocumentName(id_, name, title or name, tuple(tags)) for id_, name, title, tags in rows]


def _fitting(room: Workspace, library_id: int, wanted: Wanted) -> sa.ColumnElement[bool]:
    called = (
        Document.title + " " + Document.name + " " + sa.func.coalesce(Document.receipt["also"].astext, "")
    )
    conditions = [Document.workspace_id == room.id, Document.library_id == library_id]
    conditions += [called.icontains(word, autoescape=True) for word in wanted.words.split()]
    conditions += [STATES[wanted.state]] if wanted.state else []
    conditions += [Document.tags.contains([wanted.tag])] if wanted.tag else []
    return sa.and_(*conditions)
