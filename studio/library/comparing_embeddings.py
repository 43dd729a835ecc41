"""Does the new embedding model find more than the one in use? Asked of the library's own questions.

Called by reembedding before a person decides on the switch. Meaning alone is compared, since the words count
the same on both sides. The team's questions are taken where there are enough; otherwise a sentence is cut
out of a passage and must find what is left of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from pgvector import HalfVector

from studio.library.embedder import Pinned, embedder_for
from studio.library.passages import searchable_text, sentence_ranges
from studio.library.storing import HEADING_SEPARATOR
from studio.store.database import Workspace
from studio.store.tables import Document, Library, Passage, TestQuestion

ENOUGH_OF_THE_TEAM = 30
MADE_UP = 60
FEWEST = 10
FIRST = 10  # hits that count
RESAMPLES = 2000
LEAST_WORDS = 5

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
class Side:
    """One of the two models: what a library pins, and the column with its vectors."""

    pinned: Pinned
    column: str


def compare_embeddings(room: Workspace, library_id: int, following: Pinned) -> dict[str, Any]:
    """Both models' figures over the same questions, the difference with its 95 % interval, and a sentence."""
    with room.session() as session:
        library = session.get_one(Library, library_id)
    asked, origin = team_questions(room, library_id), "team"
    if len(asked) < ENOUGH_OF_THE_TEAM:
        asked, origin = made_up_questions(room, library_id), "synthetic"
    if len(asked) < FEWEST:
        return {
            "questions": len(asked),
            "origin": origin,
            "sentence": "Too little to compare both models on.",
        }
    now = ranks(room, library_id, Side(library, "embedding"), asked)
    then = ranks(room, library_id, Side(following, "next_embedding"), asked)
    mean, low, high = _difference(_gains(then) - _gains(now))
    report = {
        "questions": len(asked),
        "origin": origin,
        "now": _figures(library.embedding_model, now),
        "next": _figures(following.embedding_model, then),
        "difference": {"ndcg": round(mean, 4), "low": round(low, 4), "high": round(high, 4)},
    }
    return {**report, "sentence": _sentence(report)}


def team_questions(room: Workspace, library_id: int) -> list[Asked]:
    """The team's own questions whose documents are there."""
    here = sa.and_(Document.workspace_id == room.id, Document.library_id == library_id)
    own = sa.and_(TestQuestion.workspace_id == room.id, TestQuestion.library_id == library_id)
    with room.session() as session:
        found = session.execute(sa.select(Document.id, Document.name, Document.external_id).where(here))
        ids: dict[str, list[int]] = {}
        for document, name, external_id in found:
            for key in {name, external_id or name}:
                ids.setdefault(key, []).append(document)
        rows = session.scalars(sa.select(TestQuestion).where(own).order_by(TestQuestion.id)).all()
    asked = [Asked(r.question, tuple(d for name in r.documents for d in ids.get(name, ()))) for r in rows]
    return [one for one in asked if one.documents]


def made_up_questions(room: Workspace, library_id: int) -> list[Asked]:
    """A sentence of each of some passages, and the passage without it; always the same for a library."""
    same = sa.and_(Document.id == Passage.document_id, Document.workspace_id == Passage.workspace_id)
    passages = (
        sa.select(Passage.id, Document.title, Passage.heading, Passage.text)
        .join(Document, same)
        .where(Passage.workspace_id == room.id, Passage.library_id == library_id, Passage.kind == "text")
        .order_by(sa.func.md5(Passage.text), Passage.id)
        .limit(10 * MADE_UP)
    )
    with room.session() as session:
        rows = session.execute(passages).all()
    made = (_cloze(row) for row in rows)
    return [one for one in made if one is not None][:MADE_UP]


def ranks(room: Workspace, library_id: int, side: Side, asked: Sequence[Asked]) -> NDArray[np.float64]:
    """Where what should be found stands, from 1; of several documents the best."""
    embedder = embedder_for(room, side.pinned)
    questions = embedder.embed_questions([one.question for one in asked])
    rests = embedder.embed_passages([one.rest or one.question for one in asked])
    found = []
    with room.session() as session:
        for one, vector, rest in zip(asked, questions, rests, strict=True):
            counted = "*" if one.passage else "DISTINCT document_id"
            better = session.scalar(
                sa.text(_BETTER.format(column=side.column, counted=counted)),
                {
                    "workspace": room.id,
                    "library": library_id,
                    "vector": HalfVector(vector).to_text(),
                    "score": float(vector @ rest) if one.passage else None,
                    "passage": one.passage,
                    "documents": list(one.documents),
                },
            )
            found.append(1 + int(better or 0))
    return np.array(found, np.float64)


def _cloze(row: Any) -> Asked | None:
    asked = max((row.text[start:end] for start, end in sentence_ranges(row.text)), key=len, default="")
    left = row.text.replace(asked, " ", 1)
    if min(len(asked.split()), len(left.split())) < LEAST_WORDS:
        return None
    heading = row.heading.split(HEADING_SEPARATOR) if row.heading else []
    return Asked(asked, passage=row.id, rest=searchable_text(row.title, heading, left))


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
