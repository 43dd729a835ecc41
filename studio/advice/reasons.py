"""What speaks for a conclusion and what against it, each traced to its source. Pure; called by recommend."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from studio.advice.answers import QUESTIONS, Answers
from studio.advice.rule import Rule
from studio.advice.signals import SIGNAL_TEXTS, Signals
from studio.advice.weighing import DERIVED, Weighed, what_is_known

WAYS = {
    "rag": ("rag",),
    "fine-tune": ("fine-tune",),
    "rag+fine-tune": ("rag", "fine-tune"),
    "not yet": ("not yet",),
}

MEASURED = frozenset(question.key for question in QUESTIONS if question.measured)


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

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> "Reason":
        """From a kept decision: JSON knows no tuples."""
        return cls(**{**stored, "figures": tuple(stored["figures"])})


def sides(
    conclusion: str, weighed: Weighed, answers: Answers, signals: Signals
) -> tuple[list[Reason], list[Reason]]:
    """For and against, heaviest first."""
    known = what_is_known(answers, signals)
    reasons: list[Reason] = []
    against: list[Reason] = []
    for rule in weighed.rules:
        pull = _pull(rule, conclusion)
        side = reasons if pull > 0 else against
        side.append(_reason(rule, abs(pull), known[rule.signal], signals))
    return _heaviest_first(reasons), _heaviest_first(against)


def _pull(rule: Rule, conclusion: str) -> float:
    """Points for the conclusion's own ways; a rule that pushes only elsewhere speaks against it."""
    own = sum(rule.pushes.get(way, 0.0) for way in WAYS[conclusion])
    others = sum(points for way, points in rule.pushes.items() if way not in WAYS[conclusion])
    return own or -others


def _reason(rule: Rule, weight: float, value: Any, signals: Signals) -> Reason:
    measured = rule.signal in SIGNAL_TEXTS or rule.signal in DERIVED or rule.signal in MEASURED
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


def _heaviest_first(reasons: Iterable[Reason]) -> list[Reason]:
    return sorted(reasons, key=lambda reason: -reason.weight)
