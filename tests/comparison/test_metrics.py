import numpy as np
import pytest

from studio.answer_scores import (
    Rarity,
    content_f1,
    exact_match,
    is_refusal,
    label_right,
    rouge_l,
    similarities,
    token_f1,
    without_marks,
)
from studio.library.answering.citations import Source, precision
from studio.library.answering.figures import figures_right


def test_the_same_words_score_one_whatever_case_and_punctuation():
    assert token_f1("The Valve, closed!", "valve closed") == 1.0
    assert exact_match("The Valve, closed!", "valve closed") == 1.0


def test_half_the_words_score_by_the_harmonic_mean():
    assert token_f1("red valve", "red valve is closed") == pytest.approx(2 * 1.0 * 0.5 / 1.5)


def test_no_shared_word_scores_zero():
    assert token_f1("pump", "valve") == 0.0


def test_repeated_words_count_once_each():
    assert token_f1("valve valve valve", "valve") == pytest.approx(0.5)


def test_an_empty_answer_scores_zero_and_two_empty_ones_score_one():
    assert token_f1("", "valve") == 0.0
    assert token_f1("", "") == 1.0


def test_similarity_is_the_cosine_of_each_pair():
    answers = np.array([[1.0, 0.0], [0.0, 1.0]], dtype=np.float32)
    references = np.array([[1.0, 0.0], [0.0, -1.0]], dtype=np.float32)
    assert similarities(answers, references) == [1.0, 0.0]


@pytest.mark.parametrize(
    "answer",
    [
        "The documents do not answer this.",
        "I don't know.",
        "I'm sorry, but there is no information about that.",
        "This is not mentioned in the passages.",
        "The passages do not contain the price.",
        "I cannot answer that question.",
        "",
    ],
)
def test_a_refusal_is_recognised(answer):
    assert is_refusal(answer)


@pytest.mark.parametrize(
    "answer",
    [
        "The valve closes at 4 bar.",
        "Do not open the lid while it is hot.",
        "No, the warranty ends after two years.",
        "Press the red button to find the leak.",
    ],
)
def test_an_answer_is_not_taken_for_a_refusal(answer):
    assert not is_refusal(answer)


def test_citation_marks_do_not_count_as_words():
    assert without_marks("The valve closes [1]. It opens [2].") == "The valve closes. It opens."


def test_figures_are_right_however_they_are_written():
    assert figures_right("It weighs 39kg.", "How heavy is it?", "It weighs 39 kg. See page 12.") == 1.0


def test_a_figure_that_the_question_gave_earns_nothing():
    reference = "A collar NC-62A is tightened to 0.6 newton metres and costs 9 crowns."
    assert (
        figures_right("NC-62A costs 9 crowns.", "How tight is the NC-62A, and its price?", reference) == 0.5
    )


def test_an_answer_in_the_right_manner_with_the_wrong_figure_earns_nothing():
    assert figures_right("It costs 12 crowns.", "What does it cost?", "It costs 9 crowns.") == 0.0


def test_a_reference_without_figures_says_nothing_about_figures():
    assert figures_right("Wax.", "What smells?", "Veil wax smells of honey.") is None


@pytest.mark.parametrize(
    ("answer", "reference", "expected"),
    [
        ("the valve is closed by hand", "The valve is closed by hand.", 1.0),
        ("hand by closed is valve", "valve is closed by hand", 2 * 1 / 10),
        ("valve closed", "valve is closed by hand", 2 * 2 / 7),
        ("", "valve", 0.0),
    ],
)
def test_rouge_l_minds_the_order_of_words(answer, reference, expected):
    assert rouge_l(answer, reference) == pytest.approx(expected)


HOUSE = [
    f"The {part} weighs {7 * n} kilograms. By the book." for n, part in enumerate(("cap", "rod", "pin"), 3)
]


def test_the_manner_of_all_references_earns_little_of_content():
    rarity = Rarity.among(HOUSE)
    right = content_f1("It is 21.", HOUSE[0], "What does the cap weigh?", rarity)
    manner = content_f1(HOUSE[1], HOUSE[0], "What does the cap weigh?", rarity)
    assert token_f1(HOUSE[1], HOUSE[0]) > token_f1("It is 21.", HOUSE[0])
    assert right > manner == 0.0


def test_repeating_the_question_earns_no_content():
    question = "What does the cap of the third pump weigh?"
    assert content_f1(question, HOUSE[0], question, Rarity.among(HOUSE)) == 0.0


def test_an_answer_that_only_names_what_was_asked_about_still_counts():
    colours = ["Lamp red is red.", "Lamp blue is blue.", "Lamp green is green."]
    rarity = Rarity.among(colours)
    assert content_f1("It is red.", colours[0], "Which colour is lamp red?", rarity) > 0.3
    assert content_f1("It is blue.", colours[0], "Which colour is lamp red?", rarity) == 0.0


LABELS = ["card_lost", "card", "age_limit"]


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ("This is about age_limit.", 1.0),
        ("card_lost", 0.0),
        ("age_limit or card", 0.0),
        ("It is something else.", 0.0),
    ],
    ids=["said in a sentence", "another label", "two labels", "no label"],
)
def test_a_label_counts_when_it_alone_is_named(answer, right):
    assert label_right(answer, "age_limit", LABELS) == right


def test_a_label_within_a_longer_one_is_not_named():
    assert label_right("Surely card_lost!", "card_lost", LABELS) == 1.0


def test_a_mark_is_right_when_its_passage_says_so():
    sources = [Source(1, "The brim holds 4 litres."), Source(2, "The nib is made of brass.")]
    assert precision("The brim holds 4 litres [2].", sources) == 0.0
    assert precision("The brim holds 4 litres [1]. The nib is brass [1] [2].", sources) == pytest.approx(
        2 / 3
    )
    assert precision("The brim holds 4 litres.", sources) is None
