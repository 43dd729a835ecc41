"""Which single change would lead to another recommendation. Pure; called by recommend."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Protocol

from studio.advice.answers import QUESTIONS, Answers
from studio.advice.signals import SHARES, SIGNAL_TEXTS, Signals

WHAT_IF_ANSWERS: dict[str, tuple[Any, ...]] = {
    "latency_seconds": (0.5, 30.0),
    "gpu_memory_gb": (0.0, 24.0),
}
WHAT_IF_SIGNALS: dict[str, tuple[float, ...]] = {
    "documents": (0, 500),
    "document_tokens": (50_000, 1_000_000),
    "examples": (0, 100, 1_000, 5_000),
    "closed_book": (0.1, 0.9),
    "oracle_context": (0.2, 0.9),
    "hit_at_k": (0.2, 0.9),
    "answer_coverage": (0.1, 0.9),
    "duplicate_share": (0.0, 0.5),
    "contradiction_share": (0.0, 0.3),
    "changed_share": (0.0, 0.5),
}


@dataclass(frozen=True)
class Flip:
    """Were `key` at `value` instead, the conclusion would be another."""

    key: str
    value: Any
    conclusion: str
    text: str
    lead: float


class Judged(Protocol):
    """What a judge says: a conclusion, and by how much it leads."""

    @property
    def conclusion(self) -> str: ...
    @property
    def margin(self) -> float: ...


Judge = Callable[[Answers, Signals], Judged]


def flips(answers: Answers, signals: Signals, judge: Judge) -> tuple[Flip, ...]:
    """All single changes that flip the conclusion; the one that would lead most clearly comes first."""
    now = judge(answers, signals).conclusion
    found = [flip for flip in _changes(answers, signals, judge) if flip.conclusion != now]
    return tuple(sorted(found, key=lambda flip: -flip.lead))


def _changes(answers: Answers, signals: Signals, judge: Judge) -> Iterator[Flip]:
    for question in QUESTIONS:
        options = question.options or tuple((v, f"{v:g}") for v in WHAT_IF_ANSWERS[question.key])
        for value, label in options:
            if value != getattr(answers, question.key):
                judged = judge(replace(answers, **{question.key: value}), signals)
                yield _flip(question.key, value, f"If you answered “{label}” to “{question.text}”", judged)
    for key, values in WHAT_IF_SIGNALS.items():
        for number in values:
            if number != getattr(signals, key):
                other: Any = {key: number}
                yield _flip(key, number, _condition(key, number), judge(answers, replace(signals, **other)))


def _condition(key: str, number: float) -> str:
    text = SIGNAL_TEXTS[key].removesuffix(", estimated")
    if key in SHARES:
        return f"With {number:.0%} as the {text}"
    return f"With {number:,} {text}" if number else f"With no {text}"


def _flip(key: str, value: Any, condition: str, judged: Judged) -> Flip:
    text = f"{condition}, the recommendation would be {judged.conclusion}."
    return Flip(key, value, judged.conclusion, text, round(judged.margin, 3))
