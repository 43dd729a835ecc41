"""Finds passages: both sides of search in one SQL statement. Called by answers, comparisons and commands.

`scoring` says which passages get a score by words (BM25, see `terms`) and by meaning (the inner product of
vectors of length 1, so the cosine), `fusion` how both become one order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from pgvector import HalfVector
from sqlalchemy.orm import Session

from studio.errors import BadInput, NotFound
from studio.library.embedding.embedder import embedder_for
from studio.library.finding.filters import EVERYTHING, Filter
from studio.library.finding.fusion import FUSED
from studio.library.finding.languages import indexed_words, text_search_configuration
from studio.library.finding.scoring import scored_by_index, scored_whole, word_reach
from studio.library.finding.sheets import LOOKED_AT_BESIDE, make_room
from studio.library.intake.storing import HEADING_SEPARATOR
from studio.library.places import Place, place_label
from studio.store.database import Workspace
from studio.store.tables import Library

_LONGEST_QUESTION = 10_000

# Below so many passages an exact scan is fast enough, also of what a filter leaves of a large library.
SCANNED_WHOLE = 5000

_FOUND = f"""{FUSED},
    best AS MATERIALIZED (  -- or all that was scored would be joined with its text before the best are chosen
        SELECT
            fused.id, fused.score, scored.lexical, scored.cosine,
            lexical.rank AS lexical_rank, dense.rank AS dense_rank
        FROM fused
        JOIN scored USING (id)
        LEFT JOIN lexical USING (id)
        LEFT JOIN dense USING (id)
    )
    SELECT
        passages.id AS passage_id, passages.document_id, documents.name AS document, documents.external_id,
        documents.title, passages.heading, passages.text, passages.place, passages.kind, best.score,
        best.lexical, best.cosine, best.lexical_rank, best.dense_rank
    FROM best
    JOIN passages ON passages.id = best.id AND passages.workspace_id = :workspace
    JOIN documents ON documents.id = passages.document_id AND documents.workspace_id = :workspace
    ORDER BY best.score DESC, passages.id
"""
# How far the HNSW index looks: 100 candidates are asked of it.
_LOOKED_AT = 160


@dataclass(frozen=True)
class SearchOptions:
    """`dense_weight` from 0, words alone, to 1, meaning alone; None takes the library's."""

    filter: Filter = EVERYTHING
    dense_weight: float | None = None


_USUAL = SearchOptions()


@dataclass(frozen=True)
class Hit:
    """A passage found. `score` is the fused score, `lexical` BM25, `cosine` the similarity of meaning.

    The ranks count from 1 among the candidates of a side; None where that side did not find it.
    """

    passage_id: int
    document_id: int
    document: str
    external_id: str | None
    title: str
    heading: tuple[str, ...]
    text: str
    place: Place
    kind: str
    score: float
    lexical: float
    cosine: float
    lexical_rank: int | None
    dense_rank: int | None

    @property
    def where(self) -> str:
        return place_label(self.place, self.heading)


def find_passages(
    room: Workspace,
    library_id: int,
    question: str,
    limit: int = 10,
    vector: NDArray[np.float32] | None = None,
    options: SearchOptions = _USUAL,
) -> list[Hit]:
    """The best passages, best first; `vector` is the question's embedding where it is already known."""
    vectors = None if vector is None else vector[np.newaxis]
    return find_passages_for_many(room, library_id, [question], limit, vectors, options)[0]


