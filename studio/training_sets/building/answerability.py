"""From which nearness on a library answers, learned from examples it supports. Called by pilots.

An example that a passage supports is a question with an answer. The same question, with the documents of
those passages and all other support taken away, is one without: as close to the trade as questions get. The
threshold is where most of these are refused and few of the others.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from studio.library.answering.grounds import PASSAGES_IN_PROMPT, nearest
from studio.library.finding.search import Hit, find_passages_for_many
from studio.library.libraries import get_library
from studio.library.quality.thresholds import USUAL, Cosines, keep_threshold
from studio.store.database import Workspace
from studio.training_sets.building.dressing import right_of
from studio.training_sets.versions import ExampleView, examples

MOST_LOST = 0.1  # of the questions with an answer may be refused for the others' sake
FEWEST, _ASKED_AT_MOST = 20, 100
_LOOKED_AT, _RIGHT_AMONG = 20, 10  # passages
_SEED = 17


@dataclass(frozen=True)
class Answerability:
    """The threshold that was chosen, and the shares that it refuses of `answerable` and `unanswerable`."""

    before: float
    threshold: float
    answerable: int
    unanswerable: int
    refused_wrongly: float
    refused_rightly: float

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def sentence(self) -> str:
        return (
            f"The library now answers only where a passage is as near as {self.threshold:.2f} (before "
            f"{self.before:.2f}): of {self.unanswerable} questions whose answer was taken away that refuses "
            f"{self.refused_rightly:.0%}, of {self.answerable} others {self.refused_wrongly:.0%}."
        )


def calibrate(room: Workspace, library_id: int, version_id: int) -> Answerability | None:
    """Choose and keep the library's threshold; None where it was set already, or nothing better was found."""
    before = get_library(room, library_id).answer_threshold
    if before != USUAL:
        return None
    asked = [one for one in examples(room, version_id) if one.prompt and not one.history]
    some = random.Random(_SEED).sample(asked, min(_ASKED_AT_MOST, len(asked)))
    found = find_passages_for_many(room, library_id, [one.prompt for one in some], _LOOKED_AT)
    pairs = list(_nearness(some, found))
    answerable = np.array([with_answer for with_answer, _ in pairs])
    unanswerable = np.array([without for _, without in pairs if without is not None])
    if len(unanswerable) < FEWEST:
        return None
    chosen = choose(before, answerable, unanswerable)
    if chosen:
        keep_threshold(room, library_id, chosen.threshold)
    return chosen


def choose(before: float, answerable: Cosines, unanswerable: Cosines) -> Answerability | None:
    """Where the shares refused rightly and wrongly lie farthest apart, with few of the latter."""

    def lead(threshold: float) -> float:
        return float(np.mean(unanswerable < threshold) - np.mean(answerable < threshold))

    possible = [float(t) for t in np.unique(answerable) if np.mean(answerable < t) <= MOST_LOST]
    best = round(max(possible, key=lead, default=before) - 5e-5, 4)
    if lead(best) <= max(lead(before), MOST_LOST):
        return None
    return Answerability(
        before,
        best,
        len(answerable),
        len(unanswerable),
        round(float(np.mean(answerable < best)), 4),
        round(float(np.mean(unanswerable < best)), 4),
    )


def _nearness(
    asked: Sequence[ExampleView], found: Sequence[list[Hit]]
) -> Iterator[tuple[float, float | None]]:
    """For each supported example: of what is read, and of what would be read without its documents."""
    for example, hits in zip(asked, found, strict=True):
        right = right_of(example.completion, hits[:_RIGHT_AMONG])
        if not right:
            continue
        gone = {hit.document_id for hit in right}
        others = [h for h in hits if h.document_id not in gone and not right_of(example.completion, [h])]
        without = nearest(others[:PASSAGES_IN_PROMPT]) if others else None
        yield nearest(hits[:PASSAGES_IN_PROMPT]), without
