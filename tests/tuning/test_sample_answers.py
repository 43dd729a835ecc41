"""Which held-out prompts are answered at every check, and that answering them stays within its share."""

from typing import Any

import pytest

from tests.tuning.conftest import TEMPLATE, byte_tokenizer

pytestmark = pytest.mark.model

ROWS: list[dict[str, Any]] = [{"prompt": f"Press {n}?", "completion": f"{n} kg"} for n in range(23)]


def found(rows: list[dict[str, Any]], limit: int = 256) -> list[Any]:
    from studio.tuning.sample_answers import find_samples

    return find_samples(rows, byte_tokenizer(TEMPLATE), limit)


def test_five_prompts_spread_over_all_rows_are_answered() -> None:
    assert [one.prompt for one in found(ROWS)] == [f"Press {n}?" for n in (0, 4, 9, 13, 18)]


def test_prompts_without_room_for_an_answer_and_plain_text_are_not_asked() -> None:
    rows = [{"prompt": "", "completion": "Pumps hum."}, {"prompt": "x" * 300, "completion": "y"}, *ROWS[:2]]
    assert [one.prompt for one in found(rows)] == ["Press 0?", "Press 1?"]


@pytest.mark.parametrize(
    ("budget", "answers", "tokens"), [(10_000, 5, 14), (250, 4, 14), (200, 2, 13), (1, 1, 16)]
)
def test_short_runs_are_asked_less(budget: float, answers: int, tokens: int) -> None:
    from studio.tuning.sample_answers import affordable

    samples = affordable(found(ROWS), budget, 5, "cpu")
    assert (len(samples.chosen), samples.new_tokens) == (answers, tokens)
