"""What a rule of the advice is: conditions on what is known, and pushes. Pure; the rules stand in rules."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Known = Mapping[str, Any]

TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "is": operator.eq,
    "in": lambda value, options: value in options,
    "at least": operator.ge,
    "at most": operator.le,
    "below": operator.lt,
}


@dataclass(frozen=True)
class When:
    """A condition on one answer or signal; it does not hold for what is unknown, except "unknown"."""

    key: str
    test: str
    value: Any = None

    def holds(self, known: Known) -> bool:
        value = known.get(self.key)
        if self.test == "unknown":
            return value is None
        return value is not None and TESTS[self.test](value, self.value)


@dataclass(frozen=True)
class Rule:
    """The first condition names the signal a reason shows; `figures` are ids of figures.FIGURES.

    `forbids` are conclusions; `rules_out` are approaches that not even a pilot may bring back.
    """

    id: str
    text: str
    when: tuple[When, ...]
    pushes: Mapping[str, float]
    source: str
    forbids: tuple[str, ...] = ()
    rules_out: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()

    @property
    def signal(self) -> str:
        return self.when[0].key

    def holds(self, known: Known) -> bool:
        return all(condition.holds(known) for condition in self.when)
