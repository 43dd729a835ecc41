"""The costs of each way for data that are stored here. Used by the page and by `advise`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from studio.advice.costs import WAYS, WITH_PASSAGES, Facts
from studio.advice.measuring.measurements import Data, find_measurement
from studio.advice.method import USUAL_LENGTH
from studio.advice.pilot import CONCLUSION_OF
from studio.advice.recommend import Recommendation
from studio.engine.client import CHAT_MODEL
from studio.models.catalogue import find_model
from studio.store.database import Workspace
from studio.tuning.forecast import forecast, lengths
from studio.tuning.presets import DEFAULT_PRESET, find_preset


def facts_of(found: Recommendation) -> Facts:
    """What the recommendation itself knows; after a pilot also how long its answers took."""
    return Facts(
        documents=found.signals["documents"],
        examples=found.signals["examples"],
        facts_change=found.answers["facts_change"],
        answer_seconds=_in_the_pilot(found),
    )


def _in_the_pilot(found: Recommendation) -> dict[str, float]:
    asked = found.pilot["approaches"] if found.pilot else {}
    return {
        way: asked[approach]["seconds_per_answer"]
        for approach, way in CONCLUSION_OF.items()
        if approach in asked
    }


def facts_here(room: Workspace, found: Recommendation, data: Data) -> tuple[Facts, int]:
    """(what is known of this host and these data, the longest example in tokens)."""
    measured = find_measurement(room, data)
    rows = measured.results.get("rows", []) if measured else []
    seconds, longest = _training(room, data.version_id)
    known = facts_of(found)
    means = {way: _mean(rows, "oracle_seconds" if way in WITH_PASSAGES else "closed_seconds") for way in WAYS}
    took = {way: mean for way, mean in means.items() if mean is not None} | dict(known.answer_seconds)
    return replace(known, answer_seconds=took, **seconds), longest


def _training(room: Workspace, version_id: int | None) -> tuple[dict[str, Any], int]:
    """By the estimate that a run with the usual preset would be started with."""
    if version_id is None:
        return {}, USUAL_LENGTH
    model, training = find_model(CHAT_MODEL, room.settings), find_preset(DEFAULT_PRESET).settings
    seen, expected = lengths(room, model, version_id, 0), forecast(room, model, version_id, training)
    known = {"tokens_an_example": float(seen.p50), "training_seconds": expected and expected.seconds}
    return known, seen.longest or USUAL_LENGTH


def _mean(rows: Sequence[Mapping[str, Any]], name: str) -> float | None:
    found = [float(row[name]) for row in rows if name in row]
    return sum(found) / len(found) if found else None
