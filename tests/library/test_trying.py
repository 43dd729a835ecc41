"""A file of questions is tried by a job, whose results outlive the page that asked for it."""

from pathlib import Path

import pytest

from studio.errors import BadInput
from studio.jobs.queue import is_asked
from studio.library.libraries import LibraryView, library_row
from studio.library.quality.questions import TeamQuestion, list_questions
from studio.library.quality.trials import GRID
from studio.library.quality.trying import (
    TRY,
    Trial,
    find_trial,
    forget_trial,
    start_trial,
    trial_failed,
    try_job,
)
from studio.store.database import Workspace
from tests.library.samples import add, write_text

pytestmark = [pytest.mark.postgres, pytest.mark.model]
QUESTIONS = [
    TeamQuestion("What keeps the steam in?", ("lids.txt",)),
    TeamQuestion("What leads the water?", ("hoses.txt",)),
    TeamQuestion("What is not here?", ("gone.txt",)),
]
AS_ASKED = [[one.question, list(one.documents)] for one in QUESTIONS]


@pytest.fixture
def pots(room: Workspace, library: LibraryView, tmp_path: Path) -> LibraryView:
    add(room, library, write_text(tmp_path / "lids.txt", "Lids keep the steam in the pot."))
    add(room, library, write_text(tmp_path / "hoses.txt", "Hoses lead water to the pump."))
    return library


def test_a_trial_waits_for_the_worker_and_starts_only_once(room: Workspace, pots: LibraryView) -> None:
    start_trial(room, pots.id, QUESTIONS)
    trial = find_trial(room, pots.id)
    assert is_asked(room, TRY) and trial == Trial(3) and trial.going_on
    with pytest.raises(BadInput, match="already"):
        start_trial(room, pots.id, QUESTIONS)


def test_the_results_of_every_setting_are_kept(room: Workspace, pots: LibraryView) -> None:
    start_trial(room, pots.id, QUESTIONS)
    try_job(room, library_id=pots.id, questions=AS_ASKED)
    trial = find_trial(room, pots.id)
    assert trial is not None and not trial.going_on
    assert [one.dense_weight for one in trial.results] == [setting.dense_weight for setting in GRID]
    assert (trial.given, trial.results[5].questions, trial.results[5].hit_at_1) == (3, 2, 1.0)
    assert list_questions(room, pots.id) == []


def test_a_trial_that_was_dismissed_leaves_no_results(room: Workspace, pots: LibraryView) -> None:
    start_trial(room, pots.id, QUESTIONS)
    forget_trial(room, pots.id)
    try_job(room, library_id=pots.id, questions=AS_ASKED)
    assert "trial" not in library_row(room, pots.id).search


def test_a_failed_trial_says_why_and_another_can_start(room: Workspace, pots: LibraryView) -> None:
    start_trial(room, pots.id, QUESTIONS)
    trial_failed(room, "The model server is away.", library_id=pots.id, questions=AS_ASKED)
    assert find_trial(room, pots.id) == Trial(3, error="The model server is away.")
    start_trial(room, pots.id, QUESTIONS)
