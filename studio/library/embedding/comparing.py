"""Does the new embedding model find more than the one in use? Asked of the library's own questions.

Called by reembedding before a person decides on the switch. Meaning alone is compared, since the words count
the same on both sides. The team's questions are taken where there are enough; otherwise what was cut out of
a passage must find what is left of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from pgvector import HalfVector

from studio.library.embedding.embedder import Pinned, embedder_for
from studio.library.libraries import library_row
from studio.library.quality.questions import ENOUGH, documents_called, list_questions
from studio.library.quality.self_test import sources_of
from studio.library.quality.synthetic import make_questions
from studio.store.database import Workspace
from studio.store.tables import Library, Passage

FEWEST = 10
FIRST = 10  # hits that count
RESAMPLES = 2000
SAMPLE = 300  # passages that tell how near unrelated texts are

_BETTER = """
    WITH own AS (
        SELECT coalesce(CAST(:score AS float8), max(-({column} <#> CAST(:vector AS halfvec)))) AS score
        FROM passages
        WHERE workspace_id = :workspace AND library_id = :library AND kind <> 'summary'
            AND document_id = ANY(:documents)
    )
    SELECT count({counted})
    FROM passages, own
    WHERE workspace_id = :workspace AND library_id = :library AND kind <> 'summary'
        AND document_id <> ALL(:documents) AND id IS DISTINCT FROM :passage
        AND -({column} <#> CAST(:vector AS halfvec)) > own.score
"""


@dataclass(frozen=True)
class Asked:
    """A question and what should be found: documents, or one passage without the sentence asked for."""

    question: str
    documents: tuple[int, ...] = ()
    passage: int | None = None
    rest: str = ""


@dataclass(frozen=True)
class Seen:
    """`ranks` of what should be found, from 1; mean and spread of the cosines of unrelated texts."""

    ranks: NDArray[np.float64]
    mean: float
    spread: float


@dataclass(frozen=True)
class Side:
    """One of the two models: what a library pins, and the column with its vectors."""

    pinned: Pinned
    column: str


def compare_embeddings(room: Workspace, library_id: int, following: Pinned) -> dict[str, Any]:
    """Both models' figures over the same questions, the difference with its 95 % interval, and a sentence."""
    library = library_row(room, library_id)
    asked, origin = team_questions(room, library_id), "team"
    if len(asked) < ENOUGH:
        asked, origin = made_up_questions(room, library), "synthetic"
    if len(asked) < FEWEST:
        return {
            "questions": len(asked),
            "origin": origin,
            "sentence": "Too little to compare both models on.",
        }
    now = look(room, library_id, Side(library, "embedding"), asked)
    then = look(room, library_id, Side(following, "next_embedding"), asked)
    mean, low, high = _difference(_gains(then.ranks) - _gains(now.ranks))
    report = {
        "questions": len(asked),
        "origin": origin,
        "now": _figures(library.embedding_model, now.ranks),
        "next": _figures(following.embedding_model, then.ranks),
        "difference": {"ndcg": round(mean, 4), "low": round(low, 4), "high": round(high, 4)},
        "answer_threshold": _like_threshold(library.answer_threshold, now, then),
    }
    return {**report, "sentence": _sentence(report)}


def team_questions(room: Workspace, library_id: int) -> list[Asked]:
    """The team's own questions whose documents are there."""
    called = documents_called(room, library_id)
    rows = [
        (row.question, {document for name in row.documents for document in called.get(name, ())})
        for row in list_questions(room, library_id)
    ]
    return [Asked(question, tuple(sorted(documents))) for question, documents in rows if documents]


def made_up_questions(room: Workspace, library: Library) -> list[Asked]:
    """First sentences and words of some passages, each with the passage without them."""
    made = make_questions(sources_of(room, library))
    return [Asked(o.question, passage=o.source.passage, rest=o.rest) for o in made if o.kind != "heading"]


def look(room: Workspace, library_id: int, side: Side, asked: Sequence[Asked]) -> Seen:
    """How one model sees the questions; of several documents the best counts."""
    embedder = embedder_for(room, side.pinned)
    questions = embedder.embed_questions([one.question for one in asked])
    made_up = asked[0].passage is not None
    rests = embedder.embed_passages([one.rest for one in asked]) if made_up else questions
    counted = "*" if made_up else "DISTINCT document_id"
    better = sa.text(_BETTER.format(column=side.column, counted=counted))
    found = []
    with room.session() as session:
        for one, vector, rest in zip(asked, questions, rests, strict=True):
            values = {
                "vector": HalfVector(vector).to_text(),
                "score": float(vector @ rest) if made_up else None,
                "passage": one.passage,
                "documents": list(one.documents),
            }
            before = session.scalar(better, {"workspace": room.id, "library": library_id, **values})
            found.append(1 + int(before or 0))
    cosines = questions @ some_vectors(room, library_id, side.column).T
    return Seen(np.array(found, np.float64), float(cosines.mean()), float(cosines.std()))


def some_vectors(room: Workspace, library_id: int, column: str = "embedding") -> NDArray[np.float32]:
    """A sample of the passages, hardly any of which has to do with a given question."""
    some = (
        sa.select(getattr(Passage, column))
        .where(Passage.workspace_id == room.id, Passage.library_id == library_id, Passage.kind != "summary")
        .order_by(sa.func.md5(Passage.text))
        .limit(SAMPLE)
    )
    with room.session() as session:
        return np.array(session.scalars(some).all(), np.float32)


def _like_threshold(threshold: float, now: Seen, then: Seen) -> float:
    """The cosine that stands as far above unrelated texts as the present threshold does.

    Models differ much in the cosines they give: 0.25 is near for one and far for the other.
    """
    above = (threshold - now.mean) / max(now.spread, 1e-6)
    return round(min(max(then.mean + above * then.spread, 0.0), 1.0), 4)


def _gains(found: NDArray[np.float64]) -> NDArray[np.float64]:
    """nDCG@10 of each question, of which one answer is enough."""
    gains: NDArray[np.float64] = np.where(found <= FIRST, 1 / np.log2(found + 1), 0.0)
    return gains


def _figures(model: str, found: NDArray[np.float64]) -> dict[str, Any]:
    return {
        "model": model,
        "ndcg": round(float(_gains(found).mean()), 4),
        "hit_at_1": round(float((found <= 1).mean()), 4),
        "hit_at_5": round(float((found <= 5).mean()), 4),
        "mrr": round(float((1 / found).mean()), 4),
    }


def _difference(per_question: NDArray[np.float64]) -> tuple[float, float, float]:
    """Mean and 95 % interval of a paired difference, by resampling the questions."""
    random = np.random.default_rng(0)
    drawn = random.integers(0, len(per_question), (RESAMPLES, len(per_question)))
    low, high = np.percentile(per_question[drawn].mean(axis=1), [2.5, 97.5])
    return float(per_question.mean()), float(low), float(high)


def _sentence(report: dict[str, Any]) -> str:
    now, following, difference = report["now"], report["next"], report["difference"]
    kind = "the team's" if report["origin"] == "team" else "made-up"
    if difference["low"] > 0:
        verdict = f"{following['model']} finds more"
    elif difference["high"] < 0:
        verdict = f"{following['model']} finds less"
    else:
        verdict = "No difference can be told"
    return (
        f"{verdict}: over {report['questions']} {kind} questions nDCG@{FIRST} is {following['ndcg']:.2f} "
        f"against {now['ndcg']:.2f} with {now['model']} "
        f"(difference {difference['ndcg']:+.2f}, 95 % interval {difference['low']:+.2f} to "
        f"{difference['high']:+.2f})."
    )
