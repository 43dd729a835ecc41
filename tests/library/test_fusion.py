"""How two lists of scores become one order; in SQL and in numpy alike."""

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from studio.library.finding.fusion import CANDIDATES, FUSED, fuse
from studio.store.database import Workspace

IN_SQL = sa.text(
    f"""
    WITH scored AS (
        SELECT *, false AS sheet
        FROM unnest(CAST(:ids AS int[]), CAST(:lexical AS float8[]), CAST(:cosine AS float8[]))
            AS given (id, lexical, cosine)
    ),
    {FUSED}
    SELECT id, score FROM fused
    """
)


def order(lexical: list[float], cosine: list[float], weight: float) -> list[int]:
    scores = fuse(np.array(lexical), np.array(cosine), weight)
    return [int(i) for i in np.argsort(-scores, kind="stable")]


def test_weight_0_is_the_order_of_words_and_weight_1_that_of_meaning() -> None:
    lexical, cosine = [1.0, 3.0, 2.0], [0.3, 0.1, 0.2]
    assert order(lexical, cosine, 0) == [1, 2, 0]
    assert order(lexical, cosine, 1) == [0, 2, 1]


def test_a_word_that_stands_in_one_passage_only_counts() -> None:
    assert order([0.0, 9.0, 0.0], [0.5, 0.49, 0.2], 0.4)[0] == 1


def test_words_that_are_nowhere_leave_the_order_to_meaning() -> None:
    assert order([0.0, 0.0, 0.0], [0.1, 0.3, 0.2], 0.1) == [1, 2, 0]


@given(st.lists(st.tuples(st.floats(0.1, 30), st.floats(-1, 1)), min_size=CANDIDATES + 1, max_size=150))
def test_only_candidates_of_a_side_are_ranked(scores: list[tuple[float, float]]) -> None:
    fused = fuse(*np.array(scores).T, 0.4)
    assert CANDIDATES <= np.isfinite(fused).sum() <= len(scores)


@pytest.mark.postgres
@pytest.mark.parametrize("count", [0, 1, 2, 60, 250])
def test_postgres_fuses_as_numpy_does(room: Workspace, count: int) -> None:
    generator = np.random.default_rng(count)
    lexical = np.maximum(generator.normal(size=count), 0)  # half of them without any of the words
    cosine = generator.normal(size=count)
    values = {"ids": list(range(count)), "lexical": lexical.tolist(), "cosine": cosine.tolist()}
    with room.session() as session:
        rows = session.execute(IN_SQL, values | {"dense_weight": 0.3}).all()
    expected = fuse(lexical, cosine, 0.3)
    assert {id_: pytest.approx(score) for id_, score in rows} == {
        i: score for i, score in enumerate(expected) if np.isfinite(score)
    }
