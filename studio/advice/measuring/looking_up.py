"""The nearest-neighbour baseline on stored examples: how well copied answers score. Called by the job.

It is asked the held-out rows; where nothing is held out, every row with itself left out.
"""

import random
from collections.abc import Sequence
from typing import Any

import numpy as np

from studio.advice.measuring.measurements import Data
from studio.advice.measuring.nearest import Vectors, looked_up
from studio.comparison.question_sets import Question
from studio.comparison.report import primary_metric
from studio.comparison.scoring import References, score_words
from studio.engine.client import Engine
from studio.library.embedding.embedder import embedder_for
from studio.library.libraries import get_library
from studio.store.database import Workspace
from studio.training_sets.versions import ExampleView, examples

MOST_KNOWN, MOST_ASKED = 1500, 150
SHOWN = 400  # characters of an answer that are kept to be shown
SEED = 17


def look_up(room: Workspace, data: Data, held: Sequence[ExampleView], engine: Engine) -> list[dict[str, Any]]:
    """A row for each question that was looked up; nothing without a training set."""
    if data.version_id is None:
        return []
    trained = _sample(_alone(examples(room, data.version_id, "train")), MOST_KNOWN)
    asked = _sample(_alone(held), MOST_ASKED) or trained
    if len(trained) < 2:
        return []
    known = _vectors(room, data, trained, engine)
    vectors = known if asked is trained else _vectors(room, data, asked, engine)
    questions = [Question(one.prompt, one.completion) for one in asked]
    metric = primary_metric(questions, ["content_f1"])
    answers = [one.completion for one in trained]
    references = References.of(questions)
    copied = looked_up(vectors, known, answers, labels=bool(references.labels))
    return [
        {
            "question": question.question,
            "reference": question.reference[:SHOWN],
            "copied": found.answer[:SHOWN],
            "copied_from": trained[found.example].prompt,
            "copied_score": score_words(question, found.answer, references)[metric],
        }
        for question, found in zip(questions, copied, strict=True)
    ]


def _alone(rows: Sequence[ExampleView]) -> list[ExampleView]:
    """Those that can be asked by themselves."""
    return [one for one in rows if one.prompt.strip() and one.completion.strip() and not one.history]


def _sample(rows: list[ExampleView], size: int) -> list[ExampleView]:
    return rows if len(rows) <= size else random.Random(SEED).sample(rows, size)


def _vectors(room: Workspace, data: Data, rows: Sequence[ExampleView], engine: Engine) -> Vectors:
    """By the library's embedding model, or the usual one where no library is chosen."""
    texts = [one.prompt for one in rows]
    if data.library_id is None:
        return np.asarray(engine.embed(texts), np.float32)
    return embedder_for(room, get_library(room, data.library_id)).embed_questions(texts)
