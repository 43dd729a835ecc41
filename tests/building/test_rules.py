"""Questions that stand in a text already, and what is wrong with drafted ones. No database, no model."""

from dataclasses import replace

import pytest

from studio.training_sets.building import checks
from studio.training_sets.building.asking import read_pair, read_question
from studio.training_sets.building.checks import Known, doubts, fault
from studio.training_sets.building.passages import Source
from studio.training_sets.building.rules import Pair, pair_by_rule

VEIL = "The veil is woven with 44 threads to the centimetre. It has a silk side, which faces the sky."


def passage(
    text: str = VEIL,
    heading: tuple[str, ...] = ("Handbook", "The veil"),
    kind: str = "text",
    language: str = "en",
) -> Source:
    return Source(1, 1, "handbook.pdf", "Handbook", heading, text, "page 1", kind, language)


def pair(question: str, answer: str = "The veil is woven with 44 threads to the centimetre.") -> Pair:
    return Pair(question, answer, "a model")


def test_a_heading_that_is_a_question_is_asked() -> None:
    found = pair_by_rule(passage("Shade the brim first.", ("FAQ", "1.2 Why is my clock late?")))
    assert found and (found.question, found.answer) == ("Why is my clock late?", "Shade the brim first.")


def test_a_sentence_that_says_what_a_thing_is_answers_what_it_is() -> None:
    found = pair_by_rule(passage("A bead is one drop of equal weight. It falls.", ("Glossary",)))
    assert found and (found.question, found.answer) == (
        "What is a bead?",
        "A bead is one drop of equal weight.",
    )


def test_what_is_done_to_a_thing_is_asked_by_how_it_is_said() -> None:
    found = pair_by_rule(passage("A claim is made within 30 days of the fault.", ("Policy", "Claims")))
    assert found and found.question == "When is a claim made?"


def test_a_row_is_asked_for_one_of_its_columns() -> None:
    found = pair_by_rule(passage("Code: LP-1; Part: lantern pin; Price: 5; Fits: yes", ("Prices",), "row"))
    assert found and found.question == "What is the price of LP-1 lantern pin?"
    assert found.answer == "The price of LP-1 lantern pin is 5."


def test_a_row_that_holds_a_question_is_asked_as_it_stands() -> None:
    found = pair_by_rule(passage("Id: 4; Q: Where is it?; A: It is in the shed. It sta", ("FAQ",), "row"))
    assert found and (found.question, found.answer) == ("Where is it?", "It is in the shed.")


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("The brim of a Heron holds 1.26 litres of water.", "How many litres does the brim of a Heron hold?"),
        ("The grand rousing of a Crane takes 6 hours.", "How long does the grand rousing of a Crane take?"),
        (
            "The collar of the Heron is tightened to 0.6 newton metres.",
            "How is the collar of the Heron tightened?",
        ),
        ("Bead books are kept for 10 years after their end.", "For how long are bead books kept?"),
        ("A dewclock is hushed when the air is cold.", "When is a dewclock hushed?"),
        ("If the wheel stops for long, clear the nib.", "What should I do if the wheel stops for long?"),
        ("Wipe the glass of your clock with a cloth.", "How do I wipe the glass of my clock?"),
        ("The warranty on veils covers the silk and its seams.", "What does the warranty on veils cover?"),
        ("Veils may not be washed in hot water.", "May veils be washed in hot water?"),
        ("Keepers must report every fault to the station.", "What must keepers do?"),
    ],
)
def test_a_statement_is_asked_for_as_a_person_would(sentence: str, question: str) -> None:
    found = pair_by_rule(
        passage(f"Well then. {sentence} And so on.", ("Handbook", "Keepers, veils and clocks"))
    )
    assert found and (found.question.rpartition(": ")[2].lower(), found.answer) == (
        question.lower(),
        sentence,
    )


@pytest.mark.parametrize(
    "sentence", ["It holds 1.26 litres of water in all.", "However, this is kept in the shed for years."]
)
def test_a_sentence_that_leans_on_another_is_not_asked(sentence: str) -> None:
    assert pair_by_rule(replace(passage(sentence, ("Handbook", "Care")), opens=False)) is None


