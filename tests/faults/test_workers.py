"""Two workers for one device, one of which is killed and the other frozen while a run trains."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import psutil
import pytest

from studio.store.database import Workspace
from studio.tuning import process
from studio.tuning.runs import get_run, metrics, stop_run
from tests.faults.conftest import starting
from tests.faults.happenings import (
    REPOSITORY,
    folder_of,
    freeze,
    job_of,
    supervised,
    thaw,
    wait,
)

pytestmark = [pytest.mark.postgres, pytest.mark.model]
WORKER = """
import sys
from studio.commands import jobs
from studio.jobs import worker
from studio.settings import Settings
from studio.tuning import process
worker.STALLED_SECONDS, worker.LOOK_SECONDS, worker.HEARTBEAT_SECONDS = 3.0, 0.5, 0.5
process.POLL_SECONDS = 0.1
sys.exit(worker.run_worker(Settings.load(sys.argv[1]), "compute"))
"""
Seen = Callable[[str], None]


@dataclass
class Events:
    """What was seen in the course of events, by name."""

    seen: dict[str, object] = field(default_factory=dict)


def worker(room: Workspace) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", WORKER, str(room.settings.data)], cwd=REPOSITORY)


def end(one: "subprocess.Popen[bytes]") -> None:
    """Whatever state a test left it in."""
    one.kill()
    one.wait()


def trainers(room: Workspace) -> int:
    """How many training processes of this data folder there are."""
    lines = (" ".join(one.info["cmdline"] or ()) for one in psutil.process_iter(["cmdline"]))
    return sum("studio.tuning.recipe" in line and str(room.settings.data) in line for line in lines)


@pytest.fixture(scope="module")
def events(shared_room: Workspace, tiny: str) -> Iterator[dict[str, object]]:
    """Two runs, two workers; the first worker is killed, the second frozen, overtaken and woken."""
    room, seen = shared_room, dict[str, object]()
    workers: list[subprocess.Popen[bytes]] = []
    with starting(room, tiny) as start, ExitStack() as ending:
        ending.callback(lambda: [end(one) for one in workers])
        first, second = start(checkpoints=2), start(checkpoints=2)
        workers.append(worker(room))
        wait(lambda: get_run(room, first).step > 0)
        workers.append(worker(room))
        born = process.find(folder_of(room, first))
        step = get_run(room, first).step
        wait(lambda: get_run(room, first).step > step + 100)
        waiting = get_run(room, second)
        seen["together"] = (waiting.state, waiting.queue_position, trainers(room))

        workers[0].kill()
        workers[0].wait()
        step = len(metrics(room, first))
        seen["adopted after"] = wait(lambda: len(metrics(room, first)) > step + 10, 40)
        seen["same process"] = process.find(folder_of(room, first)) == born
        waiting = get_run(room, second)
        seen["after the kill"] = (waiting.state, waiting.queue_position, trainers(room))

        freeze(workers[1].pid)
        other = supervised(room, first)
        stop_run(room, first)
        other.join(60)
        ended = get_run(room, first)
        seen["job"] = job_of(room, first)
        thaw(workers[1].pid)
        seen["exit code"] = workers[1].wait(20)
        seen["untouched"] = get_run(room, first) == ended and ended.state == "stopped"
        seen["job later"] = job_of(room, first)
        seen["second"] = get_run(room, second).state
        yield seen


@pytest.mark.faults("F16", "two workers for one device, two runs")
def test_the_second_run_waits_its_turn(events: dict[str, object], seen: Seen) -> None:
    seen("one training process; the second run stays queued with one before it")
    assert events["together"] == ("queued", 1, 1)


@pytest.mark.faults("F3", "kill -9 of the worker that supervises a training process")
def test_the_next_worker_adopts_the_living_process(events: dict[str, object], seen: Seen) -> None:
    took = events["adopted after"]
    seen(f"the other worker follows the same process {took:.0f} s later; nothing is trained twice")
    assert events["same process"] is True and events["after the kill"] == ("queued", 1, 1)


@pytest.mark.faults("F6", "the worker is frozen, another one takes its run over, then it is woken")
def test_a_worker_that_wakes_too_late_writes_nothing(events: dict[str, object], seen: Seen) -> None:
    seen(f"the run stays as the other one left it; the late one ends with code {events['exit code']}")
    assert events["untouched"] is True and events["exit code"] == 75
    assert events["job"] == events["job later"] == "doing"
