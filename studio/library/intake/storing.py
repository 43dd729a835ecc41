"""Puts passages into the database: binary COPY into a staging table, then one statement for both sides.

Called by ingest, inside the transaction that makes their documents ready.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from pgvector import HalfVector
from psycopg.types.json import Jsonb
from sqlalchemy.orm import Session

from studio.library.finding.terms import SparseBytes, count_terms, remember_counts
from studio.library.passages import Piece, searchable_text
from studio.store.tables import Document, Library, Passage

Vectors = NDArray[np.float16] | NDArray[np.float32]  # stored with two bytes a number
HEADING_SEPARATOR = " > "
SUMMARY = "summary"  # the kind of passage that is read but never searched
_MOVED = 0.2  # all weights are computed again when the mean length of passages moved this far
_SAMPLE = 1000
_SLICE = 2000  # passages weighed again at a time

_Row = sa.Row[int, int, str, str, str]

# COPY into `passages` itself is refused by PostgreSQL: the table has row-level security.
_STAGING = sa.text(
    """
    CREATE TEMPORARY TABLE IF NOT EXISTS arriving (
        document_id bigint, position int, kind text, heading text, text text, place jsonb, fingerprint bytea,
        embedding halfvec, terms sparsevec
    ) ON COMMIT DELETE ROWS
    """
)
_COPY = "COPY arriving FROM STDIN (FORMAT BINARY)"
_TYPES = ["int8", "int4", "text", "text", "text", "jsonb", "bytea", "halfvec", "sparsevec"]

_STORE = sa.text(
    """
    INSERT INTO passages
        (workspace_id, library_id, document_id, position, kind, heading, text, place, fingerprint, embedding,
            terms)
    SELECT :workspace, :library, * FROM arriving
    """
)

_REWEIGH = sa.text(
    """
    UPDATE passages SET terms = arriving.terms
    FROM arriving
    WHERE passages.workspace_id = :workspace AND passages.library_id = :library
        AND passages.document_id = arriving.document_id AND passages.position = arriving.position
    """
)


@dataclass(frozen=True)
class Arrival:
    """A passage on its way in; `searchable` is its text under its title and headings."""

    document_id: int
    piece: Piece
    searchable: str

    @property
    def kind(self) -> str:
        return self.piece.kind

    @property
    def fingerprint(self) -> bytes:
        """SHA-256 of what is embedded."""
        return hashlib.sha256(self.searchable.encode()).digest()


def arrivals_of(document_id: int, title: str, pieces: Iterable[Piece]) -> list[Arrival]:
    return [
        Arrival(document_id, piece, searchable_text(title, piece.heading, piece.text)) for piece in pieces
    ]


def store_passages(session: Session, library: Library, arrivals: Sequence[Arrival], vectors: Vectors) -> None:
    """Insert passages with vectors of shape (len(arrivals), dimension), their terms and the term counts.

    The library's row must be locked. The first passages of a library fix its mean length for BM25. Summaries
    are never searched: their words are not counted and their vectors may be zero.
    """
    counted = count_terms(session, library.language, [_searched(arrival) for arrival in arrivals])
    library.mean_terms = library.mean_terms or counted.mean_length
    weights = counted.weights(library.mean_terms)
    session.execute(_STAGING)
    _copy(session, map(_staged, arrivals, vectors, weights))
    session.execute(_STORE, {"workspace": library.workspace_id, "library": library.id})
    session.execute(sa.text("TRUNCATE arriving"))
    remember_counts(session, library, counted)
    library.passage_count += sum(arrival.kind != SUMMARY for arrival in arrivals)


def reweigh_if_moved(session: Session, library: Library) -> bool:
    """Compute all BM25 weights again when passages have become much longer or shorter on average."""
    passages = (
        sa.select(Passage.document_id, Passage.position, Document.title, Passage.heading, Passage.text)
        .join(
            Document,
            sa.and_(Document.id == Passage.document_id, Document.workspace_id == Passage.workspace_id),
        )
        .where(Passage.workspace_id == library.workspace_id, Passage.library_id == library.id)
        .where(Passage.kind != SUMMARY)
    )
    sample = session.execute(passages.order_by(sa.func.md5(Passage.text)).limit(_SAMPLE)).all()
    mean = count_terms(session, library.language, [_above(row) for row in sample]).mean_length
    if abs(mean - library.mean_terms) <= _MOVED * library.mean_terms:
        return False
    library.mean_terms = mean
    for rows in session.execute(passages).partitions(_SLICE):
        _reweigh(session, library, rows)
    return True


def _reweigh(session: Session, library: Library, rows: Sequence[_Row]) -> None:
    weights = count_terms(session, library.language, [_above(row) for row in rows]).weights(
        library.mean_terms
    )
    session.execute(_STAGING)
    nothing = [None] * 6
    _copy(
        session,
        ((row.document_id, row.position, *nothing, terms) for row, terms in zip(rows, weights, strict=True)),
    )
    session.execute(_REWEIGH, {"workspace": library.workspace_id, "library": library.id})
    session.execute(sa.text("TRUNCATE arriving"))


def _searched(arrival: Arrival) -> str:
    return "" if arrival.kind == SUMMARY else arrival.searchable


def _staged(arrival: Arrival, vector: NDArray[Any], terms: SparseBytes) -> tuple[object, ...]:
    piece = arrival.piece
    return (
        arrival.document_id,
        piece.position,
        arrival.kind,
        HEADING_SEPARATOR.join(piece.heading),
        piece.text,
        Jsonb(piece.place.as_json()),
        arrival.fingerprint,
        HalfVector(vector),
        terms,
    )


def _copy(session: Session, rows: Iterable[tuple[object, ...]]) -> None:
    connection = session.connection().connection.driver_connection
    assert connection is not None  # noqa: S101 - the session has just used it
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        copy.set_types(_TYPES)
        for row in rows:
            copy.write_row(row)


def _above(row: _Row) -> str:
    heading = row.heading.split(HEADING_SEPARATOR) if row.heading else []
    return searchable_text(row.title, heading, row.text)
