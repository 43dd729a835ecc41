import pytest

from studio.library.answering.support import answer_coverage, best_support

PASSAGES = [
    "The pump housing is made of cast bronze and weighs twelve kilograms.",
    "Order spare gaskets early.",
]


def test_an_answer_whose_words_stand_in_one_passage_is_supported():
    assert answer_coverage(
        ["The housing of the pump is cast bronze, weight twelve kilograms."], PASSAGES
    ) == (1.0, 1)


def test_words_spread_over_several_passages_do_not_support():
    share, _ = answer_coverage(["Bronze gaskets weigh less than spare rubber early."], PASSAGES)
    assert share == 0.0


def test_labels_are_too_short_to_judge():
    assert answer_coverage(["cash", "card"], PASSAGES) is None


def test_the_share_counts_judged_answers_only():
    answers = ["Housing made of cast bronze.", "Nothing whatever about quarries or zebras.", "Yes."]
    assert answer_coverage(answers, PASSAGES) == (pytest.approx(0.5), 2)


def test_a_passage_with_another_number_does_not_support():
    answers = ["The pump housing of cast bronze weighs 12 kilograms."]
    assert answer_coverage(answers, ["The pump housing of cast bronze weighs 14 kilograms."]) == (0.0, 1)


def test_the_best_passage_is_named():
    found = best_support(["Housing made of cast bronze.", "Yes."], ["Spare gaskets.", *PASSAGES])
    assert [one and one.passage for one in found] == [1, None]
