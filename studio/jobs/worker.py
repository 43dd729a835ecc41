"""The worker: one process per lane that takes jobs from the queue and runs them one at a time.

`python -m studio worker --lane compute`. It is crash-only: when the database goes away under it, it ends
and its supervisor starts it anew; jobs it leaves behind are picked up again by `revive_stalled_jobs`.
"""

import asyncio
import logging
import os
import time
from collections.abc import Callable, Set
from typing import Any

import psycopg
from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status

from studio.errors import StudioError
from studio.jobs.again import AT_ONCE, DATABASE_LOST, PAUSE_SECONDS, WhenDatabaseWasLost, may_be_repeated
from studio.jobs.queue import Lane, Overtaken, Task, tasks
from studio.jobs.slots import Slots
from studio.settings import Settings
from studio.store.database import Database, open_database
from studio.store.lease import hold, unused

HEARTBEAT_SECONDS = 3.0
STALLED_SECONDS = 15.0
LOOK_SECONDS = 5.0
TO_BE_STARTED_ANEW = 75
WITH_SLOTS: Lane = "compute"
log = logging.getLogger(__name__)


def run_worker(settings: Settings, lane: Lane) -> int:
    """Work until told to stop (SIGTERM lets the running job finish); returns the exit code."""
    database = open_database(settings)
    folder = settings.data / "workers"
    folder.mkdir(parents=True, exist_ok=True)
    with Slots.of_devices(folder) if lane == WITH_SLOTS else Slots() as slots, hold(folder / lane):
        try:
            asyncio.run(_work(database, lane, slots))
        except (ConnectorException, psycopg.OperationalError) as error:
            log.warning("The database went away: %s", error)
            return TO_BE_STARTED_ANEW
        finally:
            database.close()
    return 0


def has_worker(settings: Settings, lane: Lane) -> bool:
    """Whether a worker of this data folder serves the lane."""
    return not unused(settings.data / "workers" / lane) if (settings.data / "workers").exists() else False


async def _work(database: Database, lane: Lane, slots: Slots) -> None:
    app = App(connector=PsycopgConnector(kwargs=database.connect_arguments()))
    own: set[int | None] = set()
    for known in tasks.values():
        if known.lane == lane:
            perform = app.task(name=known.name, queue=lane, retry=WhenDatabaseWasLost(), pass_context=True)
            perform(_performer(known, database, slots, own))
    async with app.open_async():
        await revive_left_behind(app, database, slots)
        reviving = asyncio.create_task(_keep_reviving(app, database, lane, own))
        try:
            await app.run_worker_async(
                queues=[lane],
                name=lane,
                fetch_job_polling_interval=LOOK_SECONDS,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=STALLED_SECONDS,
            )
        finally:
            reviving.cancel()


def _performer(known: Task, database: Database, slots: Slots, own: set[int | None]) -> Callable[..., None]:
    """`own` gets the number of the job while it is performed."""

    def perform(context: JobContext, workspace_id: int, arguments: dict[str, Any]) -> None:
        def tell(sentence: str) -> None:
            _report_failure(known, workspace_id, database, arguments, sentence)

        if context.job.worker_id is not None:
            slots.note(context.job.worker_id)
        own.add(context.job.id)
        try:
            known.function(database.workspace_by_id(workspace_id), **arguments)
        except DATABASE_LOST as error:
            time.sleep(PAUSE_SECONDS)
            if not may_be_repeated(context.job):
                tell(f"The database could not do it: {str(error).splitlines()[0]}")
            raise
        except Overtaken as error:
            _leave(str(error))
        except StudioError as error:
            tell(str(error))
        except Exception:  # the one place where anything may arrive: the row must say so, the lane go on
            log.exception("Job %s failed", known.name)
            tell("Something went wrong inside the studio. The details are in the worker's log; try again.")
        finally:
            own.discard(context.job.id)

    return perform


def _leave(why: str) -> None:
    """End without another word to the queue: it would take this worker's for the other one's."""
    log.warning("%s This worker ends.", why)
    logging.shutdown()
    os._exit(TO_BE_STARTED_ANEW)


def _report_failure(
    known: Task, workspace_id: int, database: Database, arguments: dict[str, Any], sentence: str
) -> None:
    log.warning("Job %s: %s", known.name, sentence)
    if known.failed:
        known.failed(database.workspace_by_id(workspace_id), sentence, **arguments)


async def _keep_reviving(app: App, database: Database, lane: Lane, own: Set[int | None]) -> None:
    while True:
        await revive_stalled_jobs(app, database, lane, own)
        await asyncio.sleep(LOOK_SECONDS)


async def revive_stalled_jobs(
    app: App, database: Database, lane: Lane, own: Set[int | None] = frozenset()
) -> None:
    """Queue again what a dead worker left behind; give up on a job that has killed several workers.

    `own` are jobs performed here: a worker that was asleep with its host finds its own heartbeat grown old.
    """
    for job in await app.job_manager.get_stalled_jobs(queue=lane, seconds_since_heartbeat=STALLED_SECONDS):
        if job.id not in own:
            await _revive(app, database, job)


async def revive_left_behind(app: App, database: Database, slots: Slots) -> None:
    """The same for the jobs of those whose slots these were, before anything else is taken.

    Their training may still be going on: a job taken before it was found again would train beside it. In
    another database than the slots were noted for, the numbers may be those of workers of other lanes.
    """
    for worker_id in slots.last_holders():
        left = await app.job_manager.list_jobs_async(worker_id=worker_id, queue=WITH_SLOTS, status="doing")
        for job in left:
            await _revive(app, database, job)


async def _revive(app: App, database: Database, job: Job) -> None:
    if may_be_repeated(job):
        log.info("Job %s lost its worker and is queued again", job.id)
        await app.job_manager.retry_job(job, retry_at=AT_ONCE)
    else:
        await _give_up(app, database, job)


async def _give_up(app: App, database: Database, job: Job) -> None:
    await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=False)
    sentence = f"It was tried {job.attempts} times and the worker died each time, so it was given up."
    known = tasks[job.task_name]
    asked: dict[str, Any] = dict(job.task_kwargs)
    await asyncio.to_thread(
        _report_failure, known, asked["workspace_id"], database, asked["arguments"], sentence
    )
