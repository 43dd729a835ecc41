"""Fusing both sides on real German text, of which the bundled embedder knows nothing."""

from pathlib import Path

import numpy as np
import pytest

from bench.retrieval import by_bm25s, fill, found
from bench.retrieval_sets import RetrievalSet, xquad
from studio.engine.client import Engine
from studio.library.embedding.embedder import embedder_for
from studio.library.libraries import library_row
from studio.library.quality.measuring import measure_library
from studio.store.database import Workspace

pytestmark = [pytest.mark.realdata, pytest.mark.postgres, pytest.mark.model]
EVERY = 5  # questions enough for a mean, and few enough to embed in a test


@pytest.fixture
def german(realdata: Path) -> RetrievalSet:
    whole = xquad(realdata, "de")
    return RetrievalSet(whole.name, whole.language, whole.documents, whole.questions[::EVERY])


def test_both_sides_together_are_never_clearly_worse_than_one(
    room: Workspace, engine: Engine, german: RetrievalSet
) -> None:
    library_id = fill(room, engine, german, "German")
    weight = measure_library(room, library_id).chosen
    questions = [question for question, _ in german.questions]
    vectors = embedder_for(room, library_row(room, library_id)).embed_questions(questions)
    words, meaning, both = (
        float(np.mean(found(room, german, library_id, vectors, each))) for each in (0.0, 1.0, weight)
    )
    assert words >= float(np.mean(by_bm25s(german))) - 0.01
    assert both >= max(words, meaning) - 0.01
