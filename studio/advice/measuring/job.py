"""The job "measure_signals": asks the base model with and without passages, and looks answers up beside it.

Run by the compute worker. Run again after a crash it asks only what has no answer yet; what is answered stays
when it is stopped.
"""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from studio.advice.measuring.asked import for_the_base_model
from studio.advice.measuring.asking import Asking
from studio.advice.measuring.changing import contents_of
from studio.advice.measuring.contexts import contexts_of
from studio.advice.measuring.looking_up import look_up
from studio.advice.measuring.measurements import Data, locked
from studio.advice.measuring.scores import intervals_of, signals_of
from studio.comparison.question_sets import Question
from studio.engine.client import Engine, open_engine
from studio.errors import StudioError
from studio.jobs.pace import Pace
from studio.jobs.queue import task
from studio.store.database import Workspace

JOB = "measure_signals"
MOST, FEWEST = 40, 12  # questions
SECONDS = 150.0  # after that no more are asked, once there are FEWEST
SLICE = 4  # few at a time, so that it can be seen to move and stopped
SEED = 17


def fail_measurement(room: Workspace, sentence: str, *, measurement_id: int) -> None:
    """Called by the worker when the job cannot go on; what is answered is kept."""
    with room.session() as session:
        row = locked(session, room, measurement_id)
        row.state, row.error = "failed", sentence


@dataclass(frozen=True)
class Work:
    """One measurement under way."""

    room: Workspace
    id: int
    data: Data

    @cached_property
    def engine(self) -> Engine:
        return open_engine(self.room.settings)

    def go_on(self, **progress: Any) -> bool:
        """Say how it goes; False when a person asked to stop."""
        with self.room.session() as session:
            row = locked(session, self.room, self.id)
            row.progress = {**row.progress, **progress}
            return not row.stop_requested

    def keep(self, **results: Any) -> None:
        """Add to what was found."""
        with self.room.session() as session:
            row = locked(session, self.room, self.id)
            row.results = {**row.results, **results}


@task(JOB, lane="compute", failed=fail_measurement)
def measure_signals_job(room: Workspace, *, measurement_id: int) -> None:
    """Look up first, which takes seconds; then ask, a few questions at a time."""
    with room.session() as session:
        row = locked(session, room, measurement_id)
        if row.state not in ("queued", "running"):
            return
        row.state = "running"
        work = Work(room, row.id, Data(row.library_id, row.version_id, row.question_set_id))
        results = dict(row.results)
    if work.data.library_id is not None:
        work.keep(documents=contents_of(room, work.data.library_id))
    asked = _questions(room, work.data)
    if not asked:
        raise StudioError("There is no question with an answer to ask.")
    if "nearest" not in results and work.go_on(stage="Looking up the nearest examples", done=0, total=MOST):
        work.keep(nearest=look_up(room, work.data, work.engine))
    _ask(work, asked, list(results.get("rows", ())))
    _finish(room, measurement_id)


def _questions(room: Workspace, data: Data) -> list[Question]:
    """The same ones in the same order every time."""
    usable = for_the_base_model(room, data)
    return random.Random(SEED).sample(usable, min(MOST, len(usable)))


def _ask(work: Work, asked: Sequence[Question], rows: list[dict[str, Any]]) -> None:
    left = asked[len(rows) :]
    if not left or not work.go_on(stage="Searching the passages", done=len(rows), total=len(asked)):
        return
    library = work.data.library_id
    contexts = contexts_of(work.room, library, left) if library is not None else []
    asking, pace = Asking.of(work.engine, asked), Pace()
    for at in range(0, len(left), SLICE):
        spent = time.monotonic() - pace.began
        over = spent > SECONDS and len(rows) >= FEWEST
        said = {"stage": "Asking the base model", "done": len(rows), "total": len(asked)}
        seconds = seconds_left(spent, pace.seconds_left(at, 1), len(rows), len(asked))
        if over or not work.go_on(**said, seconds_left=seconds):
            return
        rows += asking.rows(left[at : at + SLICE], contexts[at : at + SLICE])
        work.keep(rows=rows, metric=asking.metric)


def seconds_left(spent: float, each: float | None, done: int, total: int) -> float:
    """Until all are asked, or the time is over and FEWEST are; one takes `each` seconds, None: not known."""
    over = max(0.0, SECONDS - spent)
    if each is None:
        return over
    return min(each * (total - done), max(over, each * (FEWEST - done)))


def _finish(room: Workspace, measurement_id: int) -> None:
    with room.session() as session:
        row = locked(session, room, measurement_id)
        rows, nearest = row.results.get("rows", []), row.results.get("nearest", [])
        values, sizes = signals_of(rows, nearest)
        intervals = intervals_of(rows, nearest)
        row.results = {**row.results, "values": values, "sizes": sizes, "intervals": intervals}
        row.state = "stopped" if row.stop_requested else "succeeded"
        row.progress = {**row.progress, "seconds_left": 0.0}
        row.finished_at = session.scalar(sa.select(sa.func.now()))
