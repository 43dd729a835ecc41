"""The job behind a switch of embedding models: fills passages.next_embedding, compares, and switches.

Runs in the worker for half a minute at a time and asks for itself again, so that documents need not wait
for a large library. Every slice is stored at once: a killed job goes on where it was.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from pgvector import HalfVector
from sqlalchemy.orm import Session

from studio.jobs.queue import defer, task
from studio.library.embedding.comparing import compare_embeddings
from studio.library.embedding.embedder import embedder_for
from studio.library.finding.vector_index import build_if_large, drop_vector_index
from studio.library.intake.storing import HEADING_SEPARATOR, SUMMARY
from studio.library.libraries import locked_library
from studio.library.passages import searchable_text
from studio.library.quality.measuring import measure_if_changed
from studio.store.database import Workspace
from studio.store.tables import Document, Library, Passage

REEMBED = "re-embed"
TEXTS_PER_SLICE = 128
SECONDS_AT_A_TIME = 30.0

_STORE = sa.text(
    """
    UPDATE passages SET next_embedding = given.vector
    FROM unnest(CAST(:ids AS bigint[]), CAST(CAST(:vectors AS text[]) AS halfvec[])) AS given (id, vector)
    WHERE passages.id = given.id AND passages.workspace_id = :workspace AND passages.library_id = :library
    """
)


class _Dropped(Exception):
    """The switch this work was for is no longer wanted."""


@dataclass(frozen=True)
class Next:
    """The model being built, with what a library pins; `id` tells one switch from the next."""

    id: str
    name: str
    embedding_model: str
    embedding_revision: str
    dimension: int
    embedding_service: dict[str, Any]


def reembed_failed(room: Workspace, sentence: str, *, library_id: int) -> None:
    """The job gave up: what is embedded stays, a person may resume."""
    with room.session() as session:
        row = locked_library(session, room, library_id)
        if row.next_embedding:
            row.next_embedding = {**row.next_embedding, "state": "interrupted", "error": sentence}


@task(REEMBED, lane="documents", failed=reembed_failed)
def reembed_library(room: Workspace, *, library_id: int) -> None:
    """One stretch of the work that the library's state asks for; asks for the next stretch itself."""
    with room.session() as session:
        library = locked_library(session, room, library_id)
    said = library.next_embedding
    if said is None or said["state"] == "clearing":
        _forget_vectors(room, library_id)
    if said is None:
        return
    following = _next(library.name, said)
    try:
        if _embed_more(room, library_id, following, said["state"]):
            _conclude(room, library_id, following, said["state"])
    except _Dropped:
        return


def _embed_more(room: Workspace, library_id: int, following: Next, state: str) -> bool:
    """One stretch of embedding, where the state asks for it; True when nothing is left."""
    if state == "clearing":
        _note(room, library_id, following, state="embedding")
    if state in ("clearing", "embedding", "switching") and not _embed(room, library_id, following):
        defer(room, REEMBED, library_id=library_id)
        return False
    return True


def _conclude(room: Workspace, library_id: int, following: Next, state: str) -> None:
    if state == "switching":
        _switch(room, library_id, following)
    elif state in ("clearing", "embedding", "comparing"):
        _note(room, library_id, following, state="comparing", seconds_left=None)
        report = compare_embeddings(room, library_id, following)
        _note(room, library_id, following, state="ready", report=report)


def _next(name: str, said: dict[str, Any]) -> Next:
    return Next(said["id"], name, said["model"], said["revision"], said["dimension"], said["service"])


def _embed(room: Workspace, library_id: int, following: Next) -> bool:
    """Embed what has no new vector yet, for a while; True when all have one."""
    began = time.monotonic()
    waiting = _waiting(room, library_id)
    for at in range(0, len(waiting), TEXTS_PER_SLICE):
        part = waiting[at : at + TEXTS_PER_SLICE]
        spent = time.monotonic() - began
        left = len(waiting) - at
        _tell(room, library_id, following, left, spent / at * left if at else None)
        if at and spent > SECONDS_AT_A_TIME:
            return False
        _embed_slice(room, library_id, following, part)
    _tell(room, library_id, following, 0, 0.0)
    return True


def _tell(room: Workspace, library_id: int, following: Next, left: int, seconds: float | None) -> None:
    """Progress; an unknown time leaves the one of the last stretch."""
    total = _count(room, library_id)
    known = {} if seconds is None else {"seconds_left": round(seconds, 1)}
    _note(room, library_id, following, done=total - left, total=total, waits_for="", **known)


