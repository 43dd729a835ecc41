"""Which held-out prompts are answered at every check, and that answering them stays within its share."""

from typing import Any

import pytest

from tests.tuning.conftest import TEMPLATE, byte_tokenizer

pytestmark = pytest.mark.model

ROWS: list[dict[str, Any]] = [{"prompt": f"Press {n}?", "completion": f"{n} kg"} for n in range(23)]


def found(rows: list[dict[str, Any]], limit: int = 256) -> list[Any]:
    from studio.tuning.sample_answers import find_samples

    return find_samples(rows, byte_tokenizer(TEMPLATE), limit, 5)


def test_five_prompts_spread_over_all_rows_are_answered() -> None:
    assert [one.prompt for one in found(ROWS)] == [f"Press {n}?" for n in (0, 4, 9, 13, 18)]


def test_prompts_without_room_for_an_answer_and_plain_text_are_not_asked() -> None:
    rows = [{"prompt": "", "completion": "Pumps hum."}, {"prompt": "x" * 300, "completion": "y"}, *ROWS[:2]]
    assert [one.prompt for one in found(rows)] == ["Press 0?", "Press 1?"]


CHECKS = [0, 10, 20, 30, 40, 50, 60]


@pytest.mark.parametrize(
    ("trained", "steps", "tokens"),
    [(20_000, CHECKS, 14), (10_000, [0, 30, 60], 14), (3_000, [0, 60], 14), (1, [0, 60], 14)],
    ids=["long", "middling", "short", "over at once"],
)
def test_short_runs_are_asked_less_often(trained: float, steps: list[int], tokens: int) -> None:
    from studio.tuning.sample_answers import plan_answers

    plan = plan_answers(found(ROWS), CHECKS, trained, "cpu")
    assert (len(plan.chosen), sorted(plan.asked_at), plan.new_tokens) == (5, steps, tokens)


@pytest.mark.parametrize(("trained", "tokens"), [(100_000, 64), (8_000, 47), (100, 24)])
def test_answers_of_short_runs_end_sooner(trained: float, tokens: int) -> None:
    from studio.tuning.sample_answers import plan_answers

    long = [{"prompt": f"Press {n}?", "completion": "It is heavy. " * 20} for n in range(5)]
    assert plan_answers(found(long, 1000), [0, 9], trained, "cpu").new_tokens == tokens
