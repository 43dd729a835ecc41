"""The job "train": starts a run's training process or finds it again, follows it, records how it ended.

The process needs neither us nor the database. When the worker dies, the job is repeated and adopts the
living process; when the database restarts, we wait and record afterwards what happened meanwhile.
"""

import errno
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from studio.errors import StudioError
from studio.jobs.queue import task
from studio.models.adapters import NewAdapter, register_adapter, served_base
from studio.models.bundled import CHAT_MODEL
from studio.models.catalogue import ModelFolder, find_model
from studio.models.fetching import fetch_model
from studio.store.database import Workspace
from studio.store.tables import Run
from studio.training_sets.versions import examples
from studio.tuning import process
from studio.tuning.attempt import LIVE, Attempt, patiently, record, take, write
from studio.tuning.attempt import forget_after as forget_measured
from studio.tuning.checkpoints import newest_sound
from studio.tuning.endings import died, disk_is_full, none_usable, what_is_left
from studio.tuning.forecast import this_host
from studio.tuning.forgetting.job import ask_general
from studio.tuning.lineage import made_from
from studio.tuning.plan import (
    ADAPTER,
    ANSWERS,
    HELD_OUT,
    METRICS,
    RESULT,
    STOP,
    TRAIN,
    RunPlan,
    forget_after,
    read_result,
    write_plan,
    write_whole,
)
from studio.tuning.presets import from_json, part_of
from studio.tuning.process import MARK, REPOSITORY, ProcessMark
from studio.tuning.shares import most_processes

LEARNED = ("prompt", "completion", "history", "context")


@dataclass
class Tail:
    """The lines of a growing file that have not been stored yet."""

    path: Path
    stored: int = 0
    read: int = field(default=0)

    def lines(self) -> list[dict[str, Any]]:
        """Whole lines after what is stored."""
        if not self.path.exists():
            return []
        with self.path.open("rb") as file:
            file.seek(self.stored)
            content = file.read()
        whole = content[: content.rfind(b"\n") + 1]
        self.read = self.stored + len(whole)
        return [json.loads(line) for line in whole.splitlines()]

    def keep(self) -> None:
        """What was read last is stored now."""
        self.stored = self.read


def note_failure(room: Workspace, sentence: str, *, run_id: int) -> None:
    """The job itself broke: the run's row says so, unless the run has ended otherwise."""
    change = sa.update(Run).where(Run.workspace_id == room.id, Run.id == run_id, Run.state.in_(LIVE))
    with room.session() as session:
        session.execute(change.values(state="failed", error=sentence, finished_at=sa.func.now()))


@task("train", lane="compute", failed=note_failure)
def train_job(room: Workspace, *, run_id: int) -> None:
    """Bring a run to its end; safe to repeat at any moment."""
    attempt = patiently(lambda: take(room, run_id))
    if attempt is None:
        return
    try:
        mark = find_or_start(attempt)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        full = disk_is_full(attempt.folder)
        patiently(lambda: close(attempt, "interrupted", full, {}))
        return
    finish(attempt, mark, follow(attempt, mark))


def find_or_start(attempt: Attempt) -> ProcessMark | None:
    """The run's living process, a new one, or None when it ended while nobody watched."""
    attempt.folder.mkdir(parents=True, exist_ok=True)
    mark = process.find(attempt.folder)
    if mark is None and not attempt.fresh and (attempt.folder / MARK).exists():
        return None
    if mark is None:
        plan = prepare(attempt)
        mark = process.start(attempt.folder, processes=plan.processes)
    return mark


