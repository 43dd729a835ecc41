"""From which nearness on a library answers: the least cosine of a usable passage, chosen by measurement.

Called by the command `threshold`. Needs questions that the documents answer and questions they do not.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from studio.errors import BadInput
from studio.library.answering.grounds import find_grounds, nearest
from studio.library.libraries import get_library
from studio.store.database import Workspace
from studio.store.tables import Library

FEWEST = 10  # questions of each kind
_MOST_LOST = 0.02  # of the questions that have an answer may be refused for the others' sake
_DRAWS = 2000
_SEED = 17

Cosines = NDArray[np.float64]


@dataclass(frozen=True)
class ThresholdResult:
    """What a threshold refuses; `separation` is the AUROC with its 95 % interval, 0.5 being chance."""

    before: float
    threshold: float
    answerable: int
    unanswerable: int
    refused_rightly: int
    refused_wrongly: int
    separation: float
    low: float
    high: float


def measure_threshold(
    room: Workspace, library_id: int, answerable: Sequence[str], unanswerable: Sequence[str]
) -> ThresholdResult:
    """Choose by these questions and keep what is chosen; where nothing is gained all stays as it is."""
    if min(len(answerable), len(unanswerable)) < FEWEST:
        raise BadInput(
            f"The file has {len(answerable)} questions with an answer and {len(unanswerable)} without; "
            f"it takes {FEWEST} of each to choose a threshold."
        )
    before = get_library(room, library_id).answer_threshold
    result = judged(before, _nearest(room, library_id, answerable), _nearest(room, library_id, unanswerable))
    with room.session() as session:
        chosen = sa.update(Library).where(Library.workspace_id == room.id, Library.id == library_id)
        session.execute(chosen.values(answer_threshold=result.threshold))
    return result


def judged(before: float, answerable: Cosines, unanswerable: Cosines) -> ThresholdResult:
    """The highest threshold that refuses hardly any question with an answer, if more of the others."""
    allowed = int(_MOST_LOST * len(answerable))
    highest = float(np.sort(answerable)[allowed])
    better = np.sum(unanswerable < highest) > np.sum(unanswerable < before)
    too_high = np.sum(answerable < before) > allowed
    threshold = round(highest - 5e-5, 4) if better or too_high else before
    low, high = _interval(answerable, unanswerable)
    return ThresholdResult(
        before=before,
        threshold=threshold,
        answerable=len(answerable),
        unanswerable=len(unanswerable),
        refused_rightly=int(np.sum(unanswerable < threshold)),
        refused_wrongly=int(np.sum(answerable < threshold)),
        separation=round(_separation(answerable, unanswerable), 3),
        low=low,
        high=high,
    )


def _nearest(room: Workspace, library_id: int, questions: Sequence[str]) -> Cosines:
    """Measured on what the chat reads, since that is what the threshold then judges."""
    return np.array([nearest(grounds.hits) for grounds in find_grounds(room, library_id, questions)])


def _separation(answerable: Cosines, unanswerable: Cosines) -> float:
    """The chance that a question with an answer has the nearer passage."""
    pairs = answerable[:, None] - unanswerable[None, :]
    return float(np.mean(pairs > 0) + 0.5 * np.mean(pairs == 0))


def _interval(answerable: Cosines, unanswerable: Cosines) -> tuple[float, float]:
    draw = np.random.default_rng(_SEED).choice
    drawn = [
        _separation(draw(answerable, len(answerable)), draw(unanswerable, len(unanswerable)))
        for _ in range(_DRAWS)
    ]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return round(float(low), 3), round(float(high), 3)
