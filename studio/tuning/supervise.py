"""The job "train": starts a run's training process or finds it again, follows it, records how it ended.

The process needs neither us nor the database. When the worker dies, the job is repeated and adopts the
living process; when the database restarts, we wait and record afterwards what happened meanwhile.
"""

import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from studio.errors import StudioError
from studio.jobs.queue import task
from studio.models.adapters import NewAdapter, register_adapter
from studio.models.bundled import CHAT_MODEL
from studio.models.catalogue import ModelFolder, find_model
from studio.models.fetching import fetch_model
from studio.store.database import Workspace
from studio.store.tables import Run, RunMetric
from studio.training_sets.versions import examples
from studio.tuning import process
from studio.tuning.attempt import LIVE, Attempt, Superseded, patiently, record, take, write
from studio.tuning.checkpoints import newest_sound
from studio.tuning.lineage import made_from
from studio.tuning.plan import (
    ADAPTER,
    HELD_OUT,
    LOG,
    METRICS,
    RESULT,
    STOP,
    TRAIN,
    RunPlan,
    read_result,
    write_plan,
    write_whole,
)
from studio.tuning.presets import from_json
from studio.tuning.process import MARK, REPOSITORY, ProcessMark

POLL_SECONDS = 1.0
LEARNED = ("prompt", "completion", "history", "context")
log = logging.getLogger(__name__)


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
        follow(attempt, mark)
        finish(attempt, mark)
    except Superseded:
        log.info("Run %s is supervised by a newer attempt", run_id)


def find_or_start(attempt: Attempt) -> ProcessMark | None:
    """The run's living process, a new one, or None when it ended while nobody watched."""
    attempt.folder.mkdir(parents=True, exist_ok=True)
    mark = process.find(attempt.folder)
    if mark is None and not attempt.fresh and (attempt.folder / MARK).exists():
        return None
    if mark is None:
        prepare(attempt)
        mark = process.start(attempt.folder)
    return mark


def prepare(attempt: Attempt) -> None:
    """Lay out the run folder; checkpoints and measurements of earlier attempts stay."""
    for name in (RESULT, STOP, MARK):
        (attempt.folder / name).unlink(missing_ok=True)
    room, row = attempt.room, attempt.row
    for split, name in (("train", TRAIN), ("held_out", HELD_OUT)):
        rows = patiently(lambda split=split: examples(room, row.version_id, split))  # type: ignore[misc]
        lines = (json.dumps({name: getattr(e, name) for name in LEARNED}) + "\n" for e in rows)
        write_whole(attempt.folder / name, "".join(lines).encode())
    model = ready_model(room, row.base_model)
    plan = RunPlan(str(model.path), row.base_model, row.method, from_json(row.settings))
    write_plan(attempt.folder, plan)


def follow(attempt: Attempt, mark: ProcessMark | None) -> None:
    """Store what the process measures and pass the wish to stop on, until it has ended."""
    tail = Tail(attempt.folder / METRICS)
    while mark is not None and process.alive(mark):
        if patiently(lambda: record(attempt, tail.lines())):
            process.request_stop(attempt.folder)
        tail.keep()
        time.sleep(POLL_SECONDS)
    patiently(lambda: record(attempt, tail.lines()))


def finish(attempt: Attempt, mark: ProcessMark | None) -> None:
    """Record how the process ended; an adapter is registered before the run is called succeeded."""
    result = read_result(attempt.folder)
    if result is None:
        state, error = died(attempt.folder, mark)
        patiently(lambda: close(attempt, state, error, {}))
        return
    if result["state"] == "succeeded":
        patiently(lambda: register(attempt, result))
    state, error = result["state"], result["error"]
    if state == "stopped" and not patiently(lambda: record(attempt, [])):
        state, error = (
            "interrupted",
            f"Training was told to stop from outside. {what_is_left(attempt.folder)}",
        )
    patiently(lambda: close(attempt, state, error, result))
    if state == "succeeded":
        shutil.rmtree(attempt.folder / ADAPTER, ignore_errors=True)


def close(attempt: Attempt, state: str, error: str | None, result: dict[str, Any]) -> None:
    """Write the run's last state of this attempt.

    A killed attempt may have measured steps that a later one, begun at a checkpoint, never reached again.
    """
    never_kept = sa.delete(RunMetric).where(
        RunMetric.workspace_id == attempt.room.id, RunMetric.run_id == attempt.row.id
    )
    with attempt.room.session() as session:
        if "steps" in result:
            session.execute(never_kept.where(RunMetric.step > result["steps"]))
        write(
            attempt,
            session,
            state=state,
            error=error,
            result=result,
            seconds_left=None,
            finished_at=sa.func.now(),
        )


def died(folder: Path, mark: ProcessMark | None) -> tuple[str, str]:
    """State and sentence for a process that ended without a result."""
    code = process.exit_code(mark) if mark else None
    if code is None:
        return "interrupted", f"The training process is gone without a result. {what_is_left(folder)}"
    if code < 0:
        name = signal.Signals(-code).name
        hint = " This is also what a system out of memory does." if -code == signal.SIGKILL else ""
        return (
            "interrupted",
            f"The training process died (signal {-code}, {name}).{hint} {what_is_left(folder)}",
        )
    return "failed", f"The training process ended with code {code}: {last_words(folder)}"


def what_is_left(folder: Path) -> str:
    """From where the run can be resumed, and which checkpoints cannot be used."""
    step, skipped = newest_sound(folder)
    start = f"goes on from the checkpoint at step {step}" if step else "starts from the beginning"
    return " ".join([f"Resume {start}.", *skipped])


def last_words(folder: Path) -> str:
    """The last line of the log."""
    lines = (folder / LOG).read_text(errors="replace").strip().splitlines()
    return lines[-1][:300] if lines else f"{folder / LOG} is empty."


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
