"""Questions that lean on the conversation and what is looked up for them."""

import pytest

from studio.library.answering.followups import Turn, looked_up, with_topic
from tests.library.models import ToldModel

COMB = Turn("At what interval should the silk be combed?", "Every 14 days [1].", title="Handbook")
LEANING = [
    ("And in winter?", "And in winter? (interval silk combed)"),
    ("How often is it done?", "How often is it done? (interval silk combed)"),
    ("What about the other one?", "What about the other one? (interval silk combed)"),
    ("And how long does it settle?", "And how long does it settle? (interval silk combed)"),
    ("And on a Crane?", "And on a Crane? (interval silk combed)"),
    ("And the pump P-41?", "And the pump P-41? (interval silk combed)"),
    ("And why is it E17?", "And why is it E17? (interval silk combed)"),
    ("By whom?", "By whom? (interval silk combed)"),
    ("Und im Winter?", "Und im Winter? (interval silk combed)"),
    ("A čo v zime?", "A čo v zime? (interval silk combed)"),
]
STANDING = [
    "And what does E17 mean?",
    "What is E17?",
    "But how often must the filter of the compressor be changed?",
    "And how many valves are there in Bergen?",
    "Und was bedeutet E17?",
    "At which extension do I reach the master of nibs?",
    "Which frost cap goes on a Heron mark 1?",
    "A sachet burst and some powder flew into my eye!",
    "Is it warm enough to wake my Sparrow after the winter?",
    "When may visitors look around in Sallow Lane?",
]


@pytest.mark.parametrize(("question", "wanted"), LEANING)
def test_a_question_that_leans_gets_the_topic_of_the_one_before(question: str, wanted: str) -> None:
    assert with_topic(question, COMB) == wanted


@pytest.mark.parametrize("question", STANDING)
def test_a_question_that_stands_alone_stays_as_it_is(question: str) -> None:
    assert with_topic(question, COMB) == question


def test_the_topic_lasts_over_several_questions() -> None:
    then = Turn("And in winter?", "Monthly [1].", "And in winter? (interval silk combed)", title="Handbook")
    assert with_topic("Why?", then) == "Why? (winter interval silk combed)"


def test_where_the_question_before_names_nothing_the_title_of_its_source_does() -> None:
    before = Turn("What is this about?", "Parcels [1].", title="Returns Policy")
    assert with_topic("How long does it take?", before) == "How long does it take? (Returns Policy)"


def test_the_first_question_is_looked_up_as_it_is() -> None:
    assert looked_up(ToldModel("Something else?"), "And in winter?", ()) == "And in winter?"


def test_a_capable_model_rewrites_with_the_conversation_before_it() -> None:
    model = ToldModel("How often is the silk combed in winter?")
    assert looked_up(model, "And in winter?", [COMB]) == "How often is the silk combed in winter?"
    assert COMB.question in model.asked[0] and "Last question: And in winter?" in model.asked[0]


@pytest.mark.parametrize("said", ["", "Sure!\nHere it is", "word " * 200])
def test_a_model_that_does_not_rewrite_is_replaced_by_the_rule(said: str) -> None:
    assert looked_up(ToldModel(said), "And in winter?", [COMB]) == "And in winter? (interval silk combed)"


def test_a_small_model_is_not_asked() -> None:
    model = ToldModel("Nonsense", billions=0.135)
    assert looked_up(model, "And in winter?", [COMB]) == "And in winter? (interval silk combed)"
    assert not model.asked
