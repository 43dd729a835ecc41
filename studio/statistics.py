"""Intervals and paired tests over questions. Pure numpy; called where scores are reported.

Percentile bootstrap, 95 %, widened for small samples (Hesterberg 2015, "What teachers should know about the
bootstrap", section 5.3); p by flipping the signs of the paired differences at random.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from statistics import NormalDist
from typing import Any

import numpy as np

RESAMPLES = 10_000
SEED = 17
CONFIDENCE = 0.95
POWER = 0.8
# below this many questions there is no interval: five wins out of five happen by chance too often
FEWEST = 6
# below this many questions nothing is said of how many are needed, and equal gaps prove nothing
TELLING = 10
# of paired differences of overlap scores, as measured on small models: what a plan reckons with
USUAL_SPREAD = 0.3
# how many drawn values are held in memory at once
BLOCK = 2_000_000

Drawn = np.ndarray[Any, np.dtype[Any]]
Draw = Callable[[int, int], Iterator[Drawn]]


@dataclass(frozen=True)
class Interval:
    """A mean over n questions; low and high are None where n is too small to say anything."""

    mean: float | None
    low: float | None
    high: float | None
    n: int

    def as_dict(self) -> dict[str, float | int | None]:
        return asdict(self)


@dataclass(frozen=True)
class Difference(Interval):
    """Mean of a minus b over the same questions, with the two-sided p of no difference."""

    p: float | None = None
    questions_needed: int | None = None

    @property
    def decided(self) -> bool:
        """Both the interval and the test say that it is not chance."""
        if self.low is None or self.high is None or self.p is None:
            return False
        return (self.low > 0 or self.high < 0) and self.p <= 1 - CONFIDENCE


@dataclass(frozen=True)
class Share:
    """`share` of `sample` judged things, None where none was judged; low and high bound it."""

    share: float | None = None
    low: float | None = None
    high: float | None = None
    sample: int = 0


def bootstrap_interval(
    values: Sequence[float], seed: int = SEED, weights: Sequence[float] | None = None
) -> Interval:
    """The mean of `values` (scores between 0 and 1) and its interval over questions, which may weigh
    differently."""
    sample = np.asarray(values, dtype=float)
    shares = None if weights is None else np.asarray(weights, dtype=float)
    if sample.size == 0:
        return Interval(None, None, None, 0)
    mean = float(sample.mean() if shares is None else sample @ shares / shares.sum())
    if sample.size < FEWEST:
        return Interval(_round(mean), None, None, sample.size)
    low, high = _widened(mean, sample.size, 0.0) if _constant(sample) else _percentiles(sample, seed, shares)
    return Interval(_round(mean), _round(low), _round(high), sample.size)


def separation(above: Sequence[float], below: Sequence[float], seed: int = SEED) -> Interval:
    """The chance that one of `above` is larger than one of `below`, equal ones counting half: 1 where they
    are apart, 0.5 where they are alike. Also called the area under the ROC curve."""
    more, less = np.asarray(above, dtype=float)[:, None], np.asarray(below, dtype=float)
    if not more.size or not less.size:
        return Interval(None, None, None, 0)
    won = (more > less) + 0.5 * (more == less)
    mean, asked, fewer = float(won.mean()), sum(won.shape), min(won.shape)
    if fewer < FEWEST:
        return Interval(_round(mean), None, None, asked)
    if _constant(won):
        low, high = _widened(mean, fewer, 0.0)
    else:
        rows, columns = (
            np.concatenate(list(_drawn(_resamples, size, seed + at))) for at, size in enumerate(won.shape)
        )
        low, high = _between(((rows @ won) * columns).sum(axis=1) / won.size, fewer)
    return Interval(_round(mean), _round(low), _round(high), asked)


def share_of(right: int, judged: int) -> Share:
    """Wilson's score interval (1927), which holds for small samples and for shares near 0 and 1."""
    if not judged:
        return Share()
    z = NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / 2)
    share, spread = right / judged, z * z / judged
    middle = (share + spread / 2) / (1 + spread)
    reach = z / (1 + spread) * math.sqrt(share * (1 - share) / judged + spread / (4 * judged))
    low, high = max(0.0, middle - reach), min(1.0, middle + reach)
    return Share(_round(share), _round(low), _round(high), judged)


def paired_difference(a: Sequence[float], b: Sequence[float], seed: int = SEED) -> Difference:
    """How much higher `a` scored than `b` on the same questions, in order; scores lie between 0 and 1."""
    gaps = np.asarray(a, dtype=float) - np.asarray(b, dtype=float)
    if gaps.size == 0:
        return Difference(None, None, None, 0)
    mean = float(gaps.mean())
    p, needed = _sign_flip_p(gaps, seed), _questions_needed(gaps)
    if gaps.size < (TELLING if _constant(gaps) else FEWEST):
        return Difference(_round(mean), None, None, gaps.size, p, None)
    low, high = _widened(mean, gaps.size, -1.0) if _constant(gaps) else _percentiles(gaps, seed)
    found = Difference(_round(mean), _round(low), _round(high), gaps.size, p, needed)
    return found if found.decided else replace(found, questions_needed=beyond(needed, gaps.size))


