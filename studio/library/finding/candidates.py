"""The candidates of both sides of search with their scores, so that many weights can be tried on one search.

Called by trials and measuring; search itself fuses inside its statement.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from pgvector import HalfVector
from sqlalchemy.orm import Session

from studio.library.finding.filters import EVERYTHING
from studio.library.finding.fusion import SIDES
from studio.library.finding.languages import indexed_words, text_search_configuration
from studio.library.finding.scoring import BOTH, Sides, scored_by_index, scored_whole, word_reach
from studio.library.finding.searched import as_driver_takes, read_library
from studio.library.finding.terms import ASKED_TERMS
from studio.store.database import Workspace
from studio.store.tables import Library

_CANDIDATES = f"""{SIDES}
    SELECT passages.id, passages.document_id, scored.lexical, scored.cosine
    FROM scored
    JOIN passages ON passages.id = scored.id AND passages.workspace_id = :workspace
    WHERE scored.id IN (SELECT id FROM lexical WHERE id IS NOT NULL UNION SELECT id FROM dense)
    ORDER BY passages.id
"""
_RARITIES = sa.text(f"WITH {ASKED_TERMS} SELECT term, rarity FROM rare")


@dataclass(frozen=True)
class Candidates:
    """The best passages of either side for one question, each array in the order of their ids."""

    passages: NDArray[np.int64]
    documents: NDArray[np.int64]
    lexical: NDArray[np.float64]
    cosine: NDArray[np.float64]


def find_candidates(
    room: Workspace,
    library: Library,
    questions: Sequence[str],
    vectors: NDArray[np.float32],
    sides: Sides = BOTH,
) -> Iterator[Candidates]:
    """For each question with its vector, which is of the model whose vectors the sides compare."""
    if library.vector_index is None or sides != BOTH:
        scored = scored_whole(EVERYTHING, sides)
    else:
        scored = scored_by_index(library.workspace_id, library.id, library.dimension, EVERYTHING)
    statement = as_driver_takes(f"WITH {scored}, {_CANDIDATES}")
    for question, vector in zip(questions, vectors, strict=True):
        values = _asked(library, question) | {
            "vector": HalfVector(vector),
            "terms_through": library.terms_through or 0,
            "reach": word_reach(library.passage_count),
        }
        with room.plain() as connection:
            read_library(connection, room, library.id)  # for its settings
            rows = connection.execute(statement, values, prepare=True).fetchall()
        found = np.array(rows, np.float64).reshape(-1, 4)
        ids = found[:, :2].astype(np.int64)
        yield Candidates(ids[:, 0], ids[:, 1], found[:, 2], found[:, 3])


def rarities(session: Session, library: Library, question: str) -> dict[int, float]:
    """How rare each term of the question is in the library: what BM25 multiplies its weights with."""
    rows = session.execute(_RARITIES, _asked(library, question)).all()
    return {term: rarity for term, rarity in rows}


def _asked(library: Library, question: str) -> dict[str, object]:
    return {
        "workspace": library.workspace_id,
        "library": library.id,
        "configuration": text_search_configuration(library.language),
        "words": indexed_words(library.language, question.replace("\0", " ")),
    }