def _embed_slice(room: Workspace, library_id: int, following: Next, ids: Sequence[int]) -> None:
    rows = _texts(room, ids)
    vectors = embedder_for(room, following).embed_passages(
        [text for _, _, text in rows],
        [document for _, document, _ in rows],
        lambda why: _note(room, library_id, following, waits_for=why),
    )
    with room.session() as session:
        _check(locked_library(session, room, library_id), following)
        session.execute(
            _STORE,
            {
                "ids": [passage for passage, _, _ in rows],
                "vectors": [HalfVector(vector).to_text() for vector in vectors],
                "workspace": room.id,
                "library": library_id,
            },
        )


def _searched(room: Workspace, library_id: int) -> sa.ColumnElement[bool]:
    return sa.and_(Passage.workspace_id == room.id, Passage.library_id == library_id, Passage.kind != SUMMARY)


def _waiting(room: Workspace, library_id: int) -> list[int]:
    wanted = sa.select(Passage.id).where(_searched(room, library_id), Passage.next_embedding.is_(None))
    with room.session() as session:
        return list(session.scalars(wanted.order_by(Passage.document_id, Passage.position)))


def _count(room: Workspace, library_id: int) -> int:
    with room.session() as session:
        return session.scalar(sa.select(sa.func.count(Passage.id)).where(_searched(room, library_id))) or 0


def _texts(room: Workspace, ids: Sequence[int]) -> list[tuple[int, int, str]]:
    """Id, document and embedded text of passages that are still there."""
    same = sa.and_(Document.id == Passage.document_id, Document.workspace_id == Passage.workspace_id)
    wanted = (
        sa.select(Passage.id, Passage.document_id, Document.title, Passage.heading, Passage.text)
        .join(Document, same)
        .where(Passage.workspace_id == room.id, Passage.id == sa.func.any(list(ids)))
        .order_by(Passage.document_id, Passage.position)
    )
    with room.session() as session:
        return [(row.id, row.document_id, _searchable(row)) for row in session.execute(wanted)]


def _searchable(row: Any) -> str:
    heading = row.heading.split(HEADING_SEPARATOR) if row.heading else []
    return searchable_text(row.title, heading, row.text)


def _note(room: Workspace, library_id: int, following: Next, **changes: Any) -> None:
    """Write into the library what is known of the switch; raises _Dropped when it is wanted no more."""
    with room.session() as session:
        row = locked_library(session, room, library_id)
        row.next_embedding = {**_check(row, following), **changes}


def _check(library: Library, following: Next) -> dict[str, Any]:
    if not library.next_embedding or library.next_embedding["id"] != following.id:
        raise _Dropped
    return library.next_embedding


def _forget_vectors(room: Workspace, library_id: int) -> None:
    with room.session() as session:
        session.execute(
            sa.update(Passage)
            .where(Passage.workspace_id == room.id, Passage.library_id == library_id)
            .where(Passage.next_embedding.is_not(None))
            .values(next_embedding=None)
        )


def _switch(room: Workspace, library_id: int, following: Next) -> None:
    """The one moment in which all vectors and what is pinned change together."""
    drop_vector_index(room, library_id)  # it accepts no vectors of another width
    with room.session() as session:
        library = locked_library(session, room, library_id)
        report = _check(library, following).get("report") or {}
        library.answer_threshold = report.get("answer_threshold", library.answer_threshold)
        _replace_vectors(session, library, following.dimension)
        library.embedding_model = following.embedding_model
        library.embedding_revision = following.embedding_revision
        library.dimension = following.dimension
        library.embedding_service = following.embedding_service
        library.next_embedding = sa.null()
        # what was measured, or chosen by a person, was for the other model
        library.search = {k: v for k, v in library.search.items() if k not in ("measurement", "kept")}
    build_if_large(room, library_id)
    measure_if_changed(room, library_id)


def _replace_vectors(session: Session, library: Library, dimension: int) -> None:
    """Fails as a whole when a passage that is searched has no new vector."""
    nothing: NDArray[np.float32] = np.zeros(dimension, np.float32)
    session.execute(
        sa.text(
            """
            UPDATE passages
            SET embedding = CASE WHEN kind = 'summary' THEN CAST(:nothing AS halfvec) ELSE next_embedding END,
                next_embedding = NULL
            WHERE workspace_id = :workspace AND library_id = :library
            """
        ),
        {
            "nothing": HalfVector(nothing).to_text(),
            "workspace": library.workspace_id,
            "library": library.id,
        },
    )
