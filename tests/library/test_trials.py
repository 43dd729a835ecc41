"""What is said of a way of searching: intervals that can be, and what is worse by more than chance."""

import numpy as np

from studio.library.quality.trials import Found, Setting, summed_up


def test_an_interval_of_weighed_questions_stays_within_what_ndcg_can_be() -> None:
    shares = np.array([0.4] * 60 + [71 / 18] * 6 + [71 / 15] * 5)
    result = summed_up(Setting("all found", 0.4), [Found(1.0, 1)] * 71, shares * 71 / shares.sum())
    assert (result.ndcg_low, result.ndcg, result.ndcg_high) == (1.0, 1.0, 1.0)
