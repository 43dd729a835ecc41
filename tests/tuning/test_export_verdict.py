"""When an export counts as answering like its adapter: pure arithmetic over answers and scores."""

from dataclasses import replace

import pytest

from studio.tuning.exporting.verdict import Verdict

ALIKE = Verdict(prompts=10, equal=10, undecided=0, tokens=200, largest_difference=0.03, bit_equal=False)


def test_ten_equal_answers_pass() -> None:
    assert ALIKE.passed(exactly=False)


def test_one_other_answer_of_ten_is_refused() -> None:
    assert not replace(ALIKE, equal=9).passed(exactly=False)


def test_an_adapter_that_is_handed_out_as_it_is_must_be_equal_to_the_bit() -> None:
    assert not ALIKE.passed(exactly=True)


def test_too_few_answers_to_tell_are_refused_and_said() -> None:
    few = replace(ALIKE, prompts=4, equal=4, bit_equal=True)
    assert not few.passed(exactly=True)
    assert "answers only 4 of the prompts surely, and 10 are needed" in few.sentence


@pytest.mark.model
@pytest.mark.parametrize(
    ("scores", "sure"),
    [([[5, 0], [5, 0]], 2), ([[5, 0], [5, 4.95]], 1), ([[1, 1.05], [5, 0]], 0), ([[5, 0], [0, 5]], 1)],
    ids=["to the end", "wavers later", "wavers at once", "says another"],
)
def test_an_answer_counts_up_to_where_the_adapter_wavers(scores: list[list[float]], sure: int) -> None:
    import torch

    from studio.tuning.exporting.answers import sure_tokens

    assert sure_tokens([0, 0], torch.tensor(scores)) == sure
