"""The states of documents that are being read, and how they change. Called by ingest and documents.

A document that was ready once stays searchable while it is read again: if that fails, it is ready as before.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from studio.store.database import Workspace
from studio.store.tables import Document

WORKING = ("waiting", "parsing", "embedding")
_FELL_BACK = "Reading it again failed, so it stays as it was read before: {sentence}"


def working(room: Workspace) -> sa.ColumnElement[bool]:
    return sa.and_(Document.workspace_id == room.id, Document.state.in_(WORKING))


def among(document_ids: Sequence[int]) -> sa.ColumnElement[bool]:
    return Document.id == sa.func.any(list(document_ids))


def fail(room: Workspace, which: sa.ColumnElement[bool], sentence: str) -> None:
    """Say so on those that were never ready; the others are as before, with a warning."""
    with room.session() as session:
        again = give_up(session, room, which, sentence)
        if again:
            warning = sa.func.jsonb_build_array(_FELL_BACK.format(sentence=sentence))
            had = sa.func.coalesce(Document.receipt["warnings"], sa.func.jsonb_build_array())
            receipt = Document.receipt.op("||")(sa.func.jsonb_build_object("warnings", had.op("||")(warning)))
            session.execute(sa.update(Document).where(_mine(room, again)).values(receipt=receipt))


def give_up(session: Session, room: Workspace, which: sa.ColumnElement[bool], sentence: str) -> list[int]:
    """Stop waiting for these: failed with this sentence, or ready where they were; returns the latter."""
    mine = sa.update(Document).where(working(room), which)
    receipt = Document.receipt.delete_path(array(["attempts"]))
    new = mine.where(Document.ready_at.is_(None))
    session.execute(new.values(state="failed", error=sentence, receipt=receipt))
    ready = mine.values(state="ready", error=None, receipt=receipt).returning(Document.id)
    return list(session.scalars(ready))


def _mine(room: Workspace, document_ids: Sequence[int]) -> sa.ColumnElement[bool]:
    return sa.and_(Document.workspace_id == room.id, among(document_ids))
