import numpy as np
import pytest

from bench.chance import KINDS, SIZES, measure_coverage, measure_false_winners
from studio.statistics import beyond, bootstrap_interval, paired_difference, separation, share_of


def test_the_same_seed_gives_the_same_interval():
    values = list(np.random.default_rng(1).random(40))
    assert bootstrap_interval(values) == bootstrap_interval(values)


def test_the_interval_surrounds_the_mean_and_narrows_with_more_questions():
    draw = np.random.default_rng(2)
    few, many = bootstrap_interval(list(draw.random(20))), bootstrap_interval(list(draw.random(500)))
    assert few.low < few.mean < few.high
    assert many.high - many.low < few.high - few.low


@pytest.mark.parametrize("size", [8, 20, 60])
def test_nineteen_in_twenty_intervals_hold_the_true_mean(size):
    draw = np.random.default_rng(3)
    hits = 0
    for _ in range(200):
        found = bootstrap_interval(list(draw.beta(0.6, 1.2, size)))
        hits += found.low <= 1 / 3 <= found.high
    assert 0.90 <= hits / 200 <= 0.985


def test_the_interval_of_a_share_holds_it():
    # Wilson's score interval for 10 of 100, as in Newcombe 1998, method 3
    found = share_of(10, 100)
    assert (found.low, found.high) == (pytest.approx(0.0552, abs=1e-4), pytest.approx(0.1744, abs=1e-4))


def test_no_question_and_one_question_claim_nothing():
    assert bootstrap_interval([]).mean is None
    assert bootstrap_interval([0.4]).low is None
    assert not paired_difference([1.0], [0.0]).decided


def test_six_wrong_answers_do_not_prove_zero():
    found = bootstrap_interval([0.0] * 6)
    assert (found.low, found.mean) == (0.0, 0.0)
    assert found.high > 0.35


def test_a_clear_difference_is_decided():
    draw = np.random.default_rng(4)
    a = draw.random(60)
    found = paired_difference(list(a + 0.2), list(a + draw.normal(0, 0.1, 60)))
    assert found.decided
    assert found.p < 0.01


def test_three_wins_out_of_three_are_not_decided():
    assert not paired_difference([1, 1, 1], [0, 0, 0]).decided


def test_identical_approaches_differ_by_nothing():
    found = paired_difference([0.2, 0.8, 0.5], [0.2, 0.8, 0.5])
    assert (found.mean, found.p, found.decided) == (0.0, 1.0, False)


def test_equal_approaches_are_seldom_declared_different():
    draw = np.random.default_rng(5)
    wrong = sum(paired_difference(draw.random(30), draw.random(30)).decided for _ in range(200))
    assert wrong / 200 <= 0.06


def test_it_says_how_many_questions_would_be_needed():
    draw = np.random.default_rng(6)
    found = paired_difference(list(draw.normal(0.05, 0.3, 20)), [0.0] * 20)
    assert found.questions_needed > 20


def test_three_questions_have_no_interval_and_foresee_nothing():
    found = paired_difference([0.5, 0.4, 0.6], [0.1, 0.0, 0.2])
    assert (found.low, found.high, found.questions_needed, found.decided) == (None, None, None, False)
    assert bootstrap_interval([0.2, 0.5, 0.4]).low is None


def test_an_interval_always_has_a_width():
    assert bootstrap_interval([0.5] * 12).low < 0.5 < bootstrap_interval([0.5] * 12).high
    found = paired_difference([0.4] * 12, [0.3] * 12)
    assert found.low < 0.1 < found.high
    assert not found.decided


def test_equal_gaps_on_a_handful_of_questions_are_not_decided():
    assert not paired_difference([1.0] * 9, [0.0] * 9).decided
    assert paired_difference([1.0] * 48, [0.0] * 48).decided


def test_what_is_undecided_needs_more_questions_than_there_were():
    draw = np.random.default_rng(8)
    found = [paired_difference(draw.random(12), draw.random(12) + 0.1) for _ in range(60)]
    assert all(one.questions_needed is None or one.questions_needed > 12 for one in found if not one.decided)
    assert beyond(2, 12) == 22


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("size", SIZES)
def test_about_nineteen_in_twenty_intervals_hold_the_truth(kind, size):
    found = measure_coverage(kind, size, trials=120)
    assert all(0.90 <= one.share.share <= 0.99 for one in found), [one.share for one in found]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_equal_approaches_seldom_have_a_winner(kind):
    winner, any_difference = measure_false_winners(kind, 30, trials=150)
    assert winner.share.share <= 0.05
    assert any_difference.share.low <= 0.05


def test_weights_count_as_often_as_the_questions_they_stand_for():
    weighed = bootstrap_interval([0.2, 0.8] * 10, weights=[3.0, 1.0] * 10)
    assert weighed.mean == pytest.approx(0.35)
    assert weighed.low < 0.35 < weighed.high


def test_what_is_apart_is_told_apart_but_never_for_certain():
    apart = separation([0.8] * 12, [0.3] * 12)
    assert 0.7 < apart.low < apart.mean == apart.high == 1.0


def test_equal_values_are_told_apart_half_of_the_time():
    assert separation([0.5] * 3, [0.5] * 4).mean == 0.5
