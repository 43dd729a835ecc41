"""The costs of each way for data that are stored here. Used by the page and by `advise`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from studio.advice.costs import Facts
from studio.advice.measuring.measurements import Data, find_measurement
from studio.advice.method import USUAL_LENGTH
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
        seconds_alone=_seconds(found, "base", "fine-tuned"),
        seconds_with_passages=_seconds(found, "rag", "rag+fine-tuned"),
    )


def _seconds(found: Recommendation, *approaches: str) -> float | None:
    """An answer of the first of these that the pilot has asked."""
    asked = found.pilot.get("approaches", {}) if found.pilot else {}
    took = (asked.get(name, {}).get("seconds_per_answer") for name in approaches)
    return next((seconds for seconds in took if seconds is not None), None)


def facts_here(room: Workspace, found: Recommendation, data: Data) -> tuple[Facts, int]:
    """(what is known of this host and these data, the longest example in tokens)."""
    measured = find_measurement(room, data)
    rows = measured.results.get("rows", []) if measured else []
    seconds, longest = _training(room, data.version_id)
    known = facts_of(found)
    alone = known.seconds_alone or _mean(rows, "closed_seconds")
    reading = known.seconds_with_passages or _mean(rows, "oracle_seconds")
    return replace(known, seconds_alone=alone, seconds_with_passages=reading, **seconds), longest


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
