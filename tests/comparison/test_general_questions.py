"""The job of the general questions with a small model server: answered a few at a time, and once only."""

import pytest

from studio.store import tables
from studio.tuning.forgetting.job import SLICE, ask_general, general_job
from studio.tuning.forgetting.questions import general_questions
from studio.tuning.forgetting.results import forgetting_of
from tests.models.test_promotions import add_adapter

pytestmark = pytest.mark.postgres


def test_what_was_answered_before_the_worker_died_is_not_asked_again(room, model_server) -> None:
    adapter = add_adapter(room)
    number = ask_general(room, adapter)
    answered = [
        {"key": one.key, "answer": "", "right": False, "likelihood": None} for one in general_questions()
    ]
    with room.session() as session:
        row = session.get_one(tables.AbilityCheck, number)
        row.state, row.before, row.after = "running", answered, answered[:SLICE]
    asked_before = model_server.asked.total()
    general_job(room, check_id=number)
    found = forgetting_of(room, adapter)
    assert found is not None and (found.state, found.share) == ("succeeded", 1.0)
    assert [one.key for one in found.after] == [one.key for one in general_questions()]
    assert model_server.asked.total() - asked_before == len(general_questions()) - SLICE
