"""The nearness from which a library answers, where it tells questions without an answer from others."""

import numpy as np

from studio.training_sets.building.answerability import MOST_LOST, choose

NEAR, FAR = np.linspace(0.6, 0.9, 40), np.linspace(0.2, 0.62, 40)


def test_it_refuses_most_of_the_unanswerable_and_few_of_the_others():
    chosen = choose(0.25, NEAR, FAR)
    assert chosen.refused_rightly >= 0.9
    assert chosen.refused_wrongly <= MOST_LOST


def test_it_stays_where_nearness_tells_nothing():
    assert choose(0.25, FAR, FAR) is None
