"""Finds what belongs together: things tied to each other, directly or over others. Used by splitting."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np

Numbers: TypeAlias = np.ndarray[Any, Any]


def tied(count: int, keys: Sequence[Numbers], ties: Iterable[Numbers] = ()) -> Numbers:
    """For each of `count` things the number of its part, from 0.

    Things are tied when one of their keys is equal (0 ties nothing), or when a tie names them both. Millions
    of things are joined at once, in a few rounds, instead of one after the other.
    """
    found = [*(_first_alike(column) for column in keys), _first_named(ties)]
    one, other = (np.concatenate([pair[side] for pair in found]) for side in (0, 1))
    parent = np.arange(count)
    while len(one):
        one, other = parent[one], parent[other]
        apart = one != other
        one, other = one[apart], other[apart]
        np.minimum.at(parent, np.maximum(one, other), np.minimum(one, other))
        parent = _roots(parent)
    return np.unique(parent, return_inverse=True)[1]


def _roots(parent: Numbers) -> Numbers:
    """The top of each chain."""
    while True:
        above = parent[parent]
        if (above == parent).all():
            return parent
        parent = above


def _first_alike(column: Numbers) -> tuple[Numbers, Numbers]:
    """Each thing beside the first with its key."""
    order = np.argsort(column, kind="stable")
    there = column[order]
    again = np.zeros(len(order), bool)
    again[1:] = there[1:] == there[:-1]
    first = order[np.maximum.accumulate(np.where(again, 0, np.arange(len(order))))] if len(order) else order
    again &= there != 0
    return first[again], order[again]


def _first_named(ties: Iterable[Numbers]) -> tuple[Numbers, Numbers]:
    """Each thing of a tie beside its first."""
    named = [members for members in ties if len(members) > 1]
    if not named:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    return (
        np.concatenate([np.repeat(members[:1], len(members) - 1) for members in named]),
        np.concatenate([members[1:] for members in named]),
    )
