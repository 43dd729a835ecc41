"""The nearest-neighbour baseline on stored examples: how well copied answers score. Used by job and pilot."""

import random
from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np

from studio.advice.measuring.asked import askable
from studio.advice.measuring.measurements import Data
from studio.advice.measuring.nearest import Vectors, looked_up
from studio.answer_scores import normalise
from studio.comparison.question_sets import Question
from studio.comparison.report import primary_metric
from studio.comparison.scoring import References, score_words
from studio.engine.client import Engine, open_engine
from studio.library.embedding.embedder import embedder_for
from studio.library.libraries import get_library
from studio.statistics import bootstrap_interval
from studio.store.database import Workspace
from studio.training_sets.versions import examples

MOST_KNOWN, MOST_ASKED = 1500, 150
SHOWN = 400  # characters of an answer that are kept to be shown
SEED = 17

Item = TypeVar("Item")


def lookup_on(room: Workspace, data: Data, asked: Sequence[Question], metric: str) -> dict[str, Any] | None:
    """What copying scores on exactly these questions by this score; None where there is nothing to copy."""
    trained = _trained(room, data)
    if len(trained) < 2 or not asked:
        return None
    engine = open_engine(room.settings)
    known, wanted = _vectors(room, data, trained, engine), _vectors(room, data, asked, engine)
    scores = [float(row["copied_score"]) for row in _rows(asked, trained, wanted, known, metric)]
    return {"metric": metric, **bootstrap_interval(scores).as_dict()}


def look_up(room: Workspace, data: Data, engine: Engine) -> list[dict[str, Any]]:
    """A row for each question that was looked up; nothing without a training set.

    Where neither questions nor held-out rows are there, every example is asked with itself left out.
    """
    trained = _trained(room, data)
    if len(trained) < 2:
        return []
    learned = {normalise(one.question) for one in trained}
    fresh = [one for one in askable(room, data) if normalise(one.question) not in learned]
    known = _vectors(room, data, trained, engine)
    asked = _sample(fresh, MOST_ASKED)
    if asked:
        vectors = _vectors(room, data, asked, engine)
        return _rows(asked, trained, vectors, known, primary_metric(asked, ["content_f1"]))
    return _rows(trained, trained, known, known, primary_metric(trained, ["content_f1"]))[:MOST_ASKED]


def _trained(room: Workspace, data: Data) -> list[Question]:
    """What can be copied from; nothing without a training set."""
    if data.version_id is None:
        return []
    rows = examples(room, data.version_id, "train")
    alone = [Question(one.prompt, one.completion) for one in rows if not one.history]
    return _sample([one for one in alone if one.question.strip() and one.reference], MOST_KNOWN)


def _rows(
    asked: Sequence[Question], trained: Sequence[Question], vectors: Vectors, known: Vectors, metric: str
) -> list[dict[str, Any]]:
    references = References.of(asked)
    answers = [one.reference for one in trained]
    copied = looked_up(vectors, known, answers, labels=bool(references.labels))
    return [
        {
            "question": question.question,
            "reference": question.reference[:SHOWN],
            "copied": found.answer[:SHOWN],
            "copied_from": trained[found.example].question,
            "copied_score": score_words(question, found.answer, references)[metric],
        }
        for question, found in zip(asked, copied, strict=True)
    ]


def _sample(rows: list[Item], size: int) -> list[Item]:
    return rows if len(rows) <= size else random.Random(SEED).sample(rows, size)


def _vectors(room: Workspace, data: Data, asked: Sequence[Question], engine: Engine) -> Vectors:
    """By the library's embedding model, or the usual one where no library is chosen."""
    texts = [one.question for one in asked]
    if data.library_id is None:
        return np.asarray(engine.embed(texts), np.float32)
    return embedder_for(room, get_library(room, data.library_id)).embed_questions(texts)
