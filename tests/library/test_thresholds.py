"""From which nearness on a library answers, chosen by questions with and without an answer."""

import numpy as np
import pytest

from studio.errors import BadInput
from studio.library.libraries import LibraryView
from studio.library.quality.thresholds import judged, measure_threshold
from studio.store.database import Workspace

NEAR = np.linspace(0.5, 0.9, 40)


def test_where_the_kinds_lie_apart_all_unanswerable_questions_are_refused() -> None:
    result = judged(0.25, NEAR, np.linspace(0.1, 0.4, 20))
    assert (result.refused_rightly, result.refused_wrongly, result.separation) == (20, 0, 1.0)


def test_where_nothing_is_gained_the_threshold_stays() -> None:
    assert judged(0.25, NEAR, NEAR).threshold == 0.25


def test_a_threshold_that_refuses_too_much_is_lowered() -> None:
    result = judged(0.7, NEAR, np.linspace(0.1, 0.9, 20))
    assert result.threshold < 0.51 and result.refused_wrongly == 0


def test_chance_is_inside_the_interval_where_nothing_separates() -> None:
    result = judged(0.25, NEAR, NEAR)
    assert result.low < 0.5 < result.high


@pytest.mark.postgres
@pytest.mark.model
def test_too_few_questions_choose_nothing(room: Workspace, library: LibraryView) -> None:
    with pytest.raises(BadInput, match="3 questions with an answer and 0 without"):
        measure_threshold(room, library.id, ["a", "b", "c"], [])
