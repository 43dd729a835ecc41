"""Finds passages: both sides of search in one SQL statement. Called by answers, comparisons and commands.

One scan of the library scores every passage: the inner product of its vector with the question's (both of
length 1, so it is the cosine) and BM25 (see terms). An exact scan misses nothing and takes milliseconds up
to about 20,000 passages. How both sides become one order: see fusion.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from pgvector import HalfVector
from sqlalchemy.orm import Session

from studio.errors import BadInput, NotFound
from studio.library.embedder import embedder_for
from studio.library.fusion import FUSED
from studio.library.languages import indexed_words, text_search_configuration
from studio.library.places import Place, place_label
from studio.library.storing import HEADING_SEPARATOR
from studio.library.terms import ASKED_TERMS
from studio.store.database import Workspace
from studio.store.tables import Library

_LONGEST_QUESTION = 10_000

_SEARCH = sa.text(
    f"""
    WITH {ASKED_TERMS},
    asked AS MATERIALIZED (
        SELECT asked_terms.terms, CAST(:vector AS halfvec) AS vector FROM asked_terms
    ),
    scored AS MATERIALIZED (
        SELECT
            passages.id,
            -(passages.terms <#> asked.terms) AS lexical,
            -(passages.embedding <#> asked.vector) AS cosine
        FROM passages, asked
        WHERE passages.workspace_id = :workspace AND passages.library_id = :library
            AND passages.kind <> 'summary'
    ),
    {FUSED}
    SELECT
        passages.id AS passage_id, passages.document_id, documents.name AS document, documents.external_id,
        documents.title, passages.heading, passages.text, passages.place, fused.score,
        scored.lexical, scored.cosine
    FROM fused
    JOIN scored USING (id)
    JOIN passages ON passages.id = fused.id AND passages.workspace_id = :workspace
    JOIN documents ON documents.id = passages.document_id AND documents.workspace_id = :workspace
    ORDER BY fused.score DESC, passages.id
    """
)


@dataclass(frozen=True)
class Hit:
    """A passage found. `score` is the fused z-score, `lexical` BM25, `cosine` the similarity of meaning."""

    passage_id: int
    document_id: int
    document: str
    external_id: str | None
    title: str
    heading: tuple[str, ...]
    text: str
    place: Place
    score: float
    lexical: float
    cosine: float

    @property
    def where(self) -> str:
        return place_label(self.place, self.heading)


def find_passages(
    room: Workspace,
    library_id: int,
    question: str,
    limit: int = 10,
    vector: NDArray[np.float32] | None = None,
) -> list[Hit]:
    """The best passages, best first; `vector` is the question's embedding where it is already known."""
    vectors = None if vector is None else vector[np.newaxis]
    return find_passages_for_many(room, library_id, [question], limit, vectors)[0]


def find_passages_for_many(
    room: Workspace,
    library_id: int,
    questions: Sequence[str],
    limit: int = 10,
    vectors: NDArray[np.float32] | None = None,
) -> list[list[Hit]]:
    """The same for many questions, embedded together."""
    for question in questions:
        if not question.strip() or len(question) > _LONGEST_QUESTION:
            raise BadInput(f"A question has 1 to {_LONGEST_QUESTION:,} characters.")
    library = _library(room, library_id)
    if vectors is None:
        vectors = embedder_for(room, library).embed_questions(questions)
    with room.session() as session:
        session.execute(sa.text("SET LOCAL plan_cache_mode = force_custom_plan"))
        return [
            _search(session, library, question, vector, limit)
            for question, vector in zip(questions, vectors, strict=True)
        ]


def best_per_document(hits: Sequence[Hit], limit: int) -> list[Hit]:
    """Only the best passage of each document, best first."""
    best: dict[int, Hit] = {}
    for hit in hits:
        best.setdefault(hit.document_id, hit)
    return list(best.values())[:limit]


def _library(room: Workspace, library_id: int) -> Library:
    chosen = sa.select(Library).where(Library.workspace_id == room.id, Library.id == library_id)
    with room.session() as session:
        library = session.scalar(chosen)
    if library is None:
        raise NotFound("There is no such library in this workspace.")
    return library


def _search(
    session: Session, library: Library, question: str, vector: NDArray[np.float32], limit: int
) -> list[Hit]:
    rows = session.execute(
        _SEARCH,
        {
            "workspace": library.workspace_id,
            "library": library.id,
            "configuration": text_search_configuration(library.language),
            "words": indexed_words(library.language, question.replace("\0", " ")),
            "vector": HalfVector(vector),
            "dense_weight": library.dense_weight,
            "limit": limit,
        },
    )
    return [_hit(row) for row in rows.mappings()]


def _hit(row: sa.RowMapping) -> Hit:
    heading = tuple(row["heading"].split(HEADING_SEPARATOR)) if row["heading"] else ()
    return Hit(**{**row, "heading": heading, "place": Place.from_json(row["place"])})
