"""A run with another run's settings on another version of the examples: one click. Called by pages."""

import sqlalchemy as sa

from studio.models.promotions import in_use
from studio.store.database import Workspace
from studio.store.tables import Adapter, Run, TrainingSetVersion
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
    """Of the runs that succeeded on all of another version of the same training set: the one whose adapter is
    in use, else the newest."""
    row, of_set = Run, TrainingSetVersion
    others = sa.select(of_set.id).where(
        of_set.workspace_id == room.id,
        of_set.training_set_id == version.training_set_id,
        of_set.id != version.id,
    )
    whole = sa.func.coalesce(row.settings["share"].as_float(), 1.0) == 1.0
    mine = (row.workspace_id == room.id, row.state == "succeeded", row.version_id.in_(others), whole)
    used = sa.select(Adapter.run_id).where(
        Adapter.workspace_id == room.id, Adapter.id.in_(in_use(room).values())
    )
    best_first = (sa.case((row.id.in_(used), 0), else_=1), row.id.desc())
    with room.session() as session:
        found = session.scalar(sa.select(row.id).where(*mine).order_by(*best_first).limit(1))
    return get_run(room, found) if found else None


def train_like(room: Workspace, version_id: int, run: RunView, started: int) -> int:
    """Queue it and return its id; `started` is how many such runs there were when the button was drawn, so
    that two clicks start one. Raises what `create_run` raises: BadInput, NotFound or StudioError."""
    request = request_like(room, version_id, run)
    mark = fingerprint(request)
    return create_run(room, RunRequest(**{**vars(request), "idempotency_key": key_of(mark, started)}))


def started_like(room: Workspace, version_id: int, run: RunView) -> int:
    """How many such runs there are."""
    return started_so_far(room, fingerprint(request_like(room, version_id, run)))
