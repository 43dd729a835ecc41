"""Runs as people see them: how far, how good, how long still. Pages and commands reach it through runs.py."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.errors import NotFound
from studio.jobs.queue import queue_position
from studio.store.database import Workspace
from studio.store.tables import Adapter, Run, RunAnswer, RunMetric
from studio.training_sets.unreviewed import unreviewed_of

QUIET_SECONDS = 60  # a live run's heartbeat is a few seconds old
ACTIVE = ("queued", "running", "stopping")
RESUMABLE = ("stopped", "interrupted")


@dataclass(frozen=True)
class RunView:
    """A run at this moment. `silent`: it should be alive, but nothing was heard of it for a minute.

    `unreviewed` counts the examples it trains on that nobody looked at; `retired`: its adapter is offered
    nowhere.
    """

    id: int
    name: str
    state: str
    method: str
    preset: str
    base_model: str
    version_id: int
    settings: dict[str, Any]
    estimate: dict[str, Any]
    result: dict[str, Any]
    step: int
    total_steps: int
    attempts: int
    train_loss: float | None
    eval_loss: float | None
    seconds: float | None
    seconds_left: float | None
    queue_position: int | None
    adapter_id: int | None
    lineage: dict[str, Any] | None
    error: str | None
    silent: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    unreviewed: int = 0
    retired: bool = False

    @property
    def active(self) -> bool:
        """Whether it waits, runs or is stopping."""
        return self.state in ACTIVE

    @property
    def resumable(self) -> bool:
        """Whether `resume_run` would take it."""
        return self.state in RESUMABLE


@dataclass(frozen=True)
class Point:
    """What was measured at a step; step 0 is the model before training."""

    step: int
    loss: float | None
    eval_loss: float | None
    learning_rate: float | None
    tokens: int | None
    seconds: float | None
    tokens_per_second: float | None = None
    memory_bytes: int | None = None


@dataclass(frozen=True)
class SampleAnswer:
    """What the model answered after `step` steps to a held-out prompt; it is asked the same every time."""

    step: int
    position: int
    prompt: str
    reference: str
    answer: str


def list_runs(room: Workspace) -> list[RunView]:
    """Every run of the workspace, newest first."""
    with room.session() as session:
        return [_view(session, found) for found in session.execute(_runs(room).order_by(Run.id.desc()))]


def get_run(room: Workspace, run_id: int) -> RunView:
    """One run; raises NotFound."""
    with room.session() as session:
        found = session.execute(_runs(room).where(Run.id == run_id)).one_or_none()
        if found is None:
            raise no_such_run(run_id)
        return _view(session, found)


def metrics(room: Workspace, run_id: int) -> list[Point]:
    """The measurements of a run in the order of their steps."""
    wanted = sa.select(RunMetric).where(RunMetric.workspace_id == room.id, RunMetric.run_id == run_id)
    with room.session() as session:
        return [
            Point(**{each.name: getattr(row, each.name) for each in fields(Point)})
            for row in session.scalars(wanted.order_by(RunMetric.step))
        ]


def sample_answers(room: Workspace, run_id: int) -> list[SampleAnswer]:
    """What a run answered at its checks, by step and position."""
    wanted = sa.select(RunAnswer).where(RunAnswer.workspace_id == room.id, RunAnswer.run_id == run_id)
    with room.session() as session:
        return [
            SampleAnswer(row.step, row.position, row.prompt, row.reference, row.answer)
            for row in session.scalars(wanted.order_by(RunAnswer.step, RunAnswer.position))
        ]


def no_such_run(run_id: int) -> NotFound:
    """For every function that is given a run's number."""
    return NotFound(f"There is no run {run_id} in this workspace.")


def _newest(column: sa.orm.InstrumentedAttribute[float | None]) -> sa.ScalarSelect[float | None]:
    """The last value that was measured of this column."""
    mine = (RunMetric.workspace_id == Run.workspace_id, RunMetric.run_id == Run.id, column.is_not(None))
    return sa.select(column).where(*mine).order_by(RunMetric.step.desc()).limit(1).scalar_subquery()


def _runs(room: Workspace) -> "sa.Select[*tuple[Any, ...]]":
    """(run, adapter or None, newest loss, held-out loss and seconds, silent, unreviewed)."""
    newest = [_newest(column) for column in (RunMetric.loss, RunMetric.eval_loss, RunMetric.seconds)]
    silent = Run.heartbeat_at < sa.func.now() - timedelta(seconds=QUIET_SECONDS)
    unreviewed = unreviewed_of(Run.workspace_id, Run.version_id)
    ours = sa.and_(Adapter.workspace_id == Run.workspace_id, Adapter.run_id == Run.id)
    return (
        sa.select(Run, Adapter, *newest, sa.func.coalesce(silent, False), unreviewed)
        .outerjoin(Adapter, ours)
        .where(Run.workspace_id == room.id)
    )


def _view(session: Session, found: Any) -> RunView:
    row: Run
    adapter: Adapter | None
    row, adapter, loss, eval_loss, seconds, silent, unreviewed = found
    waiting = row.state == "queued" and row.job_id is not None
    return RunView(
        id=row.id,
        name=row.name,
        state=row.state,
        method=row.method,
        preset=row.preset,
        base_model=row.base_model,
        version_id=row.version_id,
        settings=row.settings,
        estimate=row.estimate,
        result=row.result,
        step=row.step,
        total_steps=row.total_steps,
        attempts=row.attempts,
        train_loss=_reported(row, "train_loss", loss),
        eval_loss=_reported(row, "eval_loss", eval_loss),
        seconds=_reported(row, "seconds", seconds),
        seconds_left=row.seconds_left if row.state in ("running", "stopping") else None,
        queue_position=queue_position(session, row.job_id) if waiting and row.job_id else None,
        adapter_id=adapter.id if adapter else None,
        lineage=adapter.lineage if adapter else None,
        error=row.error,
        silent=silent and row.state in ("running", "stopping"),
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        unreviewed=unreviewed,
        retired=adapter is not None and adapter.retired_at is not None,
    )


def _reported(row: Run, name: str, newest: float | None) -> float | None:
    """What the run said at its end; until then, and where it had nothing to say, what was measured last."""
    said: float | None = row.result.get(name)
    return newest if said is None else said
