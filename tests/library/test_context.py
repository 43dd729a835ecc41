"""What a model is given to read, and what is left out when it is too much."""

import pytest

from studio.engine.budget import most_tokens
from studio.engine.prompts import Message
from studio.errors import BadInput
from studio.library.answering.context import Reading, fitted
from tests.library.models import ToldModel

SUMMARY = Reading(90, 1, "manual.pdf", "summary", "Manual", "It is about pumps.", is_summary=True)
PASSAGES = [
    Reading(at, 1, "manual.pdf", f"page {at}", "Manual", f"Passage {at}. " + "The valve is opened. " * 10)
    for at in range(1, 5)
]
EARLIER: list[Message] = [
    {"role": "user", "content": "An old question about valves. " * 20},
    {"role": "assistant", "content": "An old answer."},
    {"role": "user", "content": "A newer question."},
    {"role": "assistant", "content": "A newer answer."},
]


def test_everything_is_shown_while_it_fits() -> None:
    context = fitted(ToldModel(), "How?", [PASSAGES[0], SUMMARY, *PASSAGES[1:]], 100)
    assert context.readings == (*PASSAGES, SUMMARY) and not context.left_out


@pytest.mark.parametrize("room", [300, 500, 700, 900])
def test_a_prompt_never_exceeds_what_the_model_reads(room: int) -> None:
    context = fitted(ToldModel(context=room), "How?", PASSAGES, 100)
    assert most_tokens(context.messages) + 100 <= room


def test_the_last_passages_are_left_out_first_and_named() -> None:
    context = fitted(ToldModel(context=600), "How?", PASSAGES, 100)
    assert [reading.passage_id for reading in context.readings] == [1, 2]
    assert context.left_out == ("manual.pdf, page 3", "manual.pdf, page 4")


def test_the_oldest_turns_are_left_out_first() -> None:
    context = fitted(ToldModel(context=300), "And now?", [], 100, EARLIER)
    assert context.messages[0]["content"] == "A newer question."


def test_a_question_that_is_too_long_alone_is_refused_with_the_limit() -> None:
    with pytest.raises(BadInput, match="longer than the 300 tokens"):
        fitted(ToldModel(context=300), "Why? " * 500, PASSAGES, 100)


def test_what_the_system_says_stays_when_turns_are_left_out() -> None:
    system: Message = {"role": "system", "content": "You mend clocks."}
    context = fitted(ToldModel(context=300), "And now?", [], 100, [system, *EARLIER])
    assert context.messages[:2] == [system, EARLIER[2]]
