"""Training for real, in a process of its own or here, and what it measured. Used by tests of the recipe."""

import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from studio.tuning import process
from studio.tuning.plan import METRICS, read_plan, read_result, read_rows


def train(run: Path) -> dict[str, Any]:
    """The result of a training process."""
    mark = process.start(run, processes=read_plan(run).processes)
    wait(lambda: not process.alive(mark))
    result = read_result(run)
    assert result is not None, (run / "run.log").read_text()
    return result


def train_here(run: Path) -> dict[str, Any]:
    """In this process: saves the ten seconds a new one needs to load torch."""
    from studio.tuning import recipe

    before = signal.getsignal(signal.SIGTERM)
    try:
        recipe.main(run)
    finally:
        signal.signal(signal.SIGTERM, before)
    return dict(read_result(run) or {})


def wait(ready: Callable[[], object], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def losses(run: Path) -> dict[int, float]:
    return {row["step"]: row["loss"] for row in read_rows(run / METRICS) if row["loss"] is not None}


def checks(run: Path) -> dict[int, float]:
    return {row["step"]: row["eval_loss"] for row in read_rows(run / METRICS) if row["eval_loss"] is not None}
