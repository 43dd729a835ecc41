"""Embeddings through the real client against the real server, and what the client refuses."""

import numpy as np
import pytest

from studio.engine.client import Engine
from studio.engine.vectors import checked_vectors
from studio.errors import StudioError


@pytest.mark.model
def test_vectors_have_unit_length_and_keep_the_order(engine: Engine) -> None:
    texts = ["a", "The brake disc is worn out. " * 20, "The brakes are worn.", "b" * 5, "Bread needs yeast."]
    together = engine.embed(texts)
    alone = np.concatenate([engine.embed([text]) for text in texts])
    assert together.shape == (5, 384) and together.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(together, alone, atol=1e-5)


@pytest.mark.model
def test_like_texts_lie_closer_than_unlike_ones(engine: Engine) -> None:
    brake, stop, bread = engine.embed(["worn brakes", "the brake pads are used up", "baking bread"])
    assert brake @ stop > brake @ bread + 0.2


@pytest.mark.model
def test_the_embedding_model_is_named_with_its_revision(engine: Engine) -> None:
    model = engine.embedding_model
    assert (model.name, model.dimension, model.languages) == ("all-minilm-l6-v2", 384, "English")
    assert model.revision
    assert engine.embed([]).shape == (0, 384)


def test_too_few_vectors_are_refused() -> None:
    with pytest.raises(StudioError, match="1 vectors for 2 texts"):
        checked_vectors([[1.0, 0.0]], 2, 2)


def test_vectors_of_another_width_are_refused() -> None:
    with pytest.raises(StudioError, match="width 2 instead of 384"):
        checked_vectors([[1.0, 0.0]], 1, 384)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_vectors_that_are_not_numbers_are_refused(bad: float) -> None:
    with pytest.raises(StudioError, match="not numbers"):
        checked_vectors([[bad, 0.0]], 1, 2)
