"""Adds up what the rules say for each conclusion. Pure; called by recommend."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from studio.advice.answers import Answers
from studio.advice.rule import Rule
from studio.advice.rules import NEED_FOR_BOTH, NOT_YET_AT_FIRST, RULES
from studio.advice.signals import Signals

# tokens a long prompt can hold
ONE_PROMPT = 200_000
OFTEN_CHANGED = 0.2
# simplest first: a tie goes to what is less work
CONCLUSIONS = ("not yet", "rag", "fine-tune", "rag+fine-tune")


@dataclass(frozen=True)
class Weighed:
    """The rules that hold, and a score for each conclusion; forbidden ones are not in `allowed`."""

    rules: tuple[Rule, ...]
    scores: Mapping[str, float]
    allowed: tuple[str, ...]

    @property
    def conclusion(self) -> str:
        return max(self.allowed, key=lambda conclusion: self.scores[conclusion])

    @property
    def margin(self) -> float:
        """By how much the conclusion leads the next allowed one."""
        first, second = sorted((self.scores[conclusion] for conclusion in self.allowed), reverse=True)[:2]
        return first - second


def weigh(answers: Answers, signals: Signals) -> Weighed:
    """Doing both wins when even the weaker of the two needs is strong on its own."""
    known = what_is_known(answers, signals)
    holding = tuple(rule for rule in RULES if rule.holds(known))
    need: dict[str, float] = defaultdict(float)
    for rule in holding:
        for way, points in rule.pushes.items():
            need[way] += points
    rag, tune = need["rag"], need["fine-tune"]
    scores = {
        "not yet": NOT_YET_AT_FIRST + need["not yet"],
        "rag": rag,
        "fine-tune": tune,
        "rag+fine-tune": rag + tune - NEED_FOR_BOTH,
    }
    forbidden = {conclusion for rule in holding for conclusion in rule.forbids}
    allowed = tuple(conclusion for conclusion in CONCLUSIONS if conclusion not in forbidden)
    return Weighed(holding, scores, allowed)


def what_is_known(answers: Answers, signals: Signals) -> dict[str, Any]:
    """Answers and signals together with what follows from them."""
    known = {**answers.as_dict(), **signals.as_dict()}
    tokens, changed = signals.document_tokens, signals.changed_share
    known["documents_may_fit"] = signals.documents != 0 and (tokens is None or tokens < ONE_PROMPT)
    known["sources_may_be_hidden"] = answers.needs_sources is not True
    often = answers.facts_change in ("monthly", "weekly", "daily")
    known["facts_move"] = often or (changed is not None and changed >= OFTEN_CHANGED)
    if signals.examples is not None and signals.distinct_answers:
        known["examples_per_answer"] = signals.examples / signals.distinct_answers
    if signals.closed_book is not None and signals.oracle_context is not None:
        known["context_gain"] = round(signals.oracle_context - signals.closed_book, 4)
    return known


# which signals stand behind a value that follows from several
DERIVED = {
    "documents_may_fit": ("documents", "document_tokens"),
    "facts_move": ("changed_share",),
    "examples_per_answer": ("examples", "distinct_answers"),
    "context_gain": ("closed_book", "oracle_context"),
}
