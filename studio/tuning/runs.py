"""Create, watch, stop and resume runs. Called by pages and commands.

A run's row is the only truth about it; the job "train" in supervise.py keeps it up to date.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.errors import BadInput
from studio.jobs.queue import defer
from studio.models.bundled import CHAT_MODEL
from studio.models.catalogue import find_model
from studio.models.fetching import obtainable
from studio.store.database import Workspace
from studio.store.tables import Run
from studio.training_sets.versions import get_version
from studio.tuning import supervise  # noqa: F401 - names the job "train"
from studio.tuning.estimate import SPARE, Estimate
from studio.tuning.forecast import forecast, lengths
from studio.tuning.lengths import LengthsSeen
from studio.tuning.listing import (
    ACTIVE,
    RESUMABLE,
    Point,
    RunView,
    get_run,
    list_runs,
    metrics,
    no_such_run,
)
from studio.tuning.presets import DEFAULT_PRESET, TrainingSettings, adjust, find_preset, to_json

__all__ = [
    "Point",
    "RunRequest",
    "RunView",
    "create_run",
    "get_run",
    "list_runs",
    "metrics",
    "resume_run",
    "stop_run",
]

METHODS = ("auto", "lora", "qlora")
LONGEST_NAME = 120


@dataclass(frozen=True)
class RunRequest:
    """What to train. `changes` are single settings that differ from the preset.

    The same `idempotency_key` gives the same run, however often it is sent.
    """

    version_id: int
    name: str = ""
    base_model: str = CHAT_MODEL
    method: str = "auto"
    preset: str = DEFAULT_PRESET
    changes: dict[str, Any] = field(default_factory=dict)
    idempotency_key: str | None = None


def create_run(room: Workspace, request: RunRequest) -> int:
    """Queue a run and return its id. Raises BadInput naming the field that cannot be.

    Of a base model that is not on this machine the hub is asked first: one that is gated, missing, too large
    or of the wrong kind is refused with that sentence (BadInput, NotFound, StudioError).
    """
    if request.method not in METHODS:
        raise BadInput(f"The method must be one of {', '.join(METHODS)}, not {request.method!r}.")
    if len(request.name) > LONGEST_NAME:
        raise BadInput(f"A run's name has at most {LONGEST_NAME} characters.")
    preset = find_preset(request.preset)
    training = adjust(preset.settings, request.changes)
    version = get_version(room, request.version_id)
    if version.examples <= version.held_out:
        raise BadInput(f"Training set {version.name} has no example to train on.")
    model = obtainable(find_model(request.base_model, room.settings))
    training, expected = with_room(request, training, lambda tried: forecast(room, model, version.id, tried))
    _check_length(lengths(room, model, version.id, training.max_length))
    row = Run(
        workspace_id=room.id,
        name=request.name.strip() or f"{version.name} · {preset.name}",
        version_id=version.id,
        base_model=model.id,
        method=chosen_method(request, expected),
        preset=preset.name,
        settings=to_json(training),
        estimate=expected.as_dict() if expected else {},
        idempotency_key=request.idempotency_key,
    )
    return _queue(room, row)


def _check_length(seen: LengthsSeen) -> None:
    """Raise BadInput where it is sure that every prompt fills the limit: such a run could only fail."""
    if seen.exact and seen.left_out >= seen.examples:
        raise BadInput(
            f"Every prompt alone fills the longest example of {seen.limit} tokens, so nothing would be left "
            f"to learn: raise it (half of the examples have up to {seen.p50:,} tokens)."
        )


def with_room(
    request: RunRequest,
    training: TrainingSettings,
    expect: Callable[[TrainingSettings], Estimate | None],
) -> tuple[TrainingSettings, Estimate | None]:
    """The settings with their estimate: activations are recomputed where the run fits only so."""
    expected = expect(training)
    if expected is None or training.recompute or "recompute" in request.changes:
        return training, expected
    saving = replace(training, recompute=True)
    less = None if _fits(expected, request.method) else expect(saving)
    return (saving, less) if less and _fits(less, request.method) else (training, expected)


def _fits(expected: Estimate, method: str) -> bool:
    if method == "auto":
        return expected.method != "none"
    needed = expected.lora if method == "lora" else expected.qlora
    return needed.total <= expected.available * (1 - SPARE)


def chosen_method(request: RunRequest, expected: Estimate | None) -> str:
    """What was asked for; with auto, what fits. Raises BadInput when nothing does."""
    if request.method != "auto":
        return request.method
    if expected is None:
        raise BadInput(
            f"The size of {request.base_model} is not known before it is downloaded; choose lora or qlora."
        )
    if expected.method == "none":
        raise BadInput(expected.sentence)
    return expected.method


def stop_run(room: Workspace, run_id: int) -> None:
    """Ask a run to stop after the step it is at; one that still waits stops at once."""
    with room.session() as session:
        row = _locked(session, room, run_id)
        if row.state == "queued":
            row.state, row.finished_at = "stopped", sa.func.now()
        elif row.state == "running":
            row.state, row.stop_requested = "stopping", True
        elif row.state != "stopping":
            raise BadInput(f"Run {run_id} is not running; it has {row.state}.")


def resume_run(room: Workspace, run_id: int) -> None:
    """Queue a stopped or interrupted run again; it goes on from its newest checkpoint that verifies."""
    with room.session() as session:
        row = _locked(session, room, run_id)
        if row.state in ACTIVE:
            raise BadInput(f"Run {run_id} is {row.state} already.")
        if row.state not in RESUMABLE:
            raise BadInput(f"Run {run_id} has {row.state} and cannot be resumed; start a new run.")
        row.state, row.stop_requested, row.error, row.finished_at = "queued", False, None, None
        row.job_id = defer(room, "train", session, run_id=run_id)


def _queue(room: Workspace, row: Run) -> int:
    with room.session() as session:
        if row.idempotency_key:
            room.take_turns(session, f"run {row.idempotency_key}")  # two clicks at once make one run
            mine = (Run.workspace_id == room.id, Run.idempotency_key == row.idempotency_key)
            known = session.scalar(sa.select(Run.id).where(*mine))
            if known is not None:
                return known
        session.add(row)
        session.flush()
        row.job_id = defer(room, "train", session, run_id=row.id)
        return row.id


def _locked(session: Session, room: Workspace, run_id: int) -> Run:
    mine = (Run.workspace_id == room.id, Run.id == run_id)
    row = session.scalar(sa.select(Run).where(*mine).with_for_update())
    if row is None:
        raise no_such_run(run_id)
    return row
