"""An adapter replaces what is in use only where the same questions show a gain and no harm."""

import re

import pytest
import sqlalchemy as sa

from studio.comparison.job import compare_job
from studio.comparison.paired import Paired
from studio.comparison.promoting.checks import CheckRequest, get_check, stop_check
from studio.comparison.promoting.job import check_job, fail_check, start_check
from studio.comparison.promoting.judging import judge
from studio.comparison.results import get_comparison, list_comparisons
from studio.errors import BadInput, StudioError
from studio.models.promotions import history, in_use, promote
from studio.statistics import Difference, paired_difference
from studio.store.tables import PromotionCheck
from tests.comparison.conftest import ModelServer
from tests.model_server import serve
from tests.models.test_promotions import BASE, add_adapter

NOTHING = Difference(None, None, None, 0)
BETTER = paired_difference([0.6, 0.7, 0.8, 0.9] * 10, [0.2, 0.3, 0.1, 0.2] * 10)
NOISE = paired_difference([0.1, 0.9] * 10, [0.8, 0.1, 0.1, 0.9] * 5)
WORSE = paired_difference([0.1, 0.2] * 10, [0.8, 0.9] * 10)


def told(gain: Difference, refusals: Difference = NOTHING, answered: Difference = NOTHING):
    return judge(Paired("token_f1", gain, refusals, answered), "the old one")


def test_a_gain_beyond_chance_is_granted_and_says_what_was_not_looked_at() -> None:
    found = told(BETTER)
    assert found.granted
    assert "a gain beyond chance" in found.sentence and "nothing is known about refusals" in found.sentence


def test_no_difference_is_refused_with_the_questions_it_would_take() -> None:
    found = told(NOISE)
    assert not found.granted
    assert found.questions_needed and f"{found.questions_needed:,} questions" in found.sentence


def test_what_is_worse_is_refused() -> None:
    assert not told(WORSE).granted and "it is worse" in told(WORSE).sentence


@pytest.mark.parametrize("where", ["refusals", "answered"])
def test_a_gain_bought_with_harm_is_refused(where: str) -> None:
    found = told(BETTER, **{where: WORSE})
    assert not found.granted and "worse elsewhere" in found.sentence


def test_very_few_questions_say_nothing() -> None:
    found = told(paired_difference([1.0] * 9, [0.0] * 9))
    assert not found.granted and "too few" in found.sentence


class Learned(ModelServer):
    """Its adapters know the colour of each lamp, the base model that of none."""

    def answer(self, model: str, prompt: str) -> str:
        asked = re.search(r"lamp (\w+)", prompt)
        if not model.startswith("adapter-") or asked is None:
            return super().answer("base", "")
        return f"Lamp {asked[1]} is {asked[1]}."


@pytest.fixture(scope="module")
def model_server():
    server = Learned()
    with serve(server.answer) as url:
        server.url = url
        yield server


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr("studio.comparison.promoting.job.WAIT_SECONDS", 0.0)


def work_off(room, check_id: int):
    """As a worker does: the check, and the comparisons it waits for."""
    for _ in range(6):
        check_job(room, check_id=check_id)
        check = get_check(room, check_id)
        if not check.active:
            break
        for one in (check.comparison_id, check.former_comparison_id):
            if one is not None:
                compare_job(room, comparison_id=one)
    return check


@pytest.mark.postgres
def test_a_better_adapter_replaces_the_base_model_and_the_check_is_kept(room, question_set) -> None:
    adapter = add_adapter(room)
    check = work_off(room, start_check(room, CheckRequest(adapter, question_set, by="Ada")))
    assert (check.state, check.share) == ("succeeded", 1.0)
    assert check.verdict and check.verdict["granted"]
    assert in_use(room)[BASE] == adapter
    assert history(room, BASE)[0].why.check_id == check.id


@pytest.mark.postgres
def test_an_adapter_that_is_no_better_than_the_one_in_use_is_refused(room, question_set) -> None:
    old, new = add_adapter(room), add_adapter(room)
    promote(room, old)
    check = work_off(room, start_check(room, CheckRequest(new, question_set)))
    assert check.verdict and not check.verdict["granted"]
    assert check.former_comparison_id != check.comparison_id
    assert in_use(room)[BASE] == old


@pytest.mark.postgres
def test_what_was_put_into_use_meanwhile_is_not_replaced(room, question_set) -> None:
    adapter, other = add_adapter(room), add_adapter(room)
    number = start_check(room, CheckRequest(adapter, question_set))
    promote(room, other)
    with pytest.raises(StudioError, match="meanwhile"):
        work_off(room, number)
    assert in_use(room)[BASE] == other


@pytest.mark.postgres
def test_a_check_can_be_stopped_and_is_asked_for_once(room, question_set) -> None:
    adapter = add_adapter(room)
    number = start_check(room, CheckRequest(adapter, question_set))
    assert start_check(room, CheckRequest(adapter, question_set)) == number
    stop_check(room, number)
    check_job(room, check_id=number)
    assert get_check(room, number).state == "stopped"


@pytest.mark.postgres
def test_too_few_questions_or_the_adapter_in_use_are_not_checked(room, question_set) -> None:
    adapter = add_adapter(room)
    with pytest.raises(BadInput, match="cannot show a gain"):
        start_check(room, CheckRequest(adapter, question_set, limit=5))
    promote(room, adapter)
    with pytest.raises(BadInput, match="in use already"):
        start_check(room, CheckRequest(adapter, question_set))


@pytest.mark.postgres
def test_stopping_a_check_stops_the_answering_it_waits_behind(room, question_set) -> None:
    number = start_check(room, CheckRequest(add_adapter(room), question_set))
    check_job(room, check_id=number)
    stop_check(room, number)
    waited = get_check(room, number).comparison_id
    assert get_comparison(room, waited).state == "stopped"
    check_job(room, check_id=number)
    assert get_check(room, number).state == "stopped"


@pytest.mark.postgres
def test_a_check_whose_worker_died_while_it_asked_asks_nothing_twice(room, question_set) -> None:
    promote(room, add_adapter(room))
    number = start_check(room, CheckRequest(add_adapter(room), question_set))
    check_job(room, check_id=number)
    asked = get_check(room, number)
    with room.session() as session:
        session.execute(sa.update(PromotionCheck).values(comparison_id=None, former_comparison_id=None))
    check_job(room, check_id=number)
    again = get_check(room, number)
    assert len(list_comparisons(room)) == 2
    assert (again.comparison_id, again.former_comparison_id) == (
        asked.comparison_id,
        asked.former_comparison_id,
    )


@pytest.mark.postgres
def test_a_failed_check_asks_no_more_questions(room, question_set) -> None:
    promote(room, add_adapter(room))
    number = start_check(room, CheckRequest(add_adapter(room), question_set))
    check_job(room, check_id=number)
    fail_check(room, "The engine is gone.", check_id=number)
    assert {one.state for one in list_comparisons(room)} == {"stopped"}
