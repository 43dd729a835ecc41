"""How often a comparison is wrong by chance: made-up scores of known truth, put through the real report.

`measure_coverage` counts how many 95 % intervals hold the true mean; `measure_false_winners` how many
comparisons of identical approaches declare that one of them wins. Called by docs/proof.py and by a test.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from studio.approaches import COMPETING
from studio.comparison.question_sets import Question
from studio.comparison.report import ComparisonReport, StoredAnswer, build_report
from studio.statistics import Share, bootstrap_interval, paired_difference, share_of

Scores = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
SIZES = (30, 60, 100)
# how alike two approaches answer the same question, beyond what the question itself makes of it
SHARED = 0.5


@dataclass(frozen=True)
class Kind:
    """Scores of a kind: `quantile` turns shares of a standard normal into scores, whose mean is `mean`."""

    name: str
    mean: float
    quantile: Callable[[Scores], Scores]

    def drawn(self, generator: np.random.Generator, approaches: int, questions: int) -> Scores:
        """Of shape (approaches, questions): a question is hard or easy for all approaches alike."""
        own = generator.standard_normal((approaches, questions))
        common = generator.standard_normal(questions)
        return self.quantile(np.sqrt(SHARED) * common + np.sqrt(1 - SHARED) * own)


def _right_or_wrong(latent: Scores) -> Scores:
    return (latent > 0.5244).astype(float)  # the normal quantile of 0.7: three in ten are right


def _overlap(latent: Scores) -> Scores:
    """Like word overlap: many low scores, few high ones; the mean of exp(x) / (1 + exp(x)) was integrated."""
    return 1 / (1 + np.exp(-(1.5 * latent - 1)))


def _mean_overlap() -> float:
    points, weights = np.polynomial.hermite_e.hermegauss(60)
    return float((weights * _overlap(points)).sum() / weights.sum())


KINDS = (
    Kind("right or wrong", 0.3, _right_or_wrong),
    Kind("overlap between 0 and 1", _mean_overlap(), _overlap),
)


@dataclass(frozen=True)
class Found:
    """`share` of `sample` simulated comparisons, for scores of a kind over so many questions."""

    what: str
    kind: str
    questions: int
    share: Share


def measure_coverage(kind: Kind, questions: int, trials: int, seed: int = 1) -> list[Found]:
    """Of the interval of one approach's mean, and of that of the difference of two equal ones."""
    generator = np.random.default_rng(seed)
    means = gaps = 0
    for _ in range(trials):
        one, other = kind.drawn(generator, 2, questions)
        means += _holds(bootstrap_interval(list(one)), kind.mean)
        gaps += _holds(paired_difference(list(one), list(other)), 0.0)
    return [
        Found("interval of a mean holds the truth", kind.name, questions, share_of(means, trials)),
        Found("interval of a difference holds the truth", kind.name, questions, share_of(gaps, trials)),
    ]


def measure_false_winners(kind: Kind, questions: int, trials: int, seed: int = 2) -> list[Found]:
    """Four identical approaches in the real report: how often it has a winner, or shows any difference."""
    generator = np.random.default_rng(seed)
    winners = differences = 0
    for _ in range(trials):
        report = _report(kind.drawn(generator, len(COMPETING), questions))
        winners += bool(report.leader and report.leader["decided"])
        differences += any(difference["decided"] for difference in report.differences)
    return [
        Found("a winner among four equals", kind.name, questions, share_of(winners, trials)),
        Found("any difference shown among four equals", kind.name, questions, share_of(differences, trials)),
    ]


def _holds(interval: object, truth: float) -> bool:
    low, high = getattr(interval, "low", None), getattr(interval, "high", None)
    return low is not None and high is not None and low <= truth <= high


def _report(scores: Scores) -> ComparisonReport:
    count = scores.shape[1]
    questions = {at: Question(f"Question {at}?", f"A long reference answer {at}.") for at in range(count)}
    answers = [
        StoredAnswer(at, name, "An answer.", [], {"token_f1": float(scores[row, at])}, 0.0)
        for row, name in enumerate(COMPETING)
        for at in range(count)
    ]
    return build_report(questions, answers, excluded=0)
