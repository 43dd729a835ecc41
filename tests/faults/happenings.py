"""What befalls a studio: freezing, killing, filling up; and waiting for what becomes of it."""

import os
import shutil
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from studio.store import embedded
from studio.store.database import Workspace
from studio.tuning.supervise import train_job

REPOSITORY = Path(__file__).resolve().parents[2]


def wait(true: Callable[[], object], seconds: float = 90) -> float:
    """Wait until it is true; returns the seconds that took."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, "waited too long"
        time.sleep(0.02)
    return time.monotonic() - began


def folder_of(room: Workspace, run_id: int) -> Path:
    return room.settings.data / "runs" / str(run_id)


def supervised(room: Workspace, run_id: int) -> threading.Thread:
    """What a worker does with the job of a run, in this process."""
    thread = threading.Thread(target=train_job, args=(room,), kwargs={"run_id": run_id})
    thread.start()
    return thread


def freeze(pid: int) -> None:
    """Return when the process stands still."""
    os.kill(pid, signal.SIGSTOP)
    wait(lambda: Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T", 10)


def thaw(pid: int) -> None:
    os.kill(pid, signal.SIGCONT)


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def postmaster(room: Workspace) -> int:
    pid = embedded.locate(room.settings.data).pid()
    assert pid is not None
    return pid


def watcher(room: Workspace) -> int:
    """The process that starts a killed server again."""
    stat = Path(f"/proc/{postmaster(room)}/stat").read_text()
    return int(stat.rpartition(")")[2].split()[1])


def fill(place: Path, left: int) -> Path:
    """Fill a volume up until only `left` bytes are free; deleting the file makes room again."""
    filler = place / "filler"
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, shutil.disk_usage(place).free - left))
    return filler


def job_of(room: Workspace, run_id: int) -> str:
    """The state of the newest job of a run."""
    asked = sa.text(
        "SELECT status::text FROM procrastinate_jobs WHERE task_name = 'train'"
        " AND args -> 'arguments' ->> 'run_id' = :run ORDER BY id DESC LIMIT 1"
    )
    with room.session() as session:
        return str(session.scalar(asked, {"run": str(run_id)}))
