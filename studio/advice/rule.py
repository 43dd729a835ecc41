"""What a rule of the advice is: conditions on what is known, and pushes. Pure; rules.toml holds them."""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Known = Mapping[str, Any]

TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "is": operator.eq,
    "is not": operator.ne,
    "in": lambda value, options: value in options,
    ">=": operator.ge,
    "<=": operator.le,
    "<": operator.lt,
}
UNKNOWN = "unknown"
_WORDS = {"yes": True, "no": False}
_CONDITION = re.compile(r"(?P<key>\w+) (?P<test>is not|is|in|>=|<=|<) (?P<value>\S+)")


@dataclass(frozen=True)
class When:
    """A condition on one answer or signal. What is unknown fulfils only "is unknown" and "is not"."""

    key: str
    test: str
    value: Any = None

    def holds(self, known: Known) -> bool:
        value = known.get(self.key)
        if self.value == UNKNOWN:
            return value is None
        return (value is not None or self.test == "is not") and TESTS[self.test](value, self.value)


def read_condition(text: str) -> When:
    """From "hit_at_k >= 0.8", "needs_sources is yes" or "facts_change in weekly|daily"."""
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise ValueError(f"This is no condition of a rule: {text}")
    return When(found["key"], found["test"], _limit(found["test"], found["value"]))


def _limit(test: str, said: str) -> Any:
    if test == "in":
        return tuple(said.split("|"))
    if re.fullmatch(r"[\d.]+", said):
        return float(said)
    return _WORDS.get(said, said)


@dataclass(frozen=True)
class Rule:
    """The first condition names the signal a reason shows; `figures` are ids of figures.FIGURES.

    `forbids` are conclusions; `rules_out` are approaches that not even a pilot may bring back; `not_yet`: why
    this rule says "not yet" (kinds.NOT_YET).
    """

    id: str
    text: str
    when: tuple[When, ...]
    pushes: Mapping[str, float]
    source: str
    forbids: tuple[str, ...] = ()
    rules_out: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    not_yet: str = ""

    @property
    def signal(self) -> str:
        return self.when[0].key

    def holds(self, known: Known) -> bool:
        return all(condition.holds(known) for condition in self.when)
