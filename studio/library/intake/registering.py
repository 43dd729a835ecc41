"""Makes waiting documents of received files, and settles what is there already under that name or content.

Called by adding. Everything happens in one transaction, together with asking for the job.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from studio.jobs.queue import defer
from studio.library.intake.ingest import INGEST
from studio.library.intake.replacing import also_named, in_library, obsolete_files, obsolete_rows
from studio.library.libraries import locked_library
from studio.library.originals import drop_unused_originals, original_of
from studio.library.removing import remove_documents
from studio.store.blobs import Received
from studio.store.database import Workspace
from studio.store.tables import Document, Library

_ROWS_PER_STATEMENT = 1000


@dataclass(frozen=True)
class Incoming:
    """A received file, or one row of it with its `source`, about to become a document; `size` in bytes."""

    name: str
    sha256: str
    size: int
    external_id: str | None = None
    title: str = ""
    source: dict[str, Any] = field(default_factory=dict)

    @property
    def receipt(self) -> dict[str, Any]:
        return {"bytes": self.size} | ({"source": self.source} if self.source else {})


@dataclass(frozen=True)
class Registered:
    """Ids in the order of what came in, sentences for people, and which were there already, unchanged."""

    ids: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unchanged: frozenset[int] = frozenset()


def register(
    room: Workspace,
    library_id: int,
    incoming: Sequence[Incoming],
    tags: Sequence[str],
    received: Sequence[Received],
) -> Registered:
    """Files, or the rows of one file; those whose content is new or has failed before will be read.

    What was received is stored in the same transaction.
    """
    of_rows = bool(incoming[0].source)
    with room.session() as session, room.blobs.keeping(session, received):
        library = locked_library(session, room, library_id)
        new = _insert(session, library, incoming, tags)
        there = [one for one in incoming if one.sha256 not in new]
        again = _try_again(session, library, there)
        _tag(session, library, there, tags)
        if of_rows:
            notes, originals = [], _follow_source(session, library, there)
            obsolete = obsolete_rows(session, library, [one.sha256 for one in incoming])
        else:
            known = _known(session, library, incoming)
            notes, originals = _note_other_names(known, incoming), set()
            keepers = {one.name: known[one.sha256] for one in incoming}
            obsolete = obsolete_files(session, library, keepers)
        originals |= {original_of(document) for document in obsolete}
        remove_documents(session, library, [document.id for document in obsolete])
        if new or again:
            defer(room, INGEST, session, document_ids=sorted([*new.values(), *again]))
        ids = _ids(session, library, incoming)
    drop_unused_originals(room, originals)
    return Registered(ids, notes, frozenset(ids).difference(new.values(), again))


def _insert(
    session: Session, library: Library, incoming: Sequence[Incoming], tags: Sequence[str]
) -> dict[str, int]:
    """The ids of the new documents by their content."""
    new: dict[str, int] = {}
    for at in range(0, len(incoming), _ROWS_PER_STATEMENT):
        values = [_values(library, one, tags) for one in incoming[at : at + _ROWS_PER_STATEMENT]]
        kept = insert(Document).values(values).on_conflict_do_nothing()
        rows = session.execute(kept.returning(Document.sha256, Document.id))
        new |= {sha256: document_id for sha256, document_id in rows}
    return new


def _values(library: Library, one: Incoming, tags: Sequence[str]) -> dict[str, Any]:
    return {
        "workspace_id": library.workspace_id,
        "library_id": library.id,
        "name": one.name,
        "external_id": one.external_id,
        "title": one.title,
        "sha256": one.sha256,
        "receipt": one.receipt,
        "tags": list(tags),
    }


def _among(library: Library, some: Sequence[Incoming]) -> sa.ColumnElement[bool]:
    return sa.and_(in_library(library), Document.sha256 == sa.func.any([one.sha256 for one in some]))


def _known(session: Session, library: Library, some: Sequence[Incoming]) -> dict[str, Document]:
    return {one.sha256: one for one in session.scalars(sa.select(Document).where(_among(library, some)))}


def _ids(session: Session, library: Library, incoming: Sequence[Incoming]) -> list[int]:
    found = session.execute(sa.select(Document.sha256, Document.id).where(_among(library, incoming)))
    by_content = {sha256: document_id for sha256, document_id in found}
    return [by_content[one.sha256] for one in incoming]


def _try_again(session: Session, library: Library, there: Sequence[Incoming]) -> list[int]:
    """Adding a file that could not be read tries it again."""
    failed = sa.update(Document).where(_among(library, there), Document.state == "failed")
    return list(session.scalars(failed.values(state="waiting", error=None).returning(Document.id)))


def _tag(session: Session, library: Library, there: Sequence[Incoming], tags: Sequence[str]) -> None:
    for tag in tags:
        lacking = sa.update(Document).where(_among(library, there), ~Document.tags.contains([tag]))
        session.execute(lacking.values(tags=Document.tags.op("||")(sa.func.jsonb_build_array(tag))))


def _note_other_names(known: dict[str, Document], incoming: Sequence[Incoming]) -> list[str]:
    """The same content under another name stays one document, whose receipt says so."""
    notes = []
    for one in incoming:
        document = known[one.sha256]
        if one.name != document.name:
            also = sorted({*also_named(document), one.name})
            document.receipt = document.receipt | {"also": also}
            notes.append(f"{one.name} has the same content as {document.name}; it is kept once.")
    return notes


def _follow_source(session: Session, library: Library, there: Sequence[Incoming]) -> set[str]:
    """Rows that are unchanged now stand in the newer file; those just being read stay with theirs."""
    originals: set[str] = set()
    source = Document.receipt["source"]["sha256"].astext
    for at in range(0, len(there), _ROWS_PER_STATEMENT):
        moved = {one.sha256: one for one in there[at : at + _ROWS_PER_STATEMENT]}
        settled = sa.select(Document).where(
            _among(library, list(moved.values())),
            Document.state.in_(("ready", "failed")),
            source != next(iter(moved.values())).source["sha256"],
        )
        for document in session.scalars(settled):
            originals.add(original_of(document))
            document.receipt = document.receipt | {"source": moved[document.sha256].source}
    return originals
