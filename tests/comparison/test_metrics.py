import numpy as np
import pytest

from studio.comparison.metrics import exact_match, is_refusal, similarities, token_f1, without_marks


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
