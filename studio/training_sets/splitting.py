"""Holds a part of the examples out for measuring, so that nothing leaks. Used when a version is saved.

Examples that belong together stay on one side: those of one group (a document, a conversation), with the
same question, or nearly the same text. Which side that is depends on their texts and the seed alone, not on
the order of the rows. Millions of examples are told apart by numbers of 64 bits, not by their texts.
"""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Literal, overload

import numpy as np

from studio.errors import BadInput
from studio.training_sets.examples import Candidate, plain
from studio.training_sets.ties import Numbers, tied

SEED = 17
HELD_OUT_SHARE = 0.1
GENEROUS = 2
By = Literal["group", "time"]
SIDES = {"train": 1, "held_out": 2}


@dataclass(frozen=True)
class Splitting:
    """How much to hold out, and whether at random or the newest."""

    share: float = HELD_OUT_SHARE
    by: By = "group"
    seed: int = SEED


@dataclass(frozen=True)
class Division:
    """For each example whether it is held out, and the key of those it belongs together with.

    Held out by time, everything trained on is older than `since` or has no date.
    """

    held_out: list[bool]
    groups: Sequence[str]
    since: date | None = None


def split(
    rows: Iterable[Candidate],
    clusters: Iterable[Sequence[int]] = (),
    splitting: Splitting = Splitting(),
) -> Division:
    """Divide the examples; `clusters` name rows that are nearly the same by their numbers in the table.

    At least one group is held out and one is left to train on, unless there is only one group or the share
    is 0. A row that says its side itself keeps it. Raises BadInput when no row has the date it should have.
    """
    told = _Told(rows)
    parts = tied(len(told.questions), [told.questions, told.groups], told.indices(clusters))
    count = int(parts.max()) + 1 if len(parts) else 0
    keys = np.full(count, np.iinfo(np.uint64).max, np.uint64)
    np.minimum.at(keys, parts, told.questions)
    chosen = np.zeros(count, bool)
    days = np.zeros(count, np.int64)
    np.maximum.at(days, parts, told.days)
    if splitting.share > 0 and count > 1:
        order = _order(keys, days, splitting)
        chosen = _chosen(np.bincount(parts), order, splitting.share * len(parts))
    held_out = np.where(told.sides == 0, chosen[parts], told.sides == SIDES["held_out"])
    since = days[chosen].min() if splitting.by == "time" and chosen.any() else 0
    return Division(
        [bool(out) for out in held_out],
        Names(parts, keys, told.named(parts)),
        date.fromordinal(int(since)) if since else None,
    )


class Names(Sequence[str]):
    """The name of the group of each example; without one of its own, a key made from its question.

    Made when asked for: millions of names would take hundreds of megabytes.
    """

    def __init__(self, parts: Numbers, keys: Numbers, named: Mapping[int, str]) -> None:
        self._parts, self._keys, self._named = parts, keys, named

    def __len__(self) -> int:
        return len(self._parts)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        part = int(self._parts[at])
        return self._named.get(part) or f"q{int(self._keys[part]):016x}"


class _Told:
    """What the split needs to know of every example, a few numbers each."""

    def __init__(self, rows: Iterable[Candidate]) -> None:
        numbers, questions, groups, days = array("q"), array("Q"), array("Q"), array("q")
        sides = bytearray()
        self._names: dict[int, str] = {}
        for row in rows:
            numbers.append(row.number)
            questions.append(_question(row))
            groups.append(self._group(row.group))
            days.append(row.dated.toordinal() if row.dated else 0)
            sides.append(SIDES.get(row.split, 0))
        self.numbers, self.days = np.frombuffer(numbers, np.int64), np.frombuffer(days, np.int64)
        self.questions, self.groups = np.frombuffer(questions, np.uint64), np.frombuffer(groups, np.uint64)
        self.sides = np.frombuffer(sides, np.uint8)

    def _group(self, group: str) -> int:
        if not group:
            return 0
        key = _digest(plain(group)) or 1
        self._names[key] = min(group, self._names.get(key, group))
        return key

    def indices(self, clusters: Iterable[Sequence[int]]) -> list[Numbers]:
        """Where the rows of each cluster stand; a row of the table may have become several examples."""
        wanted = list(clusters)
        if not wanted:
            return []
        order = np.argsort(self.numbers, kind="stable")
        there = self.numbers[order]
        return [
            np.concatenate(
                [order[np.searchsorted(there, n) : np.searchsorted(there, n, "right")] for n in members]
            )
            for members in wanted
        ]

    def named(self, parts: Numbers) -> dict[int, str]:
        """The name of each part that has examples of a group."""
        named: dict[int, str] = {}
        for at in np.flatnonzero(self.groups):
            part, name = int(parts[at]), self._names[int(self.groups[at])]
            named[part] = min(name, named.get(part, name))
        return named


def _question(row: Candidate) -> int:
    """Plain text has no question: it is told by itself. The turns before a question are part of it."""
    said = "\0".join(text for _, text in row.history)
    return _digest(plain(row.prompt or row.completion) + said)


def _digest(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest(), "big")


def _order(keys: Numbers, days: Numbers, splitting: Splitting) -> Numbers:
    """In which order groups are asked to be held out: a shuffle that each group's own key decides."""
    # splitmix64, https://prng.di.unimi.it/splitmix64.c
    mixed = keys + np.uint64((splitting.seed * 0x9E3779B97F4A7C15) % 2**64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    if splitting.by == "group":
        return np.argsort(mixed, kind="stable")
    if not days.any():
        raise BadInput("No row has a date to split by: choose the date column, or split at random.")
    newest_first = np.lexsort((mixed, -days))
    return newest_first[days[newest_first] > 0]


def _chosen(sizes: Numbers, order: Numbers, wanted: float) -> Numbers:
    """Groups in this order until there are enough; one that would take far too many is passed over."""
    chosen, taken, total = np.zeros(len(sizes), bool), 0, int(sizes.sum())
    for part in order:
        size = int(sizes[part])
        if taken >= wanted:
            break
        if taken + size <= max(1.0, GENEROUS * wanted) and taken + size < total:
            chosen[part] = True
            taken += size
    if not taken:
        chosen[order[np.argmin(sizes[order])]] = True
    return chosen
