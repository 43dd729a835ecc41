"""The interval of a comparison's score: resamples drawn as arrays, against a plain loop."""

import random
from pathlib import Path
from statistics import median

from bench.rows import Row, interleaved, less_is_better, spread
from studio.statistics import RESAMPLES, bootstrap_interval, paired_difference

READ = (
    "A comparison of four approaches needs a dozen of these; the loop is what the textbook writes down. "
    f"Both draw {RESAMPLES:,} resamples of 60 questions."
)
QUESTIONS = 60
REPETITIONS = 7


def measure(_: Path) -> list[Row]:
    """Milliseconds for one interval and for one paired difference with its test."""
    chance = random.Random(1)
    a, b = ([round(chance.random(), 2) for _ in range(QUESTIONS)] for _ in range(2))
    gaps = [left - right for left, right in zip(a, b, strict=True)]
    taken = interleaved(
        {
            "interval": lambda: bootstrap_interval(a),
            "interval, loop": lambda: _interval(a),
            "difference": lambda: paired_difference(a, b),
            "difference, loop": lambda: (_interval(gaps), _flips(gaps)),
        },
        REPETITIONS,
    )
    return [
        less_is_better(
            name,
            1000 * median(taken[key]),
            ("plain Python loop", 1000 * median(taken[f"{key}, loop"])),
            "ms",
            f"{REPETITIONS} repetitions, ours {spread(taken[key], 1000)}",
        )
        for name, key in (("Interval of 60 scores", "interval"), ("Paired difference with p", "difference"))
    ]


def _interval(values: list[float]) -> tuple[float, float]:
    chance, size = random.Random(17), len(values)
    means = sorted(sum(chance.choices(values, k=size)) / size for _ in range(RESAMPLES))
    return means[int(0.025 * RESAMPLES)], means[int(0.975 * RESAMPLES)]


def _flips(gaps: list[float]) -> float:
    chance, observed = random.Random(17), abs(sum(gaps))
    flipped = (sum(gap if chance.random() < 0.5 else -gap for gap in gaps) for _ in range(RESAMPLES))
    return sum(abs(total) >= observed for total in flipped) / RESAMPLES
