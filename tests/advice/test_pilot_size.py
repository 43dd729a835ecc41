from studio.advice.piloting.curve import CurvePoint, what_the_curve_says
from studio.advice.piloting.size import (
    CURVE,
    FEWEST_STEPS,
    MOST_PASSES,
    TRAINING,
    WITH_PASSAGES,
    Learned,
    PilotSize,
    steps_for,
)


def test_a_slow_host_trains_fewer_steps_in_the_same_time():
    fast, slow = (steps_for(Learned(500, 90.0, speed), 60, 4) for speed in (240.0, 120.0))
    assert (fast, slow) == (40, 20)


def test_few_examples_are_not_repeated_for_ever():
    assert steps_for(Learned(40, 50.0, 1e6), 600, 4) == MOST_PASSES * 40 / 4


def test_even_a_very_slow_host_takes_some_steps():
    assert steps_for(Learned(500, 900.0, 1.0), 10, 4) == FEWEST_STEPS


def test_a_pilot_leaves_time_for_more_than_training():
    size = PilotSize(minutes=10)
    trained = size.seconds(TRAINING) * (1 + len(CURVE)) + size.seconds(WITH_PASSAGES)
    assert trained < 0.6 * 600


def test_a_falling_curve_asks_for_more_examples():
    said = what_the_curve_says([CurvePoint(0.5, 100, 2.0), CurvePoint(1.0, 200, 1.8)])
    assert "more examples like these would probably help" in said
    assert "2.00 with 100" in said


def test_a_flat_curve_does_not():
    said = what_the_curve_says([CurvePoint(1.0, 200, 1.99), CurvePoint(0.5, 100, 2.0)])
    assert "would change little" in said


def test_one_point_is_no_curve():
    assert what_the_curve_says([CurvePoint(1.0, 200, 1.99)]) == ""
