"""Finds what belongs together: things tied to each other, directly or over others. Used by splitting."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np

Numbers: TypeAlias = np.ndarray[Any, Any]


def tied(count: int, keys: Sequence[Numbers], ties: Iterable[Numbers] = ()) -> Numbers:
    """For each of `count` things the number of its part, from 0.

    Things are tied when one of their keys is equal (0 ties nothing), or when a tie names them both.
    """
    parent = list(range(count))

    def root(one: int) -> int:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for first, second in _pairs(keys, ties):
        parent[root(first)] = root(second)
    roots = np.fromiter((root(one) for one in range(count)), np.int64, count)
    return np.unique(roots, return_inverse=True)[1]


def _pairs(keys: Sequence[Numbers], ties: Iterable[Numbers]) -> Iterable[tuple[int, int]]:
    for column in keys:
        order = np.argsort(column, kind="stable")
        same = (column[order][1:] == column[order][:-1]) & (column[order][1:] != 0)
        yield from zip(order[:-1][same].tolist(), order[1:][same].tolist(), strict=True)
    for members in ties:
        together = members.tolist()
        yield from ((together[0], other) for other in together[1:])
