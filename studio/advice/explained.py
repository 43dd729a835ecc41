"""What each measured value says and which way it pushes, by the rules that it moves. Pure; used by pages,
commands and records."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from studio.advice.answers import Answers
from studio.advice.rule import Rule
from studio.advice.signals import MEANINGS, SIGNAL_TEXTS, Signals
from studio.advice.weighing import DERIVED, weigh

NEITHER = "neither way"
NAMES = {"rag": "RAG", "fine-tune": "fine-tuning", "not yet": "building nothing yet"}


@dataclass(frozen=True)
class SignalView:
    """One measured value; `n` counts what it rests on, `direction` is in words, `rules` are ids."""

    key: str
    name: str
    value: Any
    n: int | None
    direction: str
    sentence: str
    rules: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def explained(answers: Answers, signals: Signals) -> list[SignalView]:
    """Every value that is known, in the order of SIGNAL_TEXTS."""
    holding = weigh(answers, signals).rules
    return [
        _view(key, signals, [rule for rule in holding if key in _moved_by(rule)])
        for key, value in signals.as_dict().items()
        if value is not None
    ]


def _view(key: str, signals: Signals, rules: list[Rule]) -> SignalView:
    heaviest = max(rules, key=lambda rule: max(map(abs, rule.pushes.values())), default=None)
    return SignalView(
        key=key,
        name=SIGNAL_TEXTS[key],
        value=getattr(signals, key),
        n=signals.sample_sizes.get(key),
        direction=_direction(rules),
        sentence=heaviest.text if heaviest else MEANINGS[key],
        rules=tuple(rule.id for rule in rules),
    )


def _moved_by(rule: Rule) -> Iterator[str]:
    """The signals that a rule speaks about: those behind its first condition."""
    yield from DERIVED.get(rule.signal, (rule.signal,))


def _direction(rules: list[Rule]) -> str:
    total: dict[str, float] = defaultdict(float)
    for rule in rules:
        for way, points in rule.pushes.items():
            total[way] += points
    towards = [NAMES[way] for way, points in total.items() if points > 0]
    away = [NAMES[way] for way, points in total.items() if points < 0]
    if any(rule.forbids for rule in rules):
        away = [*away, *([] if NAMES["fine-tune"] in away else [NAMES["fine-tune"]])]
    parts = [f"towards {' and '.join(towards)}"] if towards else []
    parts += [f"away from {' and '.join(away)}"] if away else []
    return ", ".join(parts) or NEITHER
