"""Building as a job: how far it is, how long it still takes, stopped, failed, tried again.

Called by drafting and raft, whose rows differ by what they make; a page looks at all of them alike.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.errors import BadInput, NotFound, StudioError
from studio.jobs.queue import defer, queue_position
from studio.store.database import Workspace
from studio.store.tables import Drafting, Library

ACTIVE = ("queued", "running")


@dataclass(frozen=True)
class Order:
    """What is wanted: the `job` that makes it, how many of them, and its settings."""

    job: str
    library_id: int
    wanted: int
    model: str = ""
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class WorkView:
    """A piece of work at this moment; `made` is what it has come to so far, by the names of its job."""

    id: int
    job: str
    library_id: int | None
    library: str
    model: str
    settings: dict[str, Any]
    made: dict[str, Any]
    state: str
    stopping: bool
    wanted: int
    done: int
    seconds_left: float | None
    queue_position: int | None
    error: str | None
    created_at: datetime
    finished_at: datetime | None

    @property
    def active(self) -> bool:
        """Whether it waits or runs."""
        return self.state in ACTIVE


def begin_work(room: Workspace, order: Order) -> int:
    """Queue it and return its id; raises BadInput or NotFound."""
    if order.wanted < 1:
        raise BadInput("Ask for at least one example.")
    with room.session() as session:
        of_room = (Library.workspace_id == room.id, Library.id == order.library_id)
        if session.scalar(sa.select(Library.id).where(*of_room)) is None:
            raise NotFound(f"There is no library {order.library_id} in this workspace.")
        row = Drafting(
            workspace_id=room.id,
            library_id=order.library_id,
            model=order.model,
            wanted=order.wanted,
            settings={"job": order.job, "made": {}, **order.settings},
        )
        session.add(row)
        session.flush()
        row.job_id = defer(room, order.job, session, drafting_id=row.id)
        return row.id


def get(room: Workspace, drafting_id: int) -> WorkView:
    """One piece of work; raises NotFound."""
    with room.session() as session:
        found = session.execute(_all(room).where(Drafting.id == drafting_id)).one_or_none()
        if found is None:
            raise _no_such_work(drafting_id)
        return _view(session, *found)


def list_work(room: Workspace, job: str | None = None) -> list[WorkView]:
    """Newest first."""
    wanted = _all(room).order_by(Drafting.id.desc())
    if job is not None:
        wanted = wanted.where(Drafting.settings["job"].astext == job)
    with room.session() as session:
        return [_view(session, *found) for found in session.execute(wanted)]


def stop(room: Workspace, drafting_id: int) -> None:
    """Ask it to stop after what it is at; what is made is kept. One that still waits stops at once."""
    with room.session() as session:
        row = locked(session, room, drafting_id)
        if row.state == "queued":
            row.state, row.finished_at = "stopped", sa.func.now()
        elif row.state == "running":
            row.stop_requested = True
        else:
            raise BadInput(f"This is not running; it has {row.state}.")


def retry(room: Workspace, drafting_id: int) -> None:
    """Go on with what was stopped or has failed."""
    with room.session() as session:
        row = locked(session, room, drafting_id)
        if row.state not in ("stopped", "failed"):
            raise BadInput(f"Only what was stopped or has failed is tried again; this is {row.state}.")
        row.state, row.stop_requested, row.error, row.finished_at = "queued", False, None, None
        row.job_id = defer(room, str(row.settings["job"]), session, drafting_id=row.id)


def taken_up(room: Workspace, drafting_id: int) -> WorkView | None:
    """The work, now running; None where it was stopped before its turn or has ended."""
    with room.session() as session:
        row = locked(session, room, drafting_id)
        if row.state not in ACTIVE:
            return None
        row.state = "running"
    view = get(room, drafting_id)
    library_of(view)
    return view


def library_of(view: WorkView) -> int:
    """The library it builds from; raises StudioError where that was deleted meanwhile."""
    if view.library_id is None:
        raise StudioError("The library was deleted meanwhile. What was made before is kept.")
    return view.library_id


def may_go_on(room: Workspace, drafting_id: int, done: int, seconds_left: float | None) -> bool:
    """Say how far it is; False when a person asked to stop."""
    with room.session() as session:
        row = locked(session, room, drafting_id)
        row.done, row.seconds_left = done, None if seconds_left is None else round(seconds_left, 1)
        return not row.stop_requested


def finish(room: Workspace, drafting_id: int, **made: Any) -> None:
    """It has ended, by itself or because it was asked to stop."""
    with room.session() as session:
        row = locked(session, room, drafting_id)
        keep_made(row, **made)
        row.state = "stopped" if row.stop_requested else "succeeded"
        row.seconds_left, row.finished_at = 0.0, session.scalar(sa.select(sa.func.now()))


def fail(room: Workspace, sentence: str, *, drafting_id: int) -> None:
    """Called by the worker when the job cannot go on; what is made is kept."""
    with room.session() as session:
        row = locked(session, room, drafting_id)
        row.state, row.error, row.seconds_left = "failed", sentence, None


def keep_made(row: Drafting, **made: Any) -> None:
    """Add to what it has come to."""
    row.settings = {**row.settings, "made": {**row.settings.get("made", {}), **made}}


def locked(session: Session, room: Workspace, drafting_id: int) -> Drafting:
    """The row, nobody else's until the transaction ends; raises NotFound."""
    mine = (Drafting.workspace_id == room.id, Drafting.id == drafting_id)
    row = session.scalar(sa.select(Drafting).where(*mine).with_for_update())
    if row is None:
        raise _no_such_work(drafting_id)
    return row


def _all(room: Workspace) -> "sa.Select[Drafting, str | None]":
    its = sa.and_(Library.id == Drafting.library_id, Library.workspace_id == Drafting.workspace_id)
    return sa.select(Drafting, Library.name).outerjoin(Library, its).where(Drafting.workspace_id == room.id)


def _view(session: Session, row: Drafting, library: str | None) -> WorkView:
    waiting = row.state == "queued" and row.job_id is not None
    settings = dict(row.settings)
    return WorkView(
        id=row.id,
        job=str(settings.pop("job", "")),
        library_id=row.library_id,
        library=library or "a deleted library",
        model=row.model,
        made=dict(settings.pop("made", {})),
        settings=settings,
        state=row.state,
        stopping=row.state == "running" and row.stop_requested,
        wanted=row.wanted,
        done=row.done,
        seconds_left=row.seconds_left if row.state == "running" else None,
        queue_position=queue_position(session, row.job_id) if waiting and row.job_id else None,
        error=row.error,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )


def _no_such_work(drafting_id: int) -> NotFound:
    return NotFound(f"There is no drafting {drafting_id} in this workspace.")
