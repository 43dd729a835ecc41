"""How much meaning should weigh is measured on the library itself, and never silences a side."""

import random
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.jobs.queue import is_asked
from studio.library.embedding.embedder import embedder_for
from studio.library.intake.storing import arrivals_of, store_passages
from studio.library.libraries import LibraryView, get_library, library_row, locked_library
from studio.library.passages import Piece
from studio.library.places import Place
from studio.library.quality.measuring import (
    MEASURE,
    find_measurement,
    keep_setting,
    measure_if_changed,
    measure_job,
    measure_library,
    release_setting,
)
from studio.library.quality.questions import TeamQuestion, list_questions, save_questions
from studio.library.quality.trials import GRID, Found, Setting, SettingResult, side_by_side, try_questions
from studio.library.quality.weights import USUAL, best_weight, usual_weight
from studio.models.bundled import EMBEDDING_MODEL
from studio.store.database import Workspace
from studio.store.tables import Document

THINGS = ["pump", "lamp", "gate", "kettle", "ladder", "engine"]
THINGS += ["mirror", "saddle", "anchor", "violin", "basket", "helmet"]
PLACES = ["Lisbon", "Oslo", "Cairo", "Lima", "Delhi", "Quito"]
PLACES += ["Tokyo", "Accra", "Rabat", "Sofia", "Turin", "Malmo"]


def text_about(number: int) -> str:
    chance = random.Random(number)
    thing, place = THINGS[number % 12], PLACES[(number // 12 + number) % 12]
    said = [
        f"The {thing} of {place} was built in {1800 + number} by seven patient workers.",
        f"Its owner paid {number + 3} silver coins for repairs after the great storm.",
        f"Visitors from {chance.choice(PLACES)} admire the {chance.choice(THINGS)} that stands behind it.",
        f"Nobody may touch the {chance.choice(THINGS)} without gloves between {number % 9 + 1} and noon.",
    ]
    return " ".join(said)


def fill(room: Workspace, library: LibraryView, vectors: NDArray[np.float32], texts: list[str]) -> None:
    """One passage a document, with these vectors instead of those of its words."""
    with room.session() as session:
        rows = [
            Document(
                workspace_id=room.id,
                library_id=library.id,
                name=f"{number}.txt",
                sha256=f"{number:064x}",
                state="ready",
            )
            for number, _ in enumerate(texts)
        ]
        session.add_all(rows)
        session.flush()
        arrivals = [
            arrivals_of(row.id, "", [Piece(text, (), Place(0, len(text)), 0)])[0]
            for row, text in zip(rows, texts, strict=True)
        ]
        store_passages(session, locked_library(session, room, library.id), arrivals, vectors)


def noise(count: int, dimension: int) -> NDArray[np.float32]:
    drawn = np.random.default_rng(3).normal(size=(count, dimension))
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), np.float32)


@pytest.fixture
def texts() -> list[str]:
    return [text_about(number) for number in range(48)]


@pytest.fixture
def understood(room: Workspace, library: LibraryView, texts: list[str]) -> LibraryView:
    """A library whose vectors fit its texts."""
    fill(room, library, embedder_for(room, library).embed_passages(texts), texts)
    return library


def figures(*ndcg: float, apart: float = 0.0, questions: int = 60) -> list[SettingResult]:
    """Settings with these means; `apart` is how far single questions stray from them."""
    strayed = np.random.default_rng(11).normal(0, apart, (len(ndcg), questions))
    found = [[Found(mean + float(by), 1) for by in each] for mean, each in zip(ndcg, strayed, strict=True)]
    return side_by_side(GRID, found)


def test_a_weight_that_is_clearly_better_is_taken() -> None:
    assert best_weight(figures(0.1, 0.2, 0.9, 0.2, 0.2, 0.7, 0.8, 0.7, 0.2, 0.1, 0.1)) == 0.6


def test_the_usual_weight_stays_where_another_is_better_by_chance_only() -> None:
    rising = [0.83 + 0.004 * step for step in range(11)]
    assert best_weight(figures(*rising, apart=0.3)) == USUAL
    assert best_weight(figures(*rising, apart=0.001)) > USUAL


def test_the_weight_moves_no_further_than_it_must() -> None:
    assert best_weight(figures(*[0.1] * 6, *[0.9] * 5)) == 0.7


def test_a_weight_beyond_the_best_is_not_taken_for_varying_more() -> None:
    tried = [replace(one, worse=one.dense_weight <= 0.4) for one in figures(0.9, 0.8, *[0.7] * 9)]
    assert best_weight([replace(tried[0], worse=False), *tried[1:]]) == 0.1


