"""The nearest-neighbour baseline on stored examples: how well copied answers score. Used by job and pilot."""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

from studio.advice.measuring.asked import askable
from studio.advice.measuring.measurements import Data
from studio.advice.measuring.nearest import Vectors, looked_up
from studio.advice.measuring.scores import signals_of
from studio.advice.signals import Signals
from studio.answer_scores import normalise
from studio.comparison.question_sets import Question
from studio.comparison.report import primary_metric
from studio.comparison.scoring import References, score_words
from studio.engine.client import Engine, open_engine
from studio.library.embedding.embedder import embedder_for
from studio.library.libraries import get_library
from studio.store.database import Workspace
from studio.training_sets.versions import examples

MOST_KNOWN, MOST_ASKED = 1500, 150
SHOWN = 400  # characters of an answer that are kept to be shown
SEED = 17

Item = TypeVar("Item")


def with_lookup(room: Workspace, data: Data, signals: Signals) -> Signals:
    """The signals with the score of a lookup, which is measured now where it was not before."""
    if signals.nearest_neighbour is not None or data.version_id is None:
        return signals
    values, sizes = signals_of([], look_up(room, data, open_engine(room.settings)))
    return replace(signals, **values, sample_sizes={**signals.sample_sizes, **sizes})


def look_up(room: Workspace, data: Data, engine: Engine) -> list[dict[str, Any]]:
    """A row for each question that was looked up; nothing without a training set.

    Where neither questions nor held-out rows are there, every example is asked with itself left out.
    """
    if data.version_id is None:
        return []
    rows = examples(room, data.version_id, "train")
    alone = [Question(one.prompt, one.completion) for one in rows if not one.history]
    trained = _sample([one for one in alone if one.question.strip() and one.reference], MOST_KNOWN)
    if len(trained) < 2:
        return []
    learned = {normalise(one.question) for one in trained}
    fresh = [one for one in askable(room, data) if normalise(one.question) not in learned]
    known = _vectors(room, data, trained, engine)
    asked = _sample(fresh, MOST_ASKED)
    if asked:
        return _rows(asked, trained, _vectors(room, data, asked, engine), known)
    return _rows(trained, trained, known, known)[:MOST_ASKED]


def _rows(
    asked: Sequence[Question], trained: Sequence[Question], vectors: Vectors, known: Vectors
) -> list[dict[str, Any]]:
    metric, references = primary_metric(asked, ["content_f1"]), References.of(asked)
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
