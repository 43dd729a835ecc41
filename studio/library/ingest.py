"""The job that makes documents searchable: read, split, embed, store. Runs in the worker.

Documents become ready in groups, each group in one transaction; a job that is run again goes on
with the documents that are not ready yet.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from studio.jobs.queue import task
from studio.library.embedder import Embedder, embedder_for
from studio.library.libraries import locked_library
from studio.library.originals import drop_unused_originals, original_of
from studio.library.parse.blocks import ParsedDocument
from studio.library.passages import split
from studio.library.reading import read_documents
from studio.library.removing import remove_documents
from studio.library.storing import Arrival, arrivals_of, reweigh_if_moved, store_passages
from studio.store.database import Workspace
from studio.store.tables import Document, Library

INGEST = "ingest"
PASSAGES_PER_GROUP = 512
TEXTS_PER_SLICE = 128  # embedded between two reports of progress


@dataclass(frozen=True)
class _Read:
    """A document that was read and split, waiting for its vectors."""

    id: int
    name: str
    external_id: str | None
    title: str
    receipt: dict[str, Any]

    @property
    def passages(self) -> int:
        return int(self.receipt["passages"])


@dataclass
class _Group:
    """Documents that become ready together; `arrivals` are their passages in the same order."""

    documents: list[_Read] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    began: float = field(default_factory=time.perf_counter)


def ingest_failed(room: Workspace, sentence: str, *, document_ids: list[int]) -> None:
    """The job gave up: say so on every document it has not finished."""
    _set_state(room, document_ids, "failed", sentence)


@task(INGEST, lane="documents", failed=ingest_failed)
def ingest_documents(room: Workspace, *, document_ids: list[int]) -> None:
    """Make these documents searchable; one that cannot be read fails with a sentence of its own."""
    waiting = _waiting(room, document_ids)
    for library_id in sorted({document.library_id for document in waiting}):
        with room.session() as session:
            library = locked_library(session, room, library_id)
        embedder = embedder_for(room, library)
        for group in _groups(room, [d for d in waiting if d.library_id == library_id]):
            _make_ready(room, library_id, group, _embed(room, embedder, group))
        with room.session() as session:
            reweigh_if_moved(session, locked_library(session, room, library_id))


def _waiting(room: Workspace, document_ids: list[int]) -> list[Document]:
    with room.session() as session:
        return list(session.scalars(_unfinished(room, document_ids).order_by(Document.id)))


def _unfinished(room: Workspace, document_ids: list[int]) -> sa.Select[Document]:
    return sa.select(Document).where(
        Document.workspace_id == room.id, Document.id == sa.func.any(document_ids), Document.state != "ready"
    )


def _set_state(room: Workspace, document_ids: list[int], state: str, error: str | None = None) -> None:
    with room.session() as session:
        for document in session.scalars(_unfinished(room, document_ids)):
            document.state, document.error = state, error


def _groups(room: Workspace, documents: Sequence[Document]) -> Iterator[_Group]:
    """Read until there is enough to embed at once."""
    group = _Group()
    _set_state(room, [documents[0].id], "parsing")
    for document, outcome in read_documents(room, documents):
        if not isinstance(outcome, ParsedDocument):
            _set_state(room, [document.id], "failed", str(outcome))
            continue
        title = document.title or outcome.title
        arrivals = arrivals_of(document.id, title, split(outcome))
        receipt = _receipt(document, outcome, len(arrivals))
        group.documents.append(_Read(document.id, document.name, document.external_id, title, receipt))
        group.arrivals += arrivals
        if len(group.arrivals) >= PASSAGES_PER_GROUP:
            yield group
            group = _Group()
    if group.documents:
        yield group


def _receipt(document: Document, parsed: ParsedDocument, passages: int) -> dict[str, Any]:
    kept = {"source": document.receipt["source"]} if "source" in document.receipt else {}
    pages = {} if parsed.pages is None else {"pages": parsed.pages}
    return (
        kept
        | pages
        | {
            "characters": parsed.characters,
            "tables": parsed.tables,
            "passages": passages,
            "warnings": parsed.warnings,
        }
    )


def _embed(room: Workspace, embedder: Embedder, group: _Group) -> NDArray[np.float32]:
    """Vectors of the group's passages; says how far it is after every slice."""
    _report(room, group, 0)
    slices = []
    for at in range(0, len(group.arrivals), TEXTS_PER_SLICE):
        part = group.arrivals[at : at + TEXTS_PER_SLICE]
        texts, owners = [arrival.searchable for arrival in part], [a.document_id for a in part]
        slices.append(embedder.embed_passages(texts, owners, lambda why: _say(room, group, why)))
        _report(room, group, at + len(part))
    return np.concatenate(slices)


def _report(room: Workspace, group: _Group, embedded: int) -> None:
    """Documents are embedded one after the other, so the count is shared out in their order."""
    before = 0
    receipts: dict[int, dict[str, Any]] = {}
    for document in group.documents:
        done = min(document.passages, max(0, embedded - before))
        receipts[document.id] = document.receipt | {"embedded": done}
        before += document.passages
    with room.session() as session:
        for row in session.scalars(_unfinished(room, list(receipts))):
            row.state, row.receipt = "embedding", receipts[row.id]


def _say(room: Workspace, group: _Group, why: str) -> None:
    """What the documents wait for; the next report of progress takes it away."""
    with room.session() as session:
        for row in session.scalars(_unfinished(room, [document.id for document in group.documents])):
            row.receipt = row.receipt | {"waits_for": why}


def _make_ready(room: Workspace, library_id: int, group: _Group, vectors: NDArray[np.float32]) -> None:
    """The moment the documents become searchable and those they replace disappear."""
    with room.session() as session:
        library = locked_library(session, room, library_id)
        ids = [document.id for document in group.documents]
        locked = session.scalars(_unfinished(room, ids).with_for_update())
        present = {document.id: document for document in locked}
        originals = _replace(session, room, library, [d for d in group.documents if d.id in present])
        kept = [index for index, arrival in enumerate(group.arrivals) if arrival.document_id in present]
        store_passages(session, library, [group.arrivals[index] for index in kept], vectors[kept])
        seconds = (time.perf_counter() - group.began) / len(group.arrivals)
        for read in group.documents:
            if read.id in present:
                _finish(present[read.id], read, seconds * read.passages)
    drop_unused_originals(room, originals)


def _replace(session: Session, room: Workspace, library: Library, arriving: Sequence[_Read]) -> set[str]:
    """Remove older documents of the same name (rows: the same _id); returns the originals they used."""
    files = [document.name for document in arriving if document.external_id is None]
    rows = [document.external_id for document in arriving if document.external_id is not None]
    same_file = sa.and_(Document.external_id.is_(None), Document.name == sa.func.any(files))
    older = sa.select(Document).where(
        Document.workspace_id == room.id,
        Document.library_id == library.id,
        sa.or_(same_file, Document.external_id == sa.func.any(rows)),
        Document.id < min((document.id for document in arriving), default=0),
    )
    replaced = list(session.scalars(older))
    if replaced:
        remove_documents(session, library, [document.id for document in replaced])
    return {original_of(document) for document in replaced}


def _finish(document: Document, read: _Read, seconds: float) -> None:
    document.state, document.error, document.title = "ready", None, read.title
    document.receipt = read.receipt | {"embedded": read.passages, "seconds": round(seconds, 2)}
    document.ready_at = sa.func.now()