def test_a_heading_that_says_what_to_do_is_asked_as_how() -> None:
    found = pair_by_rule(passage("It is done on the page of the clock.", ("Handbook", "Delete a clock")))
    assert found and found.question == "How do I delete a clock?"


@pytest.mark.parametrize("text", ["it stands in the shed; Price: 5", "Code: ?!; Price: 5"])
def test_the_rest_of_a_row_that_was_cut_is_not_asked(text: str) -> None:
    assert pair_by_rule(passage(text, ("Prices",), "row")) is None


def test_the_middle_of_a_section_does_not_answer_for_it() -> None:
    middle = passage("So it goes on in the same manner. And all of it is fine.", ("Handbook", "Care"))
    assert pair_by_rule(replace(middle, opens=False)) is None


@pytest.mark.parametrize(
    "text", ["- Game birds\n- Bird common names\n- And more", "It is late. Do you want to know more?"]
)
def test_lists_of_links_and_questions_are_no_answer(text: str) -> None:
    assert pair_by_rule(passage(text, ("Handbook", "External links"))) is None


def test_other_languages_are_asked_without_english_words() -> None:
    found = pair_by_rule(passage("Názov: kotúč; Cena: 5", ("Ceny",), "row", "sk"))
    assert found and found.question == "Ceny: kotúč – Cena?"


@pytest.mark.parametrize(
    "text", ["Model | Nib\nWren | NB-21\nHeron | NB-62 | and more and more words", "Two words."]
)
def test_tables_and_scraps_hold_no_question(text: str) -> None:
    assert pair_by_rule(passage(text)) is None


@pytest.mark.parametrize(
    ("drafted", "why"),
    [
        (pair("How many threads?", "It has 45 threads."), checks.INVENTED),
        (pair("Is the veil woven with 44 threads to the centimetre?"), checks.GIVEN_AWAY),
        (pair("Who rules France?", "Nobody knows."), checks.NOTHING_SHARED),
        (pair("Threads?"), checks.NO_QUESTION),
        (pair("How many threads has a veil?"), None),
    ],
)
def test_what_is_certainly_wrong_is_a_fault(drafted: Pair, why: str | None) -> None:
    assert fault(drafted, passage(), Known()) == why


def test_the_same_question_in_another_order_is_a_repetition() -> None:
    known = Known()
    known.add("The veil has how many threads?")
    assert fault(pair("How many threads has the veil?"), passage(), known) == checks.REPEATED


@pytest.mark.parametrize(
    ("drafted", "why"),
    [
        (pair("What does this passage say of the veil?"), checks.LEANS),
        (pair("How is it woven, thread by thread?"), checks.LEANS),
        (pair("How many people live near the harbour veil?"), checks.ELSEWHERE),
        (pair("How many threads has a veil?", "It has 44 threads. Kings wore silk."), checks.UNSUPPORTED),
        (pair("Wie viele Fäden hat der Schleier in jedem Zentimeter seines Gewebes?"), checks.FOREIGN),
    ],
)
def test_what_may_be_wrong_is_a_doubt(drafted: Pair, why: str) -> None:
    assert why in doubts(drafted, passage())


def test_a_good_draft_leaves_no_doubt() -> None:
    assert doubts(pair("How many threads to the centimetre has the veil?"), passage()) == []


@pytest.mark.parametrize(
    "said",
    [
        "The veil is woven.",
        "Question: Why?",
        "Answer: So.\nQuestion: Why?",
        "Question: A?\nAnswer: B. Question: C?",
    ],
)
def test_only_the_asked_form_is_read(said: str) -> None:
    assert read_pair(said, "a model") is None


def test_a_pair_is_read() -> None:
    said = "Question: Why so?\n\nAnswer: Because.\nAnd more."
    assert read_pair(said, "a model") == pair("Why so?", "Because.\nAnd more.")


@pytest.mark.parametrize(
    ("said", "question"),
    [
        ('What is the answer to the question: "what is a bead?"', "What is a bead?"),
        ("Question: What is a bead?\nAnswer: a drop", "What is a bead?"),
        ("A bead is a drop.", None),
    ],
)
def test_a_question_is_read_without_what_stands_around_it(said: str, question: str | None) -> None:
    assert read_question(said) == question
