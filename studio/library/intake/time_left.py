"""How long documents that are coming in still need, from how long the others took. Called by documents.

Embedding takes nearly all of the time, so what is left is counted in passages.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.library.intake.states import WORKING
from studio.store.database import Workspace
from studio.store.tables import Document

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
        return round((self.known + self.unread * self._density) * self.each, 1)

    def until_ready(self, documents: Iterable[Document]) -> dict[int, float]:
        """Seconds by document, for all that are not ready; they are read in the order they came."""
        passages, until = 0.0, {}
        for document in sorted(documents, key=lambda one: one.id):
            if document.state in WORKING and self.each is not None:
                passages += self._passages_left(document)
                until[document.id] = round(passages * self.each, 1)
        return until

    def _passages_left(self, document: Document) -> float:
        receipt = document.receipt
        if document.state == "embedding" and "passages" in receipt:
            return float(receipt["passages"] - receipt.get("embedded", 0))
        return float(receipt.get("bytes", 0)) * self._density

    @property
    def _density(self) -> float:
        return self.density or _PASSAGES_PER_BYTE


def pace_of(session: Session, room: Workspace, library_id: int) -> Pace:
    """What the receipts of a library's documents tell."""
    row = session.execute(_PACE, {"workspace": room.id, "library": library_id}).mappings().one()
    return Pace(**row)
