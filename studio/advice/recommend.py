"""From answers and signals to a recommendation in which every reason can be checked. Pure.

Used by pages, `advise` and decisions.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from studio.advice.answers import Answers
from studio.advice.figures import FIGURES
from studio.advice.flips import Flip, flips
from studio.advice.missing import ExamplesNeeded, examples_needed, what_is_missing
from studio.advice.rule import Rule
from studio.advice.signals import SIGNAL_TEXTS, Signals
from studio.advice.weighing import Weighed, weigh, what_is_known

MEANINGS = {
    "rag": "Look the answers up: build a library of the documents and answer from the passages found.",
    "fine-tune": "Train an adapter on the examples; the base model learns the trade's form and wording.",
    "rag+fine-tune": "Do both: facts come from the documents, form and wording from an adapter.",
    "not yet": "Build nothing yet: prompt the base model as it is, and gather what is missing.",
}
WAYS = {
    "rag": ("rag",),
    "fine-tune": ("fine-tune",),
    "rag+fine-tune": ("rag", "fine-tune"),
    "not yet": ("not yet",),
}
# a judgement from few clues stays below this many for full marks
CLUES_FOR_FULL_MARKS = 8
MOST_CONFIDENT = 0.95


@dataclass(frozen=True)
class Reason:
    """A rule that holds, the value that made it hold, and where both come from."""

    rule: str
    text: str
    signal: str
    value: Any
    weight: float
    source: str
    kind: str
    n: int | None = None
    figures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recommendation:
    """`confidence` is a judgement between 0 and 1 from margin and clues, not a probability."""

    conclusion: str
    meaning: str
    confidence: float
    reasons: tuple[Reason, ...]
    against: tuple[Reason, ...]
    missing: tuple[str, ...]
    examples_needed: ExamplesNeeded | None
    flips: tuple[Flip, ...]
    scores: dict[str, float]
    answers: dict[str, Any]
    signals: dict[str, Any]
    figures: dict[str, dict[str, str]]
    pilot: dict[str, Any] | None = None
    overturned: bool = False
    pilot_says: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def recommend(answers: Answers, signals: Signals) -> Recommendation:
    """Conclude from what is known; knows nothing → not yet."""
    weighed = weigh(answers, signals)
    reasons, against = _sides(weighed, answers, signals)
    cited = {key for reason in (*reasons, *against) for key in reason.figures}
    return Recommendation(
        conclusion=weighed.conclusion,
        meaning=MEANINGS[weighed.conclusion],
        confidence=_confidence(weighed),
        reasons=reasons,
        against=against,
        missing=what_is_missing(weighed.conclusion, answers, signals),
        examples_needed=examples_needed(signals),
        flips=flips(answers, signals),
        scores={conclusion: round(score, 3) for conclusion, score in weighed.scores.items()},
        answers=answers.as_dict(),
        signals=signals.as_dict(),
        figures={key: figure.as_dict() for key, figure in FIGURES.items() if key in cited},
    )


def _sides(
    weighed: Weighed, answers: Answers, signals: Signals
) -> tuple[tuple[Reason, ...], tuple[Reason, ...]]:
    """What speaks for the conclusion and what against it, heaviest first."""
    known = what_is_known(answers, signals)
    reasons: list[Reason] = []
    against: list[Reason] = []
    for rule in weighed.rules:
        pull = _pull(rule, weighed.conclusion)
        side = reasons if pull > 0 else against
        side.append(_reason(rule, abs(pull), known[rule.signal], signals))
    return _heaviest_first(reasons), _heaviest_first(against)


def _pull(rule: Rule, conclusion: str) -> float:
    """Points for the conclusion's own ways; a rule that pushes only elsewhere speaks against it."""
    own = sum(rule.pushes.get(way, 0.0) for way in WAYS[conclusion])
    others = sum(points for way, points in rule.pushes.items() if way not in WAYS[conclusion])
    return own or -others


def _reason(rule: Rule, weight: float, value: Any, signals: Signals) -> Reason:
    measured = rule.signal in SIGNAL_TEXTS or rule.signal in ("examples_per_answer", "context_gain")
    return Reason(
        rule=rule.id,
        text=rule.text,
        signal=rule.signal,
        value=value,
        weight=round(weight, 3),
        source=rule.source,
        kind="measurement" if measured else "answer",
        n=signals.sample_sizes.get(rule.signal),
        figures=rule.figures,
    )


def _heaviest_first(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(sorted(reasons, key=lambda reason: -reason.weight))


def _confidence(weighed: Weighed) -> float:
    clues = min(1.0, len(weighed.rules) / CLUES_FOR_FULL_MARKS)
    lead = weighed.margin / (weighed.margin + 2)
    return round(min(MOST_CONFIDENT, 0.2 + 0.5 * lead + 0.3 * clues), 2)
