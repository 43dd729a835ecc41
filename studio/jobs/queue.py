"""The queue: name a function as a job, and ask for it to be run.

Jobs live in Postgres (procrastinate). Asking happens in the transaction that stores what the job is about,
so neither exists without the other. Every job must be safe to run again: one whose worker died is repeated.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from procrastinate import App, SyncPsycopgConnector
from sqlalchemy.orm import Session

from studio.errors import StudioError
from studio.store.database import Workspace

Lane = Literal["documents", "compute"]
LANES: tuple[Lane, ...] = ("documents", "compute")
Function = Callable[..., None]


class Overtaken(StudioError):
    """The worker was thought dead, and another one does its job by now."""


@dataclass(frozen=True)
class Task:
    """A kind of job. `failed(room, sentence, **arguments)` tells what the job was about that it failed.

    Of those that wait in a lane, the highest `priority` comes first.
    """

    name: str
    lane: Lane
    function: Function
    failed: Function | None
    priority: int = 0


tasks: dict[str, Task] = {}
_asking = App(connector=SyncPsycopgConnector())


def task(
    name: str, lane: Lane, failed: Function | None = None, priority: int = 0
) -> Callable[[Function], Function]:
    """Name a function `f(room, **arguments)` as a job of this lane; each lane runs one job at a time."""

    def keep(function: Function) -> Function:
        tasks[name] = Task(name, lane, function, failed, priority)
        return function

    return keep


def defer(room: Workspace, name: str, session: Session | None = None, **arguments: Any) -> int:
    """Ask for a job and return its id. With `session`, it is asked for when that transaction commits."""
    if session is None:
        with room.session() as own:
            return defer(room, name, own, **arguments)
    lane, priority = tasks[name].lane, tasks[name].priority
    connection = session.connection().connection.driver_connection
    job = _asking.configure_task(name, queue=lane, priority=priority, connection=connection)
    return job.defer(workspace_id=room.id, arguments=arguments)


def defer_once(room: Workspace, name: str, row: Any, going: sa.Select[int], argument: str) -> int:
    """Store `row` and ask for the job about it; where `going` finds one that waits or runs, take that one.

    Returns the id of the row, which the job gets as `argument`. Two clicks at once make one.
    """
    with room.session() as session:
        room.take_turns(session, name)
        found = session.scalar(going)
        if found is not None:
            return found
        session.add(row)
        session.flush()
        row.job_id = defer(room, name, session, **{argument: row.id})
        return int(row.id)


def is_asked(room: Workspace, *names: str) -> bool:
    """Whether a job of these kinds waits or runs in the workspace."""
    with room.session() as session:
        return bool(
            session.scalar(
                sa.text(
                    """
                    SELECT count(*) FROM procrastinate_jobs
                    WHERE status IN ('todo', 'doing') AND task_name = ANY(:names)
                        AND (args ->> 'workspace_id')::bigint = :workspace
                    """
                ),
                {"names": list(names), "workspace": room.id},
            )
        )


def queue_position(session: Session, job_id: int) -> int | None:
    """How many jobs come before this one in its lane; None when it no longer waits."""
    ahead: int | None = session.scalar(
        sa.text(
            """
            SELECT count(other.id)
            FROM procrastinate_jobs AS mine
            LEFT JOIN procrastinate_jobs AS other
                ON other.queue_name = mine.queue_name
                AND (
                    other.status = 'doing'
                    OR other.status = 'todo' AND (-other.priority, other.id) < (-mine.priority, mine.id)
                )
            WHERE mine.id = :job_id AND mine.status = 'todo'
            GROUP BY mine.id
            """
        ),
        {"job_id": job_id},
    )
    return ahead
