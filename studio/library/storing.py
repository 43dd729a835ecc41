"""Puts passages into the database: binary COPY into a staging table, then one statement for both sides.

Called by ingest, inside the transaction that makes their documents ready.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from pgvector import HalfVector
from psycopg.types.json import Jsonb
from sqlalchemy.orm import Session

from studio.library.languages import indexed_words, text_search_configuration
from studio.library.passages import Piece, searchable_text
from studio.library.terms import COUNTING, as_vector
from studio.store.tables import Document, Library, Passage

HEADING_SEPARATOR = " > "
_MOVED = 0.2  # all weights are computed again when the mean length of passages moved this far
_SAMPLE = 1000

# COPY into `passages` itself is refused by PostgreSQL: the table has row-level security.
_STAGING = sa.text(
    """
    CREATE TEMPORARY TABLE IF NOT EXISTS arriving (
        document_id bigint, position int, kind text, heading text, text text, place jsonb, fingerprint bytea,
        words text, embedding halfvec
    ) ON COMMIT DELETE ROWS
    """
)
_COPY = "COPY arriving FROM STDIN (FORMAT BINARY)"
_TYPES = ["int8", "int4", "text", "text", "text", "jsonb", "bytea", "text", "halfvec"]

_MEAN = sa.text(
    """
    SELECT coalesce(avg(length), 1)
    FROM (
        SELECT sum(cardinality(positions)) AS length
        FROM (SELECT * FROM arriving ORDER BY md5(words) LIMIT :sample) AS sample,
            unnest(to_tsvector(CAST(:configuration AS regconfig), words))
        GROUP BY document_id, position
    ) AS lengths
    """
)

_STORE = sa.text(
    f"""
    WITH {COUNTING},
    frequencies AS (
        INSERT INTO term_counts (workspace_id, library_id, term, passages)
        SELECT :workspace, :library, term, count(*) FROM counted GROUP BY term
        ON CONFLICT (library_id, term) DO UPDATE
            SET passages = term_counts.passages + excluded.passages
    )
    INSERT INTO passages
        (workspace_id, library_id, document_id, position, kind, heading, text, place, fingerprint, embedding,
            terms)
    SELECT :workspace, :library, document_id, position, kind, heading, text, place, fingerprint, embedding,
        {as_vector("weights")}
    FROM arriving
    LEFT JOIN weighted USING (document_id, position)
    ORDER BY document_id, position
    """
)

_REWEIGH = sa.text(
    f"""
    WITH {COUNTING}
    UPDATE passages SET terms = {as_vector("weighted.weights")}
    FROM weighted
    WHERE passages.workspace_id = :workspace AND passages.library_id = :library
        AND passages.document_id = weighted.document_id AND passages.position = weighted.position
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


def store_passages(
    session: Session, library: Library, arrivals: Sequence[Arrival], vectors: NDArray[np.float32]
) -> None:
    """Insert passages with vectors of shape (len(arrivals), dimension), their terms and the term counts.

    The library's row must be locked. The first passages of a library fix its mean length for BM25. Summaries
    are never searched: their words are not counted and their vectors may be zero.
    """
    session.execute(_STAGING)
    rows = zip(arrivals, vectors, strict=True)
    _copy(session, (_staged(library.language, arrival, vector) for arrival, vector in rows))
    if not library.mean_terms:
        library.mean_terms = _mean_terms(session, library.language)
        session.flush()
    session.execute(_STORE, _counting_values(library))
    session.execute(sa.text("TRUNCATE arriving"))
    library.passage_count += sum(arrival.kind != "summary" for arrival in arrivals)


def reweigh_if_moved(session: Session, library: Library) -> bool:
    """Compute all BM25 weights again when passages have become much longer or shorter on average."""
    passages = (
        sa.select(Passage.document_id, Passage.position, Document.title, Passage.heading, Passage.text)
        .join(
            Document,
            sa.and_(Document.id == Passage.document_id, Document.workspace_id == Passage.workspace_id),
        )
        .where(Passage.workspace_id == library.workspace_id, Passage.library_id == library.id)
        .where(Passage.kind != "summary")
    )
    session.execute(_STAGING)
    _copy_words(session, library.language, passages.order_by(sa.func.md5(Passage.text)).limit(_SAMPLE))
    mean = _mean_terms(session, library.language)
    session.execute(sa.text("TRUNCATE arriving"))
    if abs(mean - library.mean_terms) <= _MOVED * library.mean_terms:
        return False
    library.mean_terms = mean
    _copy_words(session, library.language, passages)
    session.execute(_REWEIGH, _counting_values(library))
    session.execute(sa.text("TRUNCATE arriving"))
    return True


def _staged(language: str, arrival: Arrival, vector: NDArray[np.float32]) -> tuple[object, ...]:
    piece = arrival.piece
    return (
        arrival.document_id,
        piece.position,
        arrival.kind,
        HEADING_SEPARATOR.join(piece.heading),
        piece.text,
        Jsonb(piece.place.as_json()),
        arrival.fingerprint,
        "" if arrival.kind == "summary" else indexed_words(language, arrival.searchable),
        HalfVector(vector),
    )


def _copy(session: Session, rows: Iterable[tuple[object, ...]]) -> None:
    connection = session.connection().connection.driver_connection
    assert connection is not None  # noqa: S101 - the session has just used it
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        copy.set_types(_TYPES)
        for row in rows:
            copy.write_row(row)


def _copy_words(session: Session, language: str, passages: sa.Select[int, int, str, str, str]) -> None:
    found = session.execute(passages).all()
    _copy(
        session,
        (_only_words(row, indexed_words(language, _above(row))) for row in found),
    )


def _only_words(row: sa.Row[int, int, str, str, str], words: str) -> tuple[object, ...]:
    return (row.document_id, row.position, None, None, None, None, None, words, None)


def _above(row: sa.Row[int, int, str, str, str]) -> str:
    heading = row.heading.split(HEADING_SEPARATOR) if row.heading else []
    return searchable_text(row.title, heading, row.text)


def _mean_terms(session: Session, language: str) -> float:
    """The mean number of terms in the passages now staged, from a sample."""
    asked = {"configuration": text_search_configuration(language), "sample": _SAMPLE}
    return float(session.scalar(_MEAN, asked))


def _counting_values(library: Library) -> dict[str, object]:
    return {
        "workspace": library.workspace_id,
        "library": library.id,
        "configuration": text_search_configuration(library.language),
        "mean_terms": library.mean_terms,
    }
