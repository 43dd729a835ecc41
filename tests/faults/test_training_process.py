"""A training process that is frozen, told to end, or killed at the worst moment; resumed afterwards."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from studio.store.database import Workspace
from studio.tuning import process
from studio.tuning.checkpoints import newest_sound, steps
from studio.tuning.plan import METRICS, read_rows
from studio.tuning.process import ProcessMark
from studio.tuning.runs import get_run, metrics, resume_run, stop_run
from tests.faults.conftest import Starting
from tests.faults.happenings import folder_of, freeze, kill, supervised, thaw, wait

pytestmark = [pytest.mark.postgres, pytest.mark.model]
Seen = Callable[[str], None]


def trained_until(folder: Path, checkpoints: int) -> ProcessMark:
    wait(lambda: len(steps(folder)) >= checkpoints)
    mark = process.find(folder)
    assert mark is not None
    return mark


def partial(folder: Path) -> list[Path]:
    """Checkpoints that are being written."""
    return list((folder / "checkpoints").glob("checkpoint-*"))


@pytest.mark.faults("F6", "the training process is frozen (SIGSTOP) and not woken")
def test_a_frozen_process_is_noticed_ended_and_resumed(
    room: Workspace, start_run: Starting, quick_looks: None, seen: Seen
) -> None:
    run_id = start_run()
    supervisor = supervised(room, run_id)
    mark = trained_until(folder_of(room, run_id), 2)
    freeze(mark.pid)
    began = time.monotonic()
    supervisor.join(30)
    run, took = get_run(room, run_id), time.monotonic() - began
    seen(f"{run.state} {took:.0f} s later (the limit is 3 s in this test, 120 s otherwise): “{run.error}”")
    assert run.state == "interrupted" and run.error is not None
    assert "did nothing for 3 seconds" in run.error and "goes on from the checkpoint" in run.error
    wait(lambda: not process.alive(mark), 5)


@pytest.mark.faults("F8", "SIGTERM while a checkpoint is being written")
@pytest.mark.faults("F9", "kill -9 while a checkpoint is being written")
def test_a_checkpoint_is_whole_or_not_there(
    room: Workspace, start_run: Starting, quick_looks: None, seen: Seen
) -> None:
    run_id = start_run(checkpoints=100)
    folder = folder_of(room, run_id)
    supervisor = supervised(room, run_id)
    caught = caught_writing(folder)
    os.kill(caught.pid, signal.SIGTERM)
    thaw(caught.pid)
    supervisor.join(60)
    run, ended = get_run(room, run_id), newest_sound(folder)
    seen(f"SIGTERM: {run.state}, “{run.error}”")
    assert run.state == "interrupted" and ended == (run.step, []) and partial(folder) == []

    resume_run(room, run_id)
    supervisor = supervised(room, run_id)
    caught = caught_writing(folder)
    before = newest_sound(folder)
    kill(caught.pid)
    supervisor.join(60)
    run = get_run(room, run_id)
    seen(f"kill -9: {run.state}, “{run.error}”; half a checkpoint lay there and was ignored")
    assert partial(folder) and newest_sound(folder) == before
    assert f"checkpoint at step {before[0]}" in str(run.error)

    resume_run(room, run_id)
    supervisor = supervised(room, run_id)
    wait(lambda: get_run(room, run_id).step > (before[0] or 0))
    stop_run(room, run_id)
    supervisor.join(60)
    run = get_run(room, run_id)
    seen(f"resumed from step {run.result['resumed_from']}; every step measured once")
    assert run.result["resumed_from"] == before[0]
    every = list(range(run.step + 1))
    assert [point.step for point in metrics(room, run_id)] in (every, every[1:])
    assert [row["step"] for row in read_rows(folder / METRICS)] in (every, every[1:])


def caught_writing(folder: Path) -> ProcessMark:
    """Freeze the process at a moment when a checkpoint is half written."""
    wait(lambda: folder.exists() and process.find(folder))
    mark = process.find(folder)
    assert mark is not None
    while True:
        wait(lambda: partial(folder))
        freeze(mark.pid)
        if partial(folder):
            return mark
        thaw(mark.pid)
