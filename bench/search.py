"""Hybrid search in one statement, against two statements fused in Python, and against ts_rank_cd alone."""

from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import mean, median, pstdev

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from pgvector import HalfVector

from bench import passages
from bench.rooms import as_owner, opened_room
from bench.rows import Row, interleaved, less_is_better, spread
from studio.library.finding.fusion import CANDIDATES
from studio.library.finding.search import find_passages
from studio.library.finding.terms import ASKED_TERMS
from studio.store.database import Workspace
from studio.store.tables import Library

READ = (
    "Milliseconds from a question and its vector to the ten best passages with text and place. The two "
    "statements compute the same scores and are fused the same way in Python, so the ratio is the price of "
    "more round trips and of Python. ts_rank_cd is what PostgreSQL ranks words with by itself, with an index "
    "of its own and without the side of meaning."
)
PASSAGES = 3000
QUESTIONS = 20
WORDS_PER_QUESTION = 9
REPETITIONS = 5
LIMIT = 10
NO_PASSAGE = 0  # counts among the scores where words found fewer than a hundred, as in the studio's fusion

DENSE = sa.text(
    f"""
    SELECT id, 1 - (embedding <=> CAST(:vector AS halfvec)) AS score
    FROM passages
    WHERE workspace_id = :workspace AND library_id = :library
    ORDER BY embedding <=> CAST(:vector AS halfvec)
    LIMIT {CANDIDATES}
    """
)
LEXICAL = sa.text(
    f"""
    WITH {ASKED_TERMS}
    SELECT id, -(passages.terms <#> asked_terms.terms) AS score
    FROM passages, asked_terms
    WHERE passages.workspace_id = :workspace AND passages.library_id = :library
    ORDER BY passages.terms <#> asked_terms.terms
    LIMIT {CANDIDATES}
    """
)
CHOSEN = sa.text(
    """
    SELECT passages.id, documents.name, documents.title, passages.heading, passages.text, passages.place
    FROM passages
    JOIN documents ON documents.id = passages.document_id
    WHERE passages.workspace_id = :workspace AND passages.id = ANY(:chosen)
    """
)
# what `ts_rank_cd` needs: the library's texts once more, with an index of their words
RANKED_TABLE = """
    CREATE TABLE bench_ranked AS
        SELECT id, workspace_id, library_id, text, to_tsvector('english', text) AS words FROM passages;
    CREATE INDEX ON bench_ranked USING gin (words);
    GRANT SELECT ON bench_ranked TO studio_runtime;
    ANALYZE bench_ranked
"""
RANKED = sa.text(
    """
    SELECT id, text, ts_rank_cd(words, question) AS score
    FROM bench_ranked, to_tsquery('english', :any_word) AS question
    WHERE workspace_id = :workspace AND library_id = :library AND words @@ question
    ORDER BY score DESC
    LIMIT :limit
    """
)


def measure(folder: Path) -> list[Row]:
    """Milliseconds a question over a library of made-up passages."""
    with opened_room(folder) as room:
        library = passages.filled_library(room, "search", PASSAGES)
        as_owner(room, RANKED_TABLE, "ANALYZE passages", "ANALYZE term_counts")
        asked = list(
            zip(passages.texts(QUESTIONS, 9, WORDS_PER_QUESTION), passages.vectors(QUESTIONS, 9), strict=True)
        )
        same = [_found(room, library, *one) == fused_in_python(room, library, *one) for one in asked]
        ways: Mapping[str, Callable[[], object]] = {
            "ours": lambda: [_found(room, library, *one) for one in asked],
            "two statements, fused in Python": lambda: [
                fused_in_python(room, library, *one) for one in asked
            ],
            "ts_rank_cd alone": lambda: [_ranked(room, library, question) for question, _ in asked],
        }
        taken = interleaved(ways, REPETITIONS)
    each = {name: 1000 * median(seconds) / QUESTIONS for name, seconds in taken.items()}
    ours = spread(taken["ours"], 1000 / QUESTIONS)
    note = f"{PASSAGES:,} passages, {QUESTIONS} questions × {REPETITIONS}, ours {ours} ms"
    agree = f"; the same ten passages for {sum(same)} of {QUESTIONS} questions"
    return [
        less_is_better("Hybrid search", each["ours"], (rival, each[rival]), "ms", note + extra)
        for rival, extra in (("two statements, fused in Python", agree), ("ts_rank_cd alone", ""))
    ]


def _found(room: Workspace, library: Library, question: str, vector: NDArray[np.float32]) -> list[int]:
    return [hit.passage_id for hit in find_passages(room, library.id, question, LIMIT, vector)]


def fused_in_python(
    room: Workspace, library: Library, question: str, vector: NDArray[np.float32]
) -> list[int]:
    """What a program does that asks for words and for meaning one after the other, each by an exact scan."""
    where = {"workspace": room.id, "library": library.id}
    with room.session() as session:
        dense = session.execute(DENSE, where | {"vector": HalfVector(vector)}).all()
        words = {"configuration": library.language, "words": question}
        found = session.execute(LEXICAL, where | words).all()
        lexical = {row.id: row.score for row in found if row.score > 0}
        if len(lexical) < CANDIDATES:
            lexical[NO_PASSAGE] = 0.0
        scores = _sum_of_z(lexical, dict(map(tuple, dense)), library.dense_weight)
        best = sorted(scores, key=lambda passage: (-scores[passage], passage))[:LIMIT]
        session.execute(CHOSEN, {"workspace": room.id, "chosen": best}).all()
    return best


def _sum_of_z(lexical: dict[int, float], dense: dict[int, float], weight: float) -> dict[int, float]:
    sides = [(_standardised(lexical), 1 - weight), (_standardised(dense), weight)]
    return {
        passage: sum(share * side.get(passage, min(side.values(), default=0)) for side, share in sides)
        for passage in (lexical.keys() | dense.keys()) - {NO_PASSAGE}
    }


def _standardised(scores: dict[int, float]) -> dict[int, float]:
    middle, deviation = mean(scores.values()), pstdev(scores.values()) or 1.0
    return {passage: (score - middle) / deviation for passage, score in scores.items()}


def _ranked(room: Workspace, library: Library, question: str) -> list[int]:
    any_word = " | ".join(question.rstrip(".").split())
    asked = {"workspace": room.id, "library": library.id, "any_word": any_word, "limit": LIMIT}
    with room.session() as session:
        return [row.id for row in session.execute(RANKED, asked)]
