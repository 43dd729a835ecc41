"""A host that was restarted, and hosts whose clocks are wrong."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from studio.jobs.queue import defer, task
from studio.store.database import Workspace
from studio.store.tables import Conversation
from studio.tuning import process
from studio.tuning.attempt import take
from studio.tuning.process import MARK
from studio.tuning.runs import get_run
from studio.tuning.supervise import train_job
from tests.faults.conftest import Starting
from tests.faults.happenings import REPOSITORY, folder_of, wait

pytestmark = pytest.mark.postgres
HOURS = 2
Seen = Callable[[str], None]
WORKER = """
import sys, time
sys.path[:0] = ["tests/jobs"]
import notebook_jobs
from studio.jobs import worker
from studio.settings import Settings
worker.STALLED_SECONDS, worker.LOOK_SECONDS, worker.HEARTBEAT_SECONDS = 3.0, 0.5, 0.5
print(int(time.time()), flush=True)
sys.exit(worker.run_worker(Settings.load(sys.argv[1]), "documents"))
"""
# loaded before libc: every program in the process reads a clock that is so many seconds off
WRONG_CLOCK = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
static long off(void) { return atol(getenv("CLOCK_OFF")); }
int clock_gettime(clockid_t which, struct timespec *now) {
    int (*real)(clockid_t, struct timespec *) = dlsym(RTLD_NEXT, "clock_gettime");
    int failed = real(which, now);
    if (!failed && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) now->tv_sec += off();
    return failed;
}
time_t time(time_t *kept) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (kept) *kept = now.tv_sec;
    return now.tv_sec;
}
int gettimeofday(struct timeval *kept, void *zone) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    kept->tv_sec = now.tv_sec;
    kept->tv_usec = now.tv_nsec / 1000;
    return 0;
}
"""
for name in ("note", "slow"):
    task(name, "documents")(lambda room: None)


@pytest.fixture(scope="module")
def wrong_clock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler: the clock of a process cannot be set wrong without one")
    folder = tmp_path_factory.mktemp("clock")
    (folder / "clock.c").write_text(WRONG_CLOCK)
    made = folder / "clock.so"
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-o", str(made), str(folder / "clock.c"), "-ldl"], check=True
    )
    return made


def worker(room: Workspace, clock: Path, hours: int) -> "subprocess.Popen[str]":
    """A worker whose clock is wrong; returns when it has said so."""
    changed = {"LD_PRELOAD": str(clock), "CLOCK_OFF": str(hours * 3600)}
    started = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(room.settings.data)],
        cwd=REPOSITORY, env=os.environ | changed, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert started.stdout is not None
    assert abs(int(started.stdout.readline()) - time.time() - hours * 3600) < 60
    return started


def notes(room: Workspace) -> list[str]:
    with room.session() as session:
        return list(session.scalars(sa.select(Conversation.title).order_by(Conversation.id)))


@pytest.mark.faults("F25", "the clocks of two workers are two hours ahead and two hours behind")
def test_wrong_clocks_steal_no_job_and_delay_none(room: Workspace, wrong_clock: Path, seen: Seen) -> None:
    defer(room, "slow", text="slow")
    workers = [worker(room, wrong_clock, hours) for hours in (HOURS, -HOURS)]
    try:
        wait(lambda: notes(room) == ["slow"])
        time.sleep(6)  # twice the time after which a worker counts as dead
        assert notes(room) == ["slow"], "a job was taken from a living worker"
        for one in workers:
            one.kill()
        workers.append(worker(room, wrong_clock, HOURS))
        took = wait(lambda: notes(room) == ["slow", "slow"], 30)
        seen(f"no job is taken from a living worker; that of a killed one is run again {took:.0f} s later")
    finally:
        for one in workers:
            one.kill()
            one.communicate()


@pytest.mark.faults("F25", "the clock of the process that supervises a run jumps")
def test_a_run_is_timed_by_the_database(
    room: Workspace, start_run: Starting, monkeypatch: pytest.MonkeyPatch, seen: Seen
) -> None:
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() - HOURS * 3600)
    run_id = start_run()
    take(room, run_id)
    run = get_run(room, run_id)
    seen("heartbeat, start and age of a run are the database's: nothing is negative, nothing silent")
    assert run.started_at is not None and not run.silent
    assert run.created_at <= run.started_at
    assert abs((run.started_at - datetime.fromtimestamp(real(), UTC)).total_seconds()) < 60


@pytest.mark.faults("F30", "the host was restarted: the run's process is of another boot")
def test_after_a_restart_running_runs_are_interrupted_and_waiting_ones_wait(
    room: Workspace, start_run: Starting, seen: Seen
) -> None:
    running, waiting = start_run(), start_run()
    take(room, running)
    folder = folder_of(room, running)
    folder.mkdir(parents=True)
    # after a restart the number may belong to anybody: here to this very process
    mark = replace(process.leave_mark(folder, os.getpid()), boot_id="an earlier boot")
    (folder / MARK).write_text(json.dumps(asdict(mark)))
    (folder / "run.log").touch()

    train_job(room, run_id=running)

    run, other = get_run(room, running), get_run(room, waiting)
    seen(f"{run.state}: “{run.error}”; the other run is still {other.state}")
    assert run.state == "interrupted" and "was restarted" in str(run.error)
    assert other.state == "queued" and other.queue_position is not None
