"""The baseline without a model: the answer of the most similar examples. Pure; called by the measuring job.

Labels are decided by a vote of the nearest seven, each by its similarity (Cover and Hart 1967); other answers
are copied from the nearest one.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NEIGHBOURS = 7
Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Copied:
    """The answer that was looked up, and the position of the example that it was taken from."""

    answer: str
    example: int


def looked_up(asked: Vectors, known: Vectors, answers: Sequence[str], *, labels: bool) -> list[Copied]:
    """For each row of `asked` an answer among those of `known`; rows have length 1.

    Where both are the same array, no row is compared with itself: leave-one-out.
    """
    near = asked @ known.T
    if asked is known:
        np.fill_diagonal(near, -np.inf)
    return [_vote(row, answers) if labels else _nearest(row, answers) for row in near]


def _nearest(row: Vectors, answers: Sequence[str]) -> Copied:
    at = int(row.argmax())
    return Copied(answers[at], at)


def _vote(row: Vectors, answers: Sequence[str]) -> Copied:
    best = [int(at) for at in np.argsort(-row, kind="stable")[:NEIGHBOURS] if np.isfinite(row[at])]
    votes: dict[str, float] = defaultdict(float)
    for at in best:
        votes[answers[at]] += max(0.0, float(row[at]))
    won = max(votes, key=lambda answer: votes[answer])
    return Copied(won, next(at for at in best if answers[at] == won))
