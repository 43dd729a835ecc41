"""How long documents that are coming in still need, from how long the others took. Called by documents.

Embedding takes nearly all of the time, so what is left is counted in passages.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.store.database import Workspace

_PASSAGES_PER_BYTE = 1 / 600  # of plain text, while none of the library's documents is read yet

_PACE = sa.text(
    """
    WITH told AS (
        SELECT state, (receipt ->> 'bytes')::float AS bytes, (receipt ->> 'passages')::float AS passages,
            (receipt ->> 'embedded')::float AS embedded,
            (receipt ->> 'embedding_seconds')::float AS seconds,
            coalesce((receipt ->> 'kept')::float, 0) AS kept
        FROM documents WHERE workspace_id = :workspace AND library_id = :library
    )
    SELECT count(*) AS total,
        count(*) FILTER (WHERE state IN ('waiting', 'parsing', 'embedding')) AS moving,
        sum(seconds) FILTER (WHERE embedded > kept)
            / sum(embedded - kept) FILTER (WHERE embedded > kept AND seconds IS NOT NULL) AS each,
        sum(passages) FILTER (WHERE bytes > 0) / sum(bytes) FILTER (WHERE passages > 0) AS density,
        coalesce(sum(passages - embedded) FILTER (WHERE state = 'embedding'), 0) AS known,
        coalesce(sum(bytes) FILTER (WHERE state IN ('waiting', 'parsing')), 0) AS unread
    FROM told
    """
)


_BEFORE = sa.text(
    """
    WITH waiting AS (
        SELECT id, sum(
            CASE WHEN state = 'embedding' AND receipt ? 'passages'
                THEN (receipt ->> 'passages')::float - coalesce((receipt ->> 'embedded')::float, 0)
                ELSE coalesce((receipt ->> 'bytes')::float, 0) * :density
            END
        ) OVER (ORDER BY id) AS passages
        FROM documents
        WHERE workspace_id = :workspace AND library_id = :library
            AND state IN ('waiting', 'parsing', 'embedding')
    )
    SELECT id, passages FROM waiting WHERE id = ANY(:documents)
    """
)


@dataclass(frozen=True)
class Pace:
    """How fast a library is read: `each` passage takes seconds (None: not known yet), `density` passages
    stand in a byte; `known` passages and `unread` bytes are left."""

    total: int
    moving: int
    each: float | None
    density: float | None
    known: float
    unread: float

    @property
    def seconds_left(self) -> float | None:
        """Until everything is ready; None while nothing says how fast it goes."""
        if not self.moving or self.each is None:
            return None
        return round((self.known + self.unread * self.passages_per_byte) * self.each, 1)

    @property
    def passages_per_byte(self) -> float:
        return self.density or _PASSAGES_PER_BYTE


def pace_of(session: Session, room: Workspace, library_id: int) -> Pace:
    """What the receipts of a library's documents tell."""
    row = session.execute(_PACE, {"workspace": room.id, "library": library_id}).mappings().one()
    return Pace(**row)


def until_ready(
    session: Session, room: Workspace, library_id: int, document_ids: Sequence[int]
) -> dict[int, float]:
    """Seconds for those of these documents that are not ready; all are read in the order they came."""
    pace = pace_of(session, room, library_id)
    if not pace.moving or pace.each is None:
        return {}
    asked = {"workspace": room.id, "library": library_id, "density": pace.passages_per_byte}
    rows = session.execute(_BEFORE, asked | {"documents": list(document_ids)})
    return {document: round(passages * pace.each, 1) for document, passages in rows}