def detectable(questions: int, looks: int = 1, spread: float = USUAL_SPREAD) -> float | None:
    """The smallest difference that so many questions show four times out of five; None with too few.

    `looks` pairs are held against each other (Bonferroni's bound, which Holm's correction never exceeds).
    """
    if questions < FEWEST:
        return None
    normal = NormalDist()
    factor = normal.inv_cdf(1 - (1 - CONFIDENCE) / 2 / looks) + normal.inv_cdf(POWER)
    return factor * spread / math.sqrt(questions)


def beyond(needed: int | None, asked: int) -> int | None:
    """Questions needed where `asked` did not decide: half as many again at the least, 10 more."""
    return None if needed is None else max(needed, asked + max(TELLING, asked // 2))


def _percentiles(sample: np.ndarray, seed: int, shares: np.ndarray | None = None) -> tuple[float, float]:
    """Each draw is divided by its own weights, or it could leave the range of the values."""
    weighed = sample if shares is None else np.column_stack([sample * shares, shares])
    sums = np.concatenate([counts @ weighed for counts in _drawn(_resamples, sample.size, seed)])
    return _between(sums / sample.size if shares is None else sums[:, 0] / sums[:, 1], sample.size)


def _between(drawn: np.ndarray, size: int) -> tuple[float, float]:
    tail = NormalDist().cdf(-t_quantile(size - 1) * math.sqrt(size / (size - 1)))
    low, high = np.quantile(drawn, (tail, 1 - tail))
    return float(low), float(high)


def _drawn(draw: Draw, size: int, seed: int) -> Iterable[Drawn]:
    """The same draws serve every sample of a size: a report has dozens of the same questions."""
    return _kept(draw, size, seed) if size * RESAMPLES <= BLOCK else draw(size, seed)


@lru_cache(maxsize=4)
def _kept(draw: Draw, size: int, seed: int) -> tuple[Drawn, ...]:
    return tuple(draw(size, seed))


def _resamples(size: int, seed: int) -> Iterator[Drawn]:
    """How often each of `size` values is drawn: a row for each resample, some rows at a time."""
    generator = np.random.default_rng(seed)
    for rows in _blocks(size):
        places = generator.integers(0, size, (rows, size)) + np.arange(rows)[:, None] * size
        yield np.bincount(places.ravel(), minlength=rows * size).reshape(rows, size).astype(np.int16)


def _signs(size: int, seed: int) -> Iterator[Drawn]:
    """Plus or minus one for each of `size` gaps: a row for each flip, some rows at a time."""
    generator = np.random.default_rng(seed)
    for rows in _blocks(size):
        yield generator.choice(np.array((-1, 1), np.int8), (rows, size))


def _blocks(size: int) -> Iterator[int]:
    """Rows at a time, RESAMPLES in all."""
    rows = max(1, BLOCK // size)
    for start in range(0, RESAMPLES, rows):
        yield min(rows, RESAMPLES - start)


def t_quantile(freedom: int) -> float:
    """Student's t at 97.5 %, by Cornish and Fisher's expansion (Abramowitz and Stegun 26.7.5)."""
    z = NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / 2)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
    )
    return float(z + sum(term / freedom**power for power, term in enumerate(terms, start=1)))


def _sign_flip_p(gaps: np.ndarray, seed: int) -> float:
    """Share of random sign flips with a mean at least as far from 0; never below 1 in 10,001."""
    observed = abs(gaps.sum()) - 1e-9
    drawn = _drawn(_signs, gaps.size, seed)
    extreme = sum(int((np.abs(signs @ gaps) >= observed).sum()) for signs in drawn)
    return round((extreme + 1) / (RESAMPLES + 1), 4)


def _questions_needed(gaps: np.ndarray) -> int | None:
    """How many questions would show a difference of this size four times out of five."""
    if gaps.size < TELLING or abs(float(gaps.mean())) < 1e-9:
        return None
    mean, spread = abs(float(gaps.mean())), float(gaps.std(ddof=1))
    normal = NormalDist()
    factor = normal.inv_cdf(1 - (1 - CONFIDENCE) / 2) + normal.inv_cdf(POWER)
    return max(2, math.ceil((factor * spread / mean) ** 2))


def _constant(sample: np.ndarray) -> bool:
    return float(np.ptp(sample)) < 1e-9


def _widened(mean: float, size: int, lowest: float) -> tuple[float, float]:
    """Bounds where all values are equal and a bootstrap would claim certainty: as many of the questions as
    Wilson's interval leaves open could still have the worst value, or the best (1)."""
    z = NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / 2)
    edge = z * z / (size + z * z)
    return mean - edge * (mean - lowest), mean + edge * (1 - mean)


def _round(value: float) -> float:
    return round(value, 4)
