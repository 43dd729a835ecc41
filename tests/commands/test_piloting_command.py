"""`advise --pilot` again: with which pilot it goes on, and how it ends when it is told to."""

import os
import signal
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from docs.proof import minutes_of
from studio.advice.piloting.job import fail_pilot, pilot_job
from studio.advice.piloting.pilots import get_pilot
from studio.advice.piloting.requests import PilotRequest, start_pilot, stop_pilot
from studio.advice.piloting.stages import questions
from studio.approaches import APPROACHES
from studio.commands.piloting import taken_up, told_to_end
from studio.commands.proof import table
from studio.comparison.question_sets import Question, save_question_set
from studio.store.tables import Run
from studio.training_sets.reading import Table
from studio.training_sets.shapes.guessing import guess_mapping
from studio.training_sets.versions import Saving, save_training_set

pytestmark = pytest.mark.postgres
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr("studio.advice.piloting.job.WAIT_SECONDS", 0.0)


@pytest.fixture
def request_(room):
    """For a pilot on what a training set holds out."""
    table = Table(["question", "answer"], [[f"What is lamp {n}?", f"Lamp {n} is {n}."] for n in range(60)])
    saving = Saving(held_out_share=0.2)
    return PilotRequest(save_training_set(room, "lamps", table, guess_mapping(table), saving))


@pytest.fixture
def other_questions(room):
    return save_question_set(room, "others", [Question("Which lamp is red?", "The third one.")])


def test_the_same_command_goes_on_with_its_pilot(room, request_):
    pilot = start_pilot(room, request_)
    questions(room, get_pilot(room, pilot))
    assert taken_up(room, request_) == pilot


def test_the_table_of_a_proof_has_the_simplest_approach_first():
    scored = {"metrics": {"content_f1": {"mean": 0.1, "low": 0.0, "high": 0.2}}, "seconds_per_answer": 1.0}
    as_stored = dict.fromkeys(("rag", "base", "combined", "fine-tuned", "rag+fine-tuned"), scored)
    told = table({"metric": "content_f1", "questions": 3, "excluded": 0, "approaches": as_stored})
    assert [line.split()[0] for line in told.splitlines()[1:]] == list(APPROACHES)


def test_a_stopped_pilot_is_queued_again(room, request_):
    pilot = start_pilot(room, request_)
    stop_pilot(room, pilot)
    pilot_job(room, pilot_id=pilot)
    assert (taken_up(room, request_), get_pilot(room, pilot).state) == (pilot, "queued")


def test_without_questions_it_takes_up_no_pilot_that_asks_others(room, request_, other_questions):
    start_pilot(room, replace(request_, question_set_id=other_questions))
    assert taken_up(room, request_) is None


def test_a_pilot_whose_training_failed_makes_room_for_a_fresh_one(room, request_):
    pilot = start_pilot(room, request_)
    pilot_job(room, pilot_id=pilot)
    fail_pilot(room, "Out of memory.", pilot_id=pilot)
    assert taken_up(room, request_) == pilot  # its training still waits: only the pilot came to grief
    with room.session() as session:
        session.execute(sa.update(Run).where(Run.workspace_id == room.id).values(state="failed"))
    fail_pilot(room, "Out of memory.", pilot_id=pilot)
    assert taken_up(room, request_) is None


def test_the_first_signal_is_a_wish_and_the_next_one_an_order(room):
    before = signal.getsignal(signal.SIGTERM)
    with told_to_end(room) as told:
        os.kill(os.getpid(), signal.SIGTERM)
        assert told.wait(1.0)
        assert signal.getsignal(signal.SIGTERM) == before


def test_the_proof_counts_the_time_of_all_its_invocations(room, request_):
    first, second = (get_pilot(room, start_pilot(room, request_)) for _ in range(2))
    ended = [
        replace(first, created_at=BEGAN, finished_at=BEGAN + timedelta(minutes=90)),
        replace(second, created_at=BEGAN, finished_at=BEGAN + timedelta(minutes=5)),
    ]
    assert minutes_of([*ended, replace(second, finished_at=None)]) == 90.0
