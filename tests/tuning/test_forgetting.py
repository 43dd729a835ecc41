"""General questions before and after an adapter: judged by plain rules, a drop told with its interval."""

import pytest

from studio.errors import BadInput
from studio.store import tables
from studio.store.database import Workspace
from studio.tuning.forgetting.drop import Asked, drop
from studio.tuning.forgetting.job import ask_general, general_job, stop_general
from studio.tuning.forgetting.questions import GeneralQuestion, general_questions
from studio.tuning.forgetting.results import forgetting_of
from tests.models.test_promotions import add_adapter

KEYS = [f"q{number}" for number in range(30)]


def asked(right: int, likelihood: float | None = -1.0) -> list[Asked]:
    """Answers of which the first are right; the likelihoods differ a little from question to question."""
    return [
        Asked(key, "", at < right, None if likelihood is None else likelihood - at % 3 / 10)
        for at, key in enumerate(KEYS)
    ]


def test_the_questions_are_many_enough_and_each_is_answered_by_its_own_reference() -> None:
    questions = general_questions()
    assert 30 <= len(questions) <= 40
    assert len({one.key for one in questions}) == len(questions)
    assert [one.key for one in questions if not one.is_right(one.reference)] == []


@pytest.mark.parametrize(
    ("how", "right", "answer", "expected"),
    [
        ("contains", "12", "It is 12.", True),
        ("contains", "12", "It is 120.", False),
        ("contains", "RIVER", "river", False),
        ("exact", "yes", " Yes. ", True),
        ("exact", "yes", "Yes, of course", False),
    ],
)
def test_an_answer_is_right_by_a_plain_rule(how: str, right: str, answer: str, expected: bool) -> None:
    question = GeneralQuestion("k", "kind", "?", how, (right,), right)  # type: ignore[arg-type]
    assert question.is_right(answer) is expected


def test_a_drop_beyond_chance_is_shown_with_what_was_lost() -> None:
    found = drop(asked(25), asked(8))
    assert found.shown and found.lost == tuple(KEYS[8:25])
    assert "25 of 30 before, 8 after" in found.sentence and "95 % interval" in found.sentence


def test_an_adapter_that_answers_alike_has_lost_nothing() -> None:
    found = drop(asked(20), asked(20))
    assert not found.shown and "No loss is shown" in found.sentence


def test_where_few_were_right_before_the_likelihood_tells() -> None:
    found = drop(asked(2, -1.0), asked(1, -2.5))
    assert found.shown and "their likelihood does" in found.sentence


def test_with_few_right_and_no_likelihood_it_says_that_it_says_little() -> None:
    found = drop(asked(2, None), asked(2, None))
    assert not found.shown and "little to lose" in found.sentence


@pytest.mark.postgres
def test_an_adapter_of_another_base_model_cannot_be_asked(room: Workspace) -> None:
    with pytest.raises(BadInput, match="belongs to other"):
        ask_general(room, add_adapter(room, "other"))


@pytest.mark.postgres
def test_it_is_asked_for_once_behind_all_else(room: Workspace) -> None:
    adapter = add_adapter(room)
    assert ask_general(room, adapter) == ask_general(room, adapter)
    found = forgetting_of(room, adapter)
    assert found is not None and found.active and found.found is None


@pytest.mark.postgres
def test_one_that_has_ended_is_not_asked_again_by_its_job(room: Workspace) -> None:
    number = ask_general(room, add_adapter(room))
    with room.session() as session:
        row = session.get_one(tables.AbilityCheck, number)
        row.state = "succeeded"
        row.before = row.after = [one.as_dict() for one in asked(5)]
    general_job(room, check_id=number)
    found = forgetting_of(room, row.adapter_id)
    assert found is not None and found.found is not None and found.found.asked == len(KEYS)


@pytest.mark.postgres
def test_one_that_was_stopped_is_asked_no_more(room: Workspace) -> None:
    adapter = add_adapter(room)
    number = ask_general(room, adapter)
    stop_general(room, number)
    general_job(room, check_id=number)
    found = forgetting_of(room, adapter)
    assert found is not None and (found.state, found.after) == ("stopped", [])
    assert ask_general(room, adapter) != number
