"""A judge that likes first places has no say; one that reads is heard."""

import pytest

from studio.comparison.job import compare_job
from studio.comparison.judge import Judge, judge_comparison, preferences
from studio.comparison.requests import ComparisonRequest, create_comparison
from studio.comparison.results import report
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


@pytest.mark.postgres
def test_a_judge_is_heard_beside_the_other_scores(room, question_set, library):
    comparison = create_comparison(room, ComparisonRequest(question_set, library_id=library))
    compare_job(room, comparison_id=comparison)
    decided = report(room, comparison)

    def reading(_: str, prompt: str) -> str:
        return "A" if "Answer A: A generic reply" not in prompt else "B"

    with serve(reading) as url:
        agreed = judge_comparison(room, comparison, Judge(url, "a-judge"))
    found = report(room, comparison)
    assert (agreed, found.approaches["rag"]["metrics"]["judged"]["mean"]) == (1.0, 1.0)
    assert (found.metric, found.leader["choose"]) == (decided.metric, decided.leader["choose"])
    assert "Judged by a-judge" in found.notes[-1]
