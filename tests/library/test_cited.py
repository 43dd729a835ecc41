"""What becomes of a model's words once its answer is finished."""

import pytest

from studio.library.answering.answers import NOTHING_SAID, cited
from studio.library.answering.context import Context, Reading

PASSAGE = Reading(1, 1, "manual.txt", "page 1", "Filters", "The filter is changed every 30 days.")
READ = Context([], (PASSAGE,))


@pytest.mark.parametrize("said", ["", " \n", "...", "The answer to this question is:"])
def test_a_model_that_says_nothing_is_not_quoted_as_an_answer(said: str) -> None:
    found = cited(said, READ)
    assert (found.text, found.refused) == (NOTHING_SAID, True)


def test_the_nearest_passages_are_kept_beside_an_answer_that_says_nothing() -> None:
    assert [(one.passage_id, one.used) for one in cited("It is:", READ).citations] == [(1, False)]


def test_an_answer_that_announces_a_list_is_an_answer() -> None:
    found = cited("The filter is changed:\nevery 30 days.", READ)
    assert not found.refused
