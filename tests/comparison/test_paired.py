import pytest

from studio.comparison.job import compare_job
from studio.comparison.paired import Side, paired
from studio.comparison.question_sets import Question, save_question_set
from studio.comparison.requests import ComparisonRequest, create_comparison
from studio.errors import BadInput

pytestmark = pytest.mark.postgres


@pytest.fixture
def compared(room):
    def run(**request):
        comparison = create_comparison(room, ComparisonRequest(**request))
        compare_job(room, comparison_id=comparison)
        return comparison

    return run


def test_answers_of_two_comparisons_are_held_against_each_other(room, compared, question_set, library):
    before = compared(question_set_id=question_set)
    now = compared(question_set_id=question_set, library_id=library, limit=9)
    found = paired(room, Side(now, "rag"), Side(before, "base"))
    assert found.gain.mean > 0.5
    assert (found.gain.n + found.refusals.n, found.answered.mean) == (9, 0.0)


def test_the_same_answers_show_no_gain(room, compared, question_set):
    comparison = compared(question_set_id=question_set)
    found = paired(room, Side(comparison, "base"), Side(comparison, "base"))
    assert (found.gain.mean, found.gain.decided) == (0.0, False)


def test_answers_to_other_questions_cannot_be_paired(room, compared, question_set):
    other = save_question_set(room, "others", [Question("Why?", "Because of the valve.")])
    with pytest.raises(BadInput, match="did not answer the same questions"):
        paired(
            room,
            Side(compared(question_set_id=other), "base"),
            Side(compared(question_set_id=question_set), "base"),
        )
