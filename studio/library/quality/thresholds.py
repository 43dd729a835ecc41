"""From which nearness on a library answers: the least cosine of a usable passage, chosen by measurement.

Called by the command `threshold`, which needs questions that the documents answer and questions they do not,
and by the first measurement of a library whose model gives other cosines than the bundled one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.errors import BadInput
from studio.library.answering.grounds import find_grounds, nearest
from studio.library.embedding.comparing import some_vectors
from studio.library.embedding.embedder import embedder_for
from studio.library.libraries import get_library, library_row, locked_library
from studio.library.quality.self_test import questions_of_itself
from studio.models.bundled import EMBEDDING_MODEL
from studio.statistics import separation
from studio.store.database import Workspace

FEWEST = 10  # questions of each kind
ABOVE = 1.0
"""How many spreads above the cosines of unrelated texts a library answers. With the bundled model the usual
0.25 stands 0.9 to 2.3 above (sample 0.95, medquad 1.4, pubmedqa 1.4, xquad German 0.9, English 2.3)."""
USUAL = 0.25  # of a new library
_ASKED_AT_MOST = 60
_MOST_LOST = 0.02  # of the questions that have an answer may be refused for the others' sake

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
    separation: float | None
    low: float | None
    high: float | None


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
    keep_threshold(room, library_id, result.threshold)
    return result


def calibrate_threshold(room: Workspace, library_id: int) -> bool:
    """Where the threshold is still the usual one and the model is not the one that was made for.

    Cosines of unrelated texts lie at 0.1 with some models and at 0.8 with others: made-up questions are held
    against passages that hardly any of them asks for. True when there were enough questions to do it.
    """
    library = library_row(room, library_id)
    if library.answer_threshold != USUAL or library.embedding_model == EMBEDDING_MODEL:
        return False
    made = questions_of_itself(room, library)
    asked = [one for one in made if one.kind != "heading"][:_ASKED_AT_MOST]  # a heading is no question
    if len(asked) < FEWEST:
        return False
    questions = embedder_for(room, library).embed_questions([one.question for one in asked])
    cosines = questions @ some_vectors(room, library_id).T
    nearness = float(np.clip(cosines.mean() + ABOVE * cosines.std(), 0.0, 1.0))
    keep_threshold(room, library_id, round(nearness, 4))
    return True


def keep_threshold(room: Workspace, library_id: int, threshold: float) -> None:
    """Answers of the library need a passage as near as this from now on."""
    with room.session() as session:
        locked_library(session, room, library_id).answer_threshold = threshold


def judged(before: float, answerable: Cosines, unanswerable: Cosines) -> ThresholdResult:
    """The highest threshold that refuses hardly any question with an answer, if more of the others."""
    allowed = int(_MOST_LOST * len(answerable))
    highest = float(np.sort(answerable)[allowed])
    better = np.sum(unanswerable < highest) > np.sum(unanswerable < before)
    too_high = np.sum(answerable < before) > allowed
    threshold = round(highest - 5e-5, 4) if better or too_high else before
    apart = separation(answerable.tolist(), unanswerable.tolist())
    return ThresholdResult(
        before=before,
        threshold=threshold,
        answerable=len(answerable),
        unanswerable=len(unanswerable),
        refused_rightly=int(np.sum(unanswerable < threshold)),
        refused_wrongly=int(np.sum(answerable < threshold)),
        separation=apart.mean,
        low=apart.low,
        high=apart.high,
    )


def _nearest(room: Workspace, library_id: int, questions: Sequence[str]) -> Cosines:
    """Measured on what the chat reads, since that is what the threshold then judges."""
    return np.array([nearest(grounds.hits) for grounds in find_grounds(room, library_id, questions)])
