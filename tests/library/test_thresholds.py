"""From which nearness on a library answers, chosen by questions with and without an answer."""

from pathlib import Path

import numpy as np
import pytest

from studio.engine.embedding_service import read_service
from studio.errors import BadInput
from studio.library.libraries import LibraryView, create_library, get_library
from studio.library.quality.measuring import measure_library
from studio.library.quality.thresholds import calibrate_threshold, judged, measure_threshold
from studio.store.database import Workspace
from tests import fakes
from tests.fakes import vector_of
from tests.library.samples import add, write_text
from tests.library.test_switching import SENTENCES

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


@pytest.mark.postgres
def test_a_model_that_finds_everything_near_gets_a_threshold_of_its_own(
    room: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fakes, "vector_of", lambda text, size: [x + 200 for x in vector_of(text, size)])
    with fakes.embedding_server(dimension=24) as server:
        service = read_service({"provider": "compatible", "url": server.url, "model": server.model})
        library = create_library(room, "Valves", service=service)
        add(room, library, *(write_text(tmp_path / f"{n}.txt", text) for n, text in enumerate(SENTENCES)))
        measure_library(room, library.id)
    assert get_library(room, library.id).answer_threshold > 0.75
    assert not calibrate_threshold(room, library.id)


@pytest.mark.postgres
@pytest.mark.model
def test_the_bundled_model_keeps_the_usual_threshold(room: Workspace, library: LibraryView) -> None:
    assert not calibrate_threshold(room, library.id)
    assert get_library(room, library.id).answer_threshold == 0.25
