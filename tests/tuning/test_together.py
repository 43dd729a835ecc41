"""Two processes that train one run through torchrun, on the CPU; the same code serves several GPUs."""

import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from studio.tuning import process
from studio.tuning.plan import STOP, read_plan, read_result, write_plan
from studio.tuning.presets import TrainingSettings
from tests.tuning.training import checks, losses, train_here, wait

pytestmark = [pytest.mark.model, pytest.mark.filterwarnings("ignore::FutureWarning")]

# 13 rows: the last step of an epoch has one batch of one row, so that one process has nothing to learn there
SETTINGS = TrainingSettings(
    epochs=20, max_steps=40, learning_rate=1e-2, batch_size=2, accumulation=2, warmup=0, evaluations=3,
    checkpoints=1,
)  # fmt: skip
Making = Callable[..., Path]


def test_two_processes_that_stop_and_one_that_resumes_learn_what_one_alone_does(
    tiny_base: Path, make_run: Making
) -> None:
    alone = make_run(tiny_base, SETTINGS, rows=13)
    train_here(alone)
    shared = make_run(tiny_base, SETTINGS, rows=13, processes=2)
    mark = process.start(shared, processes=2)
    wait(lambda: 5 in losses(shared))  # one epoch and a part of the next
    process.request_stop(shared)
    wait(lambda: not process.alive(mark))
    stopped = read_result(shared) or {}
    assert (stopped["state"], stopped["processes"]) == ("stopped", 2)

    (shared / STOP).unlink()
    write_plan(shared, replace(read_plan(shared), processes=1))  # on a host with one GPU
    result = train_here(shared)

    assert (result["state"], result["resumed_from"]) == ("succeeded", stopped["steps"])
    assert losses(shared) == pytest.approx(losses(alone), rel=1e-4)
    assert checks(shared) == pytest.approx(checks(alone), rel=1e-4)


def test_one_process_killed_ends_all_and_its_signal_is_told(tmp_path: Path) -> None:
    mark = process.start(tmp_path, "tests.tuning.one_dies", processes=2)
    wait(lambda: not process.alive(mark))
    assert process.exit_code(mark) == -signal.SIGKILL
    waiting = int((tmp_path / "waiting").read_text())
    assert not psutil.pid_exists(waiting)


def test_too_few_processes_are_refused(tiny_base: Path, make_run: Making) -> None:
    run = make_run(tiny_base, SETTINGS)
    write_plan(run, replace(read_plan(run), processes=2))
    result = train_here(run)
    assert result["state"] == "failed"
    assert "planned for 2 processes and 1 were started" in result["error"]
