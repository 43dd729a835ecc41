"""A judge that likes first places has no say; one that reads is heard."""

import pytest

from studio.comparison.job import compare_job
from studio.comparison.judge import Judge, judge_comparison, preferences
from studio.comparison.judging import judge_job, judging_of, start_judging, stop_judging
from studio.comparison.requests import ComparisonRequest, create_comparison
from studio.comparison.results import report, stored_answers
from studio.errors import StudioError
from studio.store import tables
from tests.model_server import serve


@pytest.mark.parametrize(
    ("replies", "found"),
    [
        (["A", "B"], (1.0, True)),
        (["Answer B.", "A"], (0.0, True)),
        (["A", "A"], (0.5, False)),
        (["tie", "tie"], (0.5, True)),
        (["A", "tie"], (0.75, False)),
    ],
    ids=["the first", "the second", "whatever comes first", "neither", "half a preference"],
)
def test_both_orders_count(replies, found):
    assert preferences(replies) == [found]


def reading(_: str, prompt: str) -> str:
    return "A" if "Answer A: A generic reply" not in prompt else "B"


@pytest.fixture
def compared(room, question_set, library):
    """Ten answerable questions, each with two answers."""
    comparison = create_comparison(room, ComparisonRequest(question_set, library_id=library))
    compare_job(room, comparison_id=comparison)
    return comparison


@pytest.mark.postgres
def test_a_judge_is_heard_beside_the_other_scores(room, compared):
    decided = report(room, compared)
    with serve(reading) as url:
        agreed = judge_comparison(room, compared, Judge(url, "a-judge"))
    found = report(room, compared)
    assert (agreed, found.approaches["rag"]["metrics"]["judged"]["mean"]) == (1.0, 1.0)
    assert (found.metric, found.leader["choose"]) == (decided.metric, decided.leader["choose"])
    assert "Judged by a-judge" in found.notes[-1]


@pytest.mark.postgres
def test_a_judge_asked_from_a_page_is_a_job_that_keeps_its_progress_and_no_key(room, compared, monkeypatch):
    with serve(reading) as url:
        monkeypatch.setenv("STUDIO_JUDGE_URL", url)
        monkeypatch.setenv("STUDIO_JUDGE_KEY", "a-secret")
        start_judging(room, compared, url, " a-judge ")
        judge_job(room, comparison_id=compared)
    found = judging_of(room, compared)
    assert (found.state, found.done, found.total, found.model) == ("succeeded", 10, 10, "a-judge")
    with room.session() as session:
        assert "a-secret" not in str(session.get(tables.Comparison, compared).settings)


@pytest.mark.postgres
def test_stopped_judging_keeps_what_is_judged_and_goes_on(room, compared):
    with serve(reading) as url:
        start_judging(room, compared, url, "a-judge")
        stop_judging(room, compared)
        judge_job(room, comparison_id=compared)
        assert judging_of(room, compared).state == "stopped"
        start_judging(room, compared, url, "a-judge")
        judge_job(room, comparison_id=compared)
    assert judging_of(room, compared).state == "succeeded"


@pytest.mark.postgres
def test_judging_that_was_cut_short_goes_on_where_it_was(room, compared):
    asked, heard = [], []

    def halfway(done: int, of: int) -> None:
        if done == 4:
            raise StudioError("The server went away.")

    def whatever_comes_first(_: str, prompt: str) -> str:
        asked.append(prompt)
        return "A"

    with serve(reading) as url, pytest.raises(StudioError):
        judge_comparison(room, compared, Judge(url, "a-judge"), halfway)
    with serve(whatever_comes_first) as url:
        agreed = judge_comparison(room, compared, Judge(url, "a-judge"), lambda *told: heard.append(told))
    assert (len(asked), heard) == (2 * 6, [(4, 10), (8, 10), (10, 10)])
    assert agreed == 4 / 10


@pytest.mark.postgres
def test_another_judge_judges_everything_anew(room, compared):
    with serve(reading) as url:
        judge_comparison(room, compared, Judge(url, "a-judge"))
    with serve(lambda *_: "tie") as url:
        agreed = judge_comparison(room, compared, Judge(url, "another-judge"))
    found = report(room, compared)
    assert (agreed, found.approaches["rag"]["metrics"]["judged"]["mean"]) == (1.0, 0.5)


@pytest.mark.postgres
def test_two_judges_are_never_mixed(room, compared):
    def at_once(done: int, of: int) -> None:
        raise StudioError("The server went away.")

    with serve(reading) as url:
        judge_comparison(room, compared, Judge(url, "a-judge"))
        with pytest.raises(StudioError):
            judge_comparison(room, compared, Judge(url, "another-judge"), at_once)
    with room.session() as session:
        assert not [one for one in stored_answers(session, room, compared) if "judged" in one.scores]
