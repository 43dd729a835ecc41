"""What is said of a way of searching: intervals that can be, and what is worse by more than chance."""

import numpy as np

from studio.library.quality.trials import GRID, Found, Setting, side_by_side, summed_up


def test_an_interval_of_weighed_questions_stays_within_what_ndcg_can_be() -> None:
    shares = np.array([0.4] * 60 + [71 / 18] * 6 + [71 / 15] * 5)
    result = summed_up(Setting("all found", 0.4), [Found(1.0, 1)] * 71, shares * 71 / shares.sum())
    assert 0.9 < result.ndcg_low < result.ndcg == result.ndcg_high == 1.0


def worse_at_words(witnesses: list[str] | None, gap: float = 0.5) -> bool:
    """Twelve questions that meaning finds better by `gap`, and a few without any difference."""
    chance = np.random.default_rng(5).normal(0, 0.01, (11, 24))
    found = [
        [Found(0.4 + gap * (at > 5) * (n < 12) + float(by), 1) for n, by in enumerate(each)]
        for at, each in enumerate(chance)
    ]
    return side_by_side(GRID, found, witnesses=witnesses)[0].worse


def test_questions_about_one_table_count_as_one_witness() -> None:
    apart = [f"passage {n}" for n in range(12, 24)]
    assert worse_at_words(None)
    assert not worse_at_words(["table"] * 12 + apart)


def test_a_difference_too_small_to_matter_is_none() -> None:
    assert not worse_at_words(None, gap=0.01)