def find_passages_for_many(
    room: Workspace,
    library_id: int,
    questions: Sequence[str],
    limit: int = 10,
    vectors: NDArray[np.float32] | None = None,
    options: SearchOptions = _USUAL,
) -> list[list[Hit]]:
    """The same for many questions, embedded together."""
    for question in questions:
        if not question.strip() or len(question) > _LONGEST_QUESTION:
            raise BadInput(f"A question has 1 to {_LONGEST_QUESTION:,} characters.")
    asked_as: Library | None = None
    if vectors is None:
        with room.session() as session:
            asked_as = _library(session, room, library_id)
        vectors = embedder_for(room, asked_as).embed_questions(questions)
    with room.session() as session:
        library = _library(session, room, library_id)
        if asked_as and _model(asked_as) != _model(library):  # switched to another one in between
            return find_passages_for_many(room, library_id, questions, limit, options=options)
        statement = _statement(session, library, options.filter)
        looked_at = limit + LOOKED_AT_BESIDE
        found = [
            session.execute(statement, _values(library, question, vector, looked_at, options))
            .mappings()
            .all()
            for question, vector in zip(questions, vectors, strict=True)
        ]
    return [make_room([_hit(row) for row in rows], limit) for rows in found]


def best_per_document(hits: Sequence[Hit], limit: int) -> list[Hit]:
    """Only the best passage of each document, best first."""
    best: dict[int, Hit] = {}
    for hit in hits:
        best.setdefault(hit.document_id, hit)
    return list(best.values())[:limit]


def _library(session: Session, room: Workspace, library_id: int) -> Library:
    """The library, and in the same breath how its search statement is to be planned and run."""
    # one plan fits all questions to a library's own indexes; a scan is planned for the library's size
    plan = sa.case((Library.vector_index.is_(None), "force_custom_plan"), else_="force_generic_plan")
    settings = {
        "plan_cache_mode": plan,
        "hnsw.ef_search": str(_LOOKED_AT),
        "hnsw.iterative_scan": "relaxed_order",  # goes on until enough pass a filter
    }
    chosen = sa.select(Library, *(sa.func.set_config(name, value, True) for name, value in settings.items()))
    row = session.execute(chosen.where(Library.workspace_id == room.id, Library.id == library_id)).first()
    if row is None:
        raise NotFound("There is no such library in this workspace.")
    library: Library = row[0]
    return library


def _model(library: Library) -> tuple[str, str, int]:
    return library.embedding_model, library.embedding_revision, library.dimension


def _statement(session: Session, library: Library, wanted: Filter) -> sa.TextClause:
    if library.vector_index is None or (wanted and _leaves_few(session, library, wanted)):
        return _written(None, wanted)
    return _written((library.workspace_id, library.id, library.dimension), wanted)


@lru_cache(maxsize=1000)
def _written(indexed: tuple[int, int, int] | None, wanted: Filter) -> sa.TextClause:
    """The statement for a scan, or for a library with indexes: its workspace, its id and its dimension."""
    scored = scored_whole(wanted) if indexed is None else scored_by_index(*indexed, wanted)
    return sa.text(f"WITH {scored}, {_FOUND}")


def _leaves_few(session: Session, library: Library, wanted: Filter) -> bool:
    """Whether the passages that pass are so few that all of them can be scored."""
    counted = sa.text(
        f"""
        SELECT count(*) FROM (
            SELECT FROM passages
            WHERE workspace_id = :workspace AND document_id = ANY(ARRAY({wanted.allowed()}))
            LIMIT {SCANNED_WHOLE + 1}
        ) AS enough
        """
    )
    values = {"workspace": library.workspace_id, "library": library.id} | wanted.values()
    return int(session.scalar(counted, values)) <= SCANNED_WHOLE


def _values(
    library: Library, question: str, vector: NDArray[np.float32], limit: int, options: SearchOptions
) -> dict[str, object]:
    weight = options.dense_weight
    return options.filter.values() | {
        "workspace": library.workspace_id,
        "library": library.id,
        "terms_through": library.terms_through or 0,
        "reach": word_reach(library.passage_count),
        "configuration": text_search_configuration(library.language),
        "words": indexed_words(library.language, question.replace("\0", " ")),
        "vector": HalfVector(vector),
        "dense_weight": library.dense_weight if weight is None else weight,
        "limit": limit,
    }


def _hit(row: sa.RowMapping) -> Hit:
    heading = tuple(row["heading"].split(HEADING_SEPARATOR)) if row["heading"] else ()
    return Hit(**{**row, "heading": heading, "place": Place.from_json(row["place"])})