def prepare(attempt: Attempt) -> RunPlan:
    """Lay out the run folder; checkpoints of earlier attempts stay, with what was measured before them.

    All equal GPUs of the host that can share a step evenly take part.
    """
    for name in (RESULT, STOP, MARK):
        (attempt.folder / name).unlink(missing_ok=True)
    kept, skipped = newest_sound(attempt.folder)
    if skipped and kept is None:
        raise StudioError(none_usable(skipped))
    forget_after(attempt.folder, kept or 0)
    patiently(lambda: forget_measured(attempt, kept or 0))
    room, row = attempt.room, attempt.row
    training = from_json(row.settings)
    for split, name in (("train", TRAIN), ("held_out", HELD_OUT)):
        rows = patiently(lambda split=split: examples(room, row.version_id, split))  # type: ignore[misc]
        kept_rows = part_of(rows, training) if split == "train" else rows
        lines = (json.dumps({name: getattr(e, name) for name in LEARNED}) + "\n" for e in kept_rows)
        write_whole(attempt.folder / name, "".join(lines).encode())
    model = ready_model(room, row.base_model)
    processes = most_processes(training, this_host().gpus)
    plan = RunPlan(str(model.path), row.base_model, row.method, training, processes)
    write_plan(attempt.folder, plan)
    return plan


def follow(attempt: Attempt, mark: ProcessMark | None) -> float:
    """Store what the process measures and pass the wish to stop on, until it has ended.

    One that stands still is ended. Returns for how many seconds it did, 0 if it did not.
    """
    tails = [Tail(attempt.folder / name) for name in (METRICS, ANSWERS)]

    def store_and_ask() -> None:
        if store(attempt, tails):
            process.request_stop(attempt.folder)

    stood_still = process.follow(mark, store_and_ask)
    store(attempt, tails)
    return stood_still


def store(attempt: Attempt, tails: list[Tail]) -> bool:
    """Store what was measured and answered since the last time. Returns whether a stop is wished."""
    wished = patiently(lambda: record(attempt, *[tail.lines() for tail in tails]))
    for tail in tails:
        tail.keep()
    return wished


def finish(attempt: Attempt, mark: ProcessMark | None, stood_still: float) -> None:
    """Record how the process ended; an adapter is registered before the run is called succeeded."""
    result = read_result(attempt.folder)
    if result is None:
        state, error = died(attempt.folder, mark, stood_still)
        patiently(lambda: close(attempt, state, error, {}))
        return
    if result["state"] == "succeeded":
        adapter = patiently(lambda: register(attempt, result))
    state, error = result["state"], result["error"]
    if state == "stopped" and not patiently(lambda: record(attempt, [])):
        state, error = (
            "interrupted",
            f"Training was told to stop from outside. {what_is_left(attempt.folder)}",
        )
    patiently(lambda: close(attempt, state, error, result))
    if state == "succeeded":
        if attempt.row.base_model == served_base(attempt.room):
            patiently(lambda: ask_general(attempt.room, adapter))
        shutil.rmtree(attempt.folder / ADAPTER, ignore_errors=True)


def close(attempt: Attempt, state: str, error: str | None, result: dict[str, Any]) -> None:
    """Write the run's last state of this attempt."""
    with attempt.room.session() as session:
        write(
            attempt,
            session,
            state=state,
            error=error,
            result=result,
            seconds_left=None,
            finished_at=sa.func.now(),
        )


def register(attempt: Attempt, result: dict[str, Any]) -> int:
    """Put the adapter into the register with everything it was made from."""
    row = attempt.row
    lineage = made_from(attempt.room, row, result)
    new = NewAdapter(row.id, row.name, row.base_model, row.method, lineage)
    return register_adapter(attempt.room, attempt.folder / ADAPTER, new)


def ready_model(room: Workspace, name: str) -> ModelFolder:
    """The base model's folder, downloaded if need be; the bundled one is unpacked by a process of its own."""
    model = find_model(name, room.settings)
    if model.present or model.id != CHAT_MODEL:
        return fetch_model(model, room.settings)
    # unpacking loads torch, which has no place in the worker
    environment = {**os.environ, "STUDIO_DATA": str(room.settings.data)}
    command = [sys.executable, "-m", "studio.models.bundled"]
    done = subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise StudioError(f"The base model {name} could not be unpacked: {done.stderr.strip()[-300:]}")
    return find_model(name, room.settings)
