"""The worker, tested by starting it: success, failure, death."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from studio.jobs.queue import defer, queue_position, task
from studio.store.database import Database, Workspace
from studio.store.tables import Conversation

pytestmark = pytest.mark.postgres
REPOSITORY = Path(__file__).resolve().parents[2]
WORKER = """
import sys
sys.path[:0] = ["tests/jobs"]
import notebook_jobs
from studio.jobs import worker
from studio.settings import Settings
worker.STALLED_SECONDS, worker.LOOK_SECONDS, worker.HEARTBEAT_SECONDS = 3.0, 0.5, 0.5
sys.exit(worker.run_worker(Settings.load(sys.argv[1]), "documents"))
"""
for name in ("note", "break", "refuse", "slow"):
    task(name, "documents")(lambda room: None)
task("after all else", "documents", priority=-10)(lambda room: None)


def status_of(room: Workspace, number: int) -> str:
    with room.session() as session:
        asked = sa.text("SELECT status::text FROM procrastinate_jobs WHERE id = :n")
        return str(session.scalar(asked, {"n": number}))


def start_worker(room: Workspace) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", WORKER, str(room.settings.data)], cwd=REPOSITORY)


def notes(room: Workspace) -> list[str]:
    with room.session() as session:
        return list(session.scalars(sa.select(Conversation.title).order_by(Conversation.id)))


def wait_for(room: Workspace, wanted: list[str]) -> list[str]:
    end = time.monotonic() + 30
    while notes(room) != wanted and time.monotonic() < end:
        time.sleep(0.1)
    return notes(room)


def test_jobs_of_a_lane_run_in_order_and_failures_do_not_stop_it(room: Workspace) -> None:
    for name, text in (("note", "one"), ("break", "two"), ("refuse", "three"), ("note", "four")):
        defer(room, name, text=text)
    worker = start_worker(room)
    try:
        assert wait_for(room, ["one", "two: inside", "three: Not today.", "four"])[-1] == "four"
    finally:
        worker.terminate()
        worker.wait(20)


def test_a_job_whose_worker_was_killed_is_run_again(room: Workspace) -> None:
    defer(room, "slow", text="twice")
    first = start_worker(room)
    assert wait_for(room, ["twice"]) == ["twice"]
    first.kill()
    first.wait()
    second = start_worker(room)
    try:
        assert wait_for(room, ["twice", "twice"]) == ["twice", "twice"]
    finally:
        second.kill()
        second.wait()


def test_a_worker_that_slept_does_not_queue_its_own_job_again(room: Workspace) -> None:
    number = defer(room, "slow", text="once")
    worker = start_worker(room)
    try:
        assert wait_for(room, ["once"]) == ["once"]
        worker.send_signal(signal.SIGSTOP)
        time.sleep(4)
        worker.send_signal(signal.SIGCONT)
        for _ in range(20):
            assert status_of(room, number) == "doing"
            time.sleep(0.1)
    finally:
        worker.kill()
        worker.wait()


def test_asking_in_a_transaction_that_fails_asks_for_nothing(room: Workspace) -> None:
    with pytest.raises(RuntimeError), room.session() as session:
        number = defer(room, "note", session, text="never")
        raise RuntimeError
    with room.session() as session:
        assert (
            session.scalar(sa.text("SELECT count(*) FROM procrastinate_jobs WHERE id = :n"), {"n": number})
            == 0
        )


def test_a_waiting_job_knows_how_many_are_before_it(room: Workspace, database: Database) -> None:
    first, second = defer(room, "note", text="a"), defer(room, "note", text="b")
    with room.session() as session:
        before, after = queue_position(session, first), queue_position(session, second)
        session.execute(sa.text("DELETE FROM procrastinate_jobs WHERE id = ANY(:n)"), {"n": [first, second]})
    assert before is not None
    assert after == before + 1


def test_what_is_less_urgent_is_not_before_a_job_however_long_it_waits(room: Workspace) -> None:
    waiting, urgent = defer(room, "after all else"), defer(room, "note", text="a")
    with room.session() as session:
        before, after = queue_position(session, urgent), queue_position(session, waiting)
        session.execute(
            sa.text("DELETE FROM procrastinate_jobs WHERE id = ANY(:n)"), {"n": [waiting, urgent]}
        )
    assert before is not None
    assert after == before + 1
