"""Finds passages: both sides of search in one SQL statement. Called by answers, comparisons and commands.

`scoring` says which passages get a score by words (BM25, see `terms`) and by meaning (the inner product of
vectors of length 1, so the cosine), `fusion` how both become one order.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pgvector import HalfVector

from studio.errors import BadInput
from studio.library.embedding.embedder import embedder_for
from studio.library.finding.filters import EVERYTHING, Filter
from studio.library.finding.fusion import FUSED
from studio.library.finding.languages import indexed_words, text_search_configuration
from studio.library.finding.scoring import (
    BOTH,
    COSINE,
    LEXICAL,
    Sides,
    scored_by_index,
    scored_whole,
    word_reach,
)
from studio.library.finding.searched import (
    Asking,
    SearchedLibrary,
    as_driver_takes,
    look_as_far_as,
    read_library,
)
from studio.library.finding.sheets import SHEETS_LOOKED_AT, make_room
from studio.library.intake.storing import HEADING_SEPARATOR
from studio.library.places import Place, place_label
from studio.store.database import Workspace

_LONGEST_QUESTION = 10_000

# Below so many passages an exact scan is fast enough, also of what a filter leaves of a large library.
SCANNED_WHOLE = 5000

# Passages are named by an array, so that no plan joins more than the best. Of those looked at beside the
# wanted ones only sheet passages matter. The columns are the fields of a Hit in their order.
_FOUND = f"""{FUSED},
    best AS MATERIALIZED (
        SELECT * FROM (
            SELECT *,
                row_number() OVER (ORDER BY score DESC, id) AS place,
                row_number() OVER (PARTITION BY sheet ORDER BY score DESC, id) AS among_alike
            FROM fused
        ) AS ordered
        WHERE place <= :wanted OR (sheet AND among_alike <= {SHEETS_LOOKED_AT})
    )
    SELECT
        passages.id AS passage_id, passages.document_id, documents.name AS document, documents.external_id,
        documents.title, passages.heading, passages.text, passages.place, passages.kind, best.score,
        {LEXICAL} AS lexical, {COSINE} AS cosine, best.lexical_rank, best.dense_rank
    FROM passages
    JOIN best USING (id)
    JOIN documents ON documents.id = passages.document_id AND documents.workspace_id = :workspace
    CROSS JOIN asked
    WHERE passages.workspace_id = :workspace AND passages.id = ANY(ARRAY(SELECT id FROM best))
    ORDER BY best.place
"""
_FEW = Sides(words=False, near=40)  # enough for the usual page of results where meaning alone counts


@dataclass(frozen=True)
class SearchOptions:
    """`dense_weight` from 0, words alone, to 1, meaning alone; None takes the library's.

    A side without weight is not searched, and has no ranks, unless `both_sides` are wanted.
    """

    filter: Filter = EVERYTHING
    dense_weight: float | None = None
    both_sides: bool = False

    def sides(self, usual: float, limit: int) -> Sides:
        """The sides that count where the library's own weight is `usual`."""
        weight = usual if self.dense_weight is None else self.dense_weight
        if self.both_sides or 0 < weight < 1:
            return BOTH
        if weight <= 0:
            return Sides(meaning=False)
        return _FEW if 2 * limit <= _FEW.near else Sides(words=False)


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


_FIELDS = [field.name for field in fields(Hit)]


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
    asked_as: SearchedLibrary | None = None
    if vectors is None:
        with room.plain() as connection:
            asked_as = read_library(connection, room, library_id)
        vectors = embedder_for(room, asked_as).embed_questions(questions)
    with room.plain() as connection:
        library = read_library(connection, room, library_id)
        if asked_as and asked_as.model != library.model:  # switched to another one in between
            return find_passages_for_many(room, library_id, questions, limit, options=options)
        sides = options.sides(library.dense_weight, limit)
        look_as_far_as(connection, library, sides.near)
        statement = _statement(connection, library, options.filter, sides)
        asked = [
            _values(library, question, vector, limit, options)
            for question, vector in zip(questions, vectors, strict=True)
        ]
        found = [connection.execute(statement, values, prepare=True).fetchall() for values in asked]
    return [make_room([_hit(row) for row in rows], limit) for rows in found]


def best_per_document(hits: Sequence[Hit], limit: int) -> list[Hit]:
    """Only the best passage of each document, best first."""
    best: dict[int, Hit] = {}
    for hit in hits:
        best.setdefault(hit.document_id, hit)
    return list(best.values())[:limit]


def _statement(connection: Asking, library: SearchedLibrary, wanted: Filter, sides: Sides) -> str:
    if library.vector_index is None or (wanted and _leaves_few(connection, library, wanted)):
        return _written(None, wanted, sides)
    return _written((library.workspace_id, library.id, library.dimension), wanted, sides)


@lru_cache(maxsize=1000)
def _written(indexed: tuple[int, int, int] | None, wanted: Filter, sides: Sides) -> str:
    """The statement for a scan, or for a library with indexes: its workspace, its id and its dimension."""
    scored = scored_whole(wanted, sides) if indexed is None else scored_by_index(*indexed, wanted, sides)
    return as_driver_takes(f"WITH {scored}, {_FOUND}")


def _leaves_few(connection: Asking, library: SearchedLibrary, wanted: Filter) -> bool:
    """Whether the passages that pass are so few that all of them can be scored."""
    counted = as_driver_takes(
        f"""
        SELECT count(*) FROM (
            SELECT FROM passages
            WHERE workspace_id = :workspace AND document_id = ANY(ARRAY({wanted.allowed()}))
            LIMIT {SCANNED_WHOLE + 1}
        ) AS enough
        """
    )
    values = {"workspace": library.workspace_id, "library": library.id} | wanted.values()
    return bool(connection.execute(counted, values).fetchall()[0][0] <= SCANNED_WHOLE)


def _values(
    library: SearchedLibrary,
    question: str,
    vector: NDArray[np.float32],
    limit: int,
    options: SearchOptions,
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
        "wanted": limit,
    }


def _hit(row: tuple[Any, ...]) -> Hit:
    found = dict(zip(_FIELDS, row, strict=True))
    heading = found["heading"]
    found["heading"] = tuple(heading.split(HEADING_SEPARATOR)) if heading else ()
    found["place"] = Place.from_json(found["place"])
    return Hit(**found)
