"""A run with another run's settings on another version of the examples: one click. Called by pages."""

import sqlalchemy as sa

from studio.store.database import Workspace
from studio.store.tables import Run, TrainingSetVersion
from studio.training_sets.versions import VersionView, get_version
from studio.tuning.once import fingerprint, key_of, started_so_far
from studio.tuning.presets import from_json, to_json
from studio.tuning.runs import RunRequest, RunView, create_run, get_run


def request_like(room: Workspace, version_id: int, run: RunView) -> RunRequest:
    """The same base model, method and settings; named after the version it is trained on."""
    version = get_version(room, version_id)
    return RunRequest(
        version_id=version_id,
        name=f"{version.name} v{version.version}, as run {run.id}"[:120],
        base_model=run.base_model,
        method=run.method,
        preset=run.preset,
        changes=to_json(from_json(run.settings)),
    )


def former_run(room: Workspace, version: VersionView) -> RunView | None:
    """The newest run that succeeded on another version of the same training set."""
    row, of_set = Run, TrainingSetVersion
    others = sa.select(of_set.id).where(
        of_set.workspace_id == room.id,
        of_set.training_set_id == version.training_set_id,
        of_set.id != version.id,
    )
    mine = (row.workspace_id == room.id, row.state == "succeeded", row.version_id.in_(others))
    with room.session() as session:
        newest = session.scalar(sa.select(sa.func.max(row.id)).where(*mine))
    return get_run(room, newest) if newest else None


def train_like(room: Workspace, version_id: int, run: RunView, started: int) -> int:
    """Queue it and return its id; `started` is how many such runs there were when the button was drawn, so
    that two clicks start one. Raises what `create_run` raises: BadInput, NotFound or StudioError."""
    request = request_like(room, version_id, run)
    mark = fingerprint(request)
    return create_run(room, RunRequest(**{**vars(request), "idempotency_key": key_of(mark, started)}))


def started_like(room: Workspace, version_id: int, run: RunView) -> int:
    """How many such runs there are."""
    return started_so_far(room, fingerprint(request_like(room, version_id, run)))