def test_no_side_is_silenced() -> None:
    assert best_weight(figures(*(1 - 0.1 * step for step in range(11)))) == 0.1
    assert best_weight(figures(*(0.1 * step for step in range(11)))) == 0.9


def test_equal_figures_keep_the_usual_weight() -> None:
    assert best_weight(figures(*[0.5] * 11)) == USUAL


@pytest.mark.parametrize(("language", "usual"), [("slovak", 0.2), ("english", USUAL), ("automatic", USUAL)])
def test_meaning_weighs_less_where_the_model_does_not_know_the_language(language: str, usual: float) -> None:
    assert usual_weight(EMBEDDING_MODEL, language) == usual
    assert usual_weight("intfloat/multilingual-e5-small", language) == USUAL


@pytest.mark.postgres
@pytest.mark.model
def test_vectors_that_are_noise_get_the_lowest_weight(
    room: Workspace, library: LibraryView, texts: list[str]
) -> None:
    vectors = embedder_for(room, library).embed_passages(texts)
    fill(room, library, np.roll(vectors, 7, axis=0), texts)  # each passage has another one's vector
    measured = measure_library(room, library.id)
    assert measured.questions >= 48 and measured.chosen <= 0.2
    assert get_library(room, library.id).dense_weight == measured.chosen


@pytest.mark.postgres
@pytest.mark.model
def test_measuring_twice_gives_the_same(room: Workspace, understood: LibraryView) -> None:
    first, second = measure_library(room, understood.id), measure_library(room, understood.id)
    assert replace(first, measured_at="") == replace(second, measured_at="")
    assert find_measurement(room, understood.id) == second


@pytest.mark.postgres
@pytest.mark.model
def test_a_tiny_library_keeps_the_usual_weight(room: Workspace, library: LibraryView) -> None:
    texts = [text_about(number) for number in range(3)]
    fill(room, library, noise(3, library.dimension), texts)
    assert measure_library(room, library.id).settings == []
    assert get_library(room, library.id).dense_weight == USUAL


@pytest.mark.postgres
@pytest.mark.model
def test_the_teams_questions_decide_from_thirty_on(
    room: Workspace, understood: LibraryView, texts: list[str]
) -> None:
    rows = [TeamQuestion(f"What of {text[4:40]}?", (f"{n}.txt",)) for n, text in enumerate(texts[:30])]
    save_questions(room, understood.id, rows[:29])
    assert measure_library(room, understood.id).origin == "synthetic"
    save_questions(room, understood.id, rows)
    measured = measure_library(room, understood.id)
    assert (measured.origin, measured.questions) == ("team", 30)


@pytest.mark.postgres
@pytest.mark.model
def test_a_weight_kept_by_a_person_outlives_a_measurement(room: Workspace, understood: LibraryView) -> None:
    keep_setting(room, understood.id, 0.85)
    measured = measure_library(room, understood.id)
    assert get_library(room, understood.id).dense_weight == 0.85
    release_setting(room, understood.id)
    assert get_library(room, understood.id).dense_weight == measured.chosen


@pytest.mark.postgres
@pytest.mark.model
def test_a_library_is_measured_again_only_after_it_changed(room: Workspace, understood: LibraryView) -> None:
    assert measure_if_changed(room, understood.id)
    assert is_asked(room, MEASURE)
    assert not measure_if_changed(room, understood.id), "asked twice for the same"
    measure_job(room, library_id=understood.id)
    assert "measuring" not in library_row(room, understood.id).search
    assert not measure_if_changed(room, understood.id)


@pytest.mark.postgres
@pytest.mark.model
def test_settings_stand_side_by_side(room: Workspace, understood: LibraryView, texts: list[str]) -> None:
    asked = [(text.split(".")[0], [f"{number}.txt"]) for number, text in enumerate(texts[:8])]
    words, both = try_questions(room, understood.id, asked, [Setting("words", 0.0), Setting("both", 0.4)])
    assert (words.questions, both.name) == (8, "both")
    assert words.ndcg_low is not None and words.ndcg_low <= words.ndcg <= 1 and both.hit_at_5 == 1


@pytest.mark.postgres
@pytest.mark.model
def test_a_question_on_two_rows_is_answered_by_both(room: Workspace, library: LibraryView) -> None:
    save_questions(room, library.id, [TeamQuestion("Why?", ("a",)), TeamQuestion("Why?", ("b", "a"))])
    assert list_questions(room, library.id) == [TeamQuestion("Why?", ("a", "b"))]
