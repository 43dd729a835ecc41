"""Holds a part of the examples out for measuring, group by group so that nothing leaks. Used by versions."""

import random
from collections import defaultdict
from collections.abc import Sequence

from studio.training_sets.examples import Candidate, plain

SEED = 17
HELD_OUT_SHARE = 0.1
GENEROUS = 2


def held_out(examples: Sequence[Candidate], share: float = HELD_OUT_SHARE, seed: int = SEED) -> list[bool]:
    """For each example whether it is held out.

    Examples of one group, or with the same question, stay together. At least one group is held out and one
    is left to train on, unless there is only one group or the share is 0.
    """
    groups = group_keys(examples)
    members: dict[str, int] = defaultdict(int)
    for key in groups:
        members[key] += 1
    chosen = _choose(members, share * len(examples), seed) if share > 0 and len(members) > 1 else set()
    return [key in chosen for key in groups]


def group_keys(examples: Sequence[Candidate]) -> list[str]:
    """One key for each example: the first question met among all that are tied to it by group or question."""
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        parent.setdefault(key, key)
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for example in examples:
        question = root("question:" + plain(example.prompt))
        if example.group:
            parent[question] = root("group:" + plain(example.group))
    return [root("question:" + plain(example.prompt)) for example in examples]


def _choose(members: dict[str, int], wanted: float, seed: int) -> set[str]:
    """Groups in random order until enough; one that would take far too many is passed over."""
    order = sorted(members)
    random.Random(seed).shuffle(order)
    chosen: set[str] = set()
    taken = 0
    for key in order:
        if taken >= wanted:
            break
        if taken + members[key] <= max(1.0, GENEROUS * wanted):
            chosen.add(key)
            taken += members[key]
    return chosen or {min(order, key=lambda key: (members[key], key))}
