"""Puts the passages of newly read documents in place of older ones; what did not change stays as it is.

Called by ingest inside the transaction that makes documents ready. A passage whose searchable text is the
same keeps its id, its vector, its weights and the citations that point to it; only its place is updated.
"""

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from psycopg.types.json import Jsonb
from sqlalchemy.orm import Session

from studio.library.intake.storing import HEADING_SEPARATOR, SUMMARY, Arrival, Vectors, store_passages
from studio.library.removing import remove_passages
from studio.store.tables import Library, Passage

Fingerprint = bytes
_Key = tuple[Fingerprint, bool]
_AT_ONCE = 5000  # passages stored: a long document would need as much memory again as it takes itself

_KNOWN = sa.text(
    """
    SELECT DISTINCT ON (fingerprint) fingerprint, embedding
    FROM passages
    WHERE workspace_id = :workspace AND library_id = :library AND fingerprint = ANY(:wanted)
        AND kind <> 'summary'
    """
)

# first to negative positions: two passages of a document must never share one, not even for a moment
_MOVE = """
    UPDATE passages SET document_id = %(document)s, position = -2 - %(position)s, kind = %(kind)s,
        heading = %(heading)s, text = %(text)s, place = %(place)s
    WHERE id = %(id)s AND workspace_id = %(workspace)s
        AND (document_id, position, kind, heading, text, place)
            IS DISTINCT FROM (%(document)s, %(position)s, %(kind)s, %(heading)s, %(text)s, %(place)s)
"""
_SETTLE = sa.text(
    """
    UPDATE passages SET position = -2 - position
    WHERE workspace_id = :workspace AND document_id = ANY(:documents) AND position < -1
    """
)


@dataclass(frozen=True)
class Exchange:
    """Ids of passages that stay with what they become, arrivals that are new (by index), ids that go."""

    kept: list[tuple[int, Arrival]]
    new: list[int]
    gone: list[int]


def known_vectors(
    session: Session, library: Library, wanted: Sequence[Fingerprint]
) -> dict[Fingerprint, NDArray[np.float16]]:
    """Vectors that the library has already for these texts."""
    asked = {"workspace": library.workspace_id, "library": library.id, "wanted": list(wanted)}
    return {bytes(found): vector.to_numpy() for found, vector in session.execute(_KNOWN, asked)}


def exchange(
    session: Session, library: Library, arrivals: Sequence[Arrival], sources: Mapping[int, Sequence[int]]
) -> Exchange:
    """Match arrivals with the passages of the documents in whose place each document comes.

    `sources` names those documents for each arriving one. Changes nothing yet.
    """
    available = _available(session, library, sources)
    kept, new = [], []
    for index, arrival in enumerate(arrivals):
        same = available[arrival.document_id][_key(arrival.fingerprint, arrival.kind)]
        if same:
            kept.append((same.popleft(), arrival))
        else:
            new.append(index)
    left = (passage for pools in available.values() for same in pools.values() for passage in same)
    return Exchange(kept, new, list(left))


def carry_out(
    session: Session,
    library: Library,
    plan: Exchange,
    arrivals: Sequence[Arrival],
    vectors: Vectors,
) -> None:
    """Remove, move and store; `vectors` belong to the arrivals. The library's row must be locked."""
    remove_passages(session, library, plan.gone)
    _move(session, library, plan.kept)
    for at in range(0, len(plan.new), _AT_ONCE):
        part = plan.new[at : at + _AT_ONCE]
        store_passages(session, library, [arrivals[index] for index in part], vectors[part])


def _key(fingerprint: Fingerprint, kind: str) -> _Key:
    """A summary has neither vector nor terms, so it never becomes a passage that is searched."""
    return fingerprint, kind == SUMMARY


def _available(
    session: Session, library: Library, sources: Mapping[int, Sequence[int]]
) -> dict[int, dict[_Key, deque[int]]]:
    """For each arriving document the passages that it may keep, by what they say, in reading order."""
    takers = {old: new for new, olds in sources.items() for old in olds}
    rows = session.execute(
        sa.select(Passage.id, Passage.document_id, Passage.fingerprint, Passage.kind)
        .where(Passage.workspace_id == library.workspace_id, Passage.library_id == library.id)
        .where(Passage.document_id == sa.func.any(list(takers)))
        .order_by(Passage.document_id, Passage.position)
    )
    available: dict[int, dict[_Key, deque[int]]] = defaultdict(lambda: defaultdict(deque))
    for passage, document, fingerprint, kind in rows:
        available[takers[document]][_key(bytes(fingerprint or b""), kind)].append(passage)
    return available


def _move(session: Session, library: Library, kept: Sequence[tuple[int, Arrival]]) -> None:
    if not kept:
        return
    connection = session.connection().connection.driver_connection
    assert connection is not None  # noqa: S101 - the session has just used it
    with connection.cursor() as cursor:
        cursor.executemany(_MOVE, [_moved(library, passage, arrival) for passage, arrival in kept])
    documents = list({arrival.document_id for _, arrival in kept})
    session.execute(_SETTLE, {"workspace": library.workspace_id, "documents": documents})


def _moved(library: Library, passage: int, arrival: Arrival) -> dict[str, object]:
    return {
        "id": passage,
        "workspace": library.workspace_id,
        "document": arrival.document_id,
        "position": arrival.piece.position,
        "kind": arrival.kind,
        "heading": HEADING_SEPARATOR.join(arrival.piece.heading),
        "text": arrival.piece.text,
        "place": Jsonb(arrival.piece.place.as_json()),
    }
