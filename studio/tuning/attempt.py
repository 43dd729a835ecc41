"""One attempt at supervising a run: what it may write, and how it waits for a database that restarts.

Every attempt raises the run's fence; a write that carries an older fence changes nothing.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from studio.errors import NotFound
from studio.jobs.queue import Overtaken
from studio.store.database import Workspace
from studio.store.tables import Run, RunAnswer, RunMetric

LIVE = ("queued", "running", "stopping")
PATIENCE_SECONDS = 3600.0
LONGEST_PAUSE_SECONDS = 5.0
MEASURED = (
    "step",
    "loss",
    "eval_loss",
    "learning_rate",
    "tokens",
    "seconds",
    "tokens_per_second",
    "memory_bytes",
)
ANSWERED = ("step", "position", "prompt", "reference", "answer")
T = TypeVar("T")
log = logging.getLogger(__name__)


class Superseded(Overtaken):
    """A newer attempt supervises this run."""


@dataclass(frozen=True)
class Attempt:
    """`fresh`: the run was waiting, so its process has yet to be started. `row` as it was then."""

    room: Workspace
    run_id: int
    fence: int
    fresh: bool
    row: Run

    @property
    def folder(self) -> Path:
        """Where the training process works."""
        return self.room.settings.data / "runs" / str(self.run_id)


def take(room: Workspace, run_id: int) -> Attempt | None:
    """Take the run over from whoever had it; None when it has ended already."""
    with room.session() as session:
        mine = (Run.workspace_id == room.id, Run.id == run_id)
        row = session.scalar(sa.select(Run).where(*mine).with_for_update())
        if row is None:
            raise NotFound(f"There is no run {run_id} in this workspace.")
        if row.state not in LIVE:
            return None
        fresh = row.state == "queued"
        row.fence += 1
        if fresh:
            row.state, row.attempts = "running", row.attempts + 1
            session.flush()
            started = sa.func.coalesce(Run.started_at, sa.func.now())
            session.execute(
                sa.update(Run).where(*mine).values(started_at=started, heartbeat_at=sa.func.now())
            )
            session.refresh(row)
        return Attempt(room, run_id, row.fence, fresh, row)


def write(attempt: Attempt, session: Session, **values: Any) -> bool:
    """Change the run's row and beat its heart. Returns whether a stop is wished; raises Superseded."""
    change = (
        sa.update(Run)
        .where(Run.workspace_id == attempt.room.id, Run.id == attempt.run_id, Run.fence == attempt.fence)
        .values(heartbeat_at=sa.func.now(), **values)
        .returning(Run.stop_requested)
    )
    wished = session.execute(change).scalar_one_or_none()
    if wished is None:
        raise Superseded(f"Run {attempt.run_id} is supervised by a newer attempt.")
    return wished


def record(
    attempt: Attempt, measured: list[dict[str, Any]], answered: list[dict[str, Any]] | None = None
) -> bool:
    """Store measurements and answers, each once however often it comes. Returns whether a stop is wished."""
    newest = measured[-1] if measured else {}
    values = {"step": newest["step"], "total_steps": newest["total_steps"]} if newest else {}
    with attempt.room.session() as session:
        if newest:
            values["seconds_left"] = newest["seconds_left"]
        wished = write(attempt, session, **values)
        for table, names, lines in ((RunMetric, MEASURED, measured), (RunAnswer, ANSWERED, answered)):
            owner = {"workspace_id": attempt.room.id, "run_id": attempt.run_id}
            # an older version of the studio may have written fewer of them
            rows = [owner | {name: line.get(name) for name in names} for line in lines or ()]
            if rows:
                session.execute(insert(table).on_conflict_do_nothing(), rows)
        return wished


def forget_after(attempt: Attempt, step: int) -> None:
    """Drop what an earlier attempt measured and answered later than at `step`."""
    with attempt.room.session() as session:
        write(attempt, session, step=step)
        for table in (RunMetric, RunAnswer):
            mine = (table.workspace_id == attempt.room.id, table.run_id == attempt.run_id)
            session.execute(sa.delete(table).where(*mine, table.step > step))


def patiently(work: Callable[[], T]) -> T:
    """Do `work`, and do it again while the database restarts; training goes on meanwhile."""
    deadline, pause = time.monotonic() + PATIENCE_SECONDS, 0.25
    while True:
        try:
            return work()
        except (OperationalError, InterfaceError) as error:
            if time.monotonic() > deadline:
                raise
            log.warning("The database does not answer, trying again: %s", error.orig)
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
