"""What the tests of faults share: runs of a made-up small model, volumes that fill up, and what was seen.

A test marked `faults(id, done)` shows what becomes of that fault; what it tells `seen` stands in
docs/reliability.md.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from studio.store.database import Database, Workspace
from studio.training_sets.examples import Candidate
from studio.training_sets.versions import save_rows
from studio.tuning import process
from studio.tuning.runs import RunRequest, create_run
from tests.faults.happenings import folder_of
from tests.tuning.conftest import make_run, tiny, tiny_base

__all__ = ["make_run", "tiny", "tiny_base"]

LONG = {"max_steps": 0, "epochs": 20, "batch_size": 1, "evaluations": 0, "checkpoints": 50}
Starting = Callable[..., int]


@pytest.fixture
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Supervisors of this test process look more often, and call it standing still after three seconds."""
    monkeypatch.setattr(process, "POLL_SECONDS", 0.1)
    monkeypatch.setattr(process, "STILL_SECONDS", 3.0)


@pytest.fixture(scope="module")
def shared_room(database: Database, request: pytest.FixtureRequest) -> Workspace:
    """A workspace for a whole file of tests that look at one course of events."""
    return database.workspace(f"{request.module.__name__} {os.getpid()}")


@pytest.fixture
def start_run(room: Workspace, tiny: str) -> Iterator[Starting]:
    """start_run(**changed settings) → id of a queued run; processes left alive are killed."""
    with starting(room, tiny) as start:
        yield start


class starting:
    """`with starting(room, base) as start`: start(**changed settings) queues a run of 120 examples."""

    def __init__(self, room: Workspace, base: str) -> None:
        self.room, self.base, self.made = room, base, list[int]()

    def __enter__(self) -> Starting:
        rows = [Candidate(n, f"How heavy is press {n}?", f"It weighs {7 * n} kg.") for n in range(120)]
        self.version_id = save_rows(self.room, "presses", rows)
        return self.start

    def start(self, **changes: Any) -> int:
        asked = RunRequest(self.version_id, base_model=self.base, preset="Quick look", changes=LONG | changes)
        self.made.append(create_run(self.room, asked))
        return self.made[-1]

    def __exit__(self, *_: object) -> None:
        for folder in (folder_of(self.room, number) for number in self.made):
            mark = process.find(folder) if folder.exists() else None
            if mark:
                process.kill(mark)


@pytest.fixture
def volume() -> Iterator[Callable[..., Path]]:
    """volume(place, megabytes) → a small file system of its own mounted there, which can be filled up."""
    mounted: list[Path] = []

    def mount(place: Path, megabytes: float) -> Path:
        place.mkdir(parents=True, exist_ok=True)
        size = f"size={int(megabytes * 1024)}k,mode=755"
        command = ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(place)]
        if shutil.which("mount") is None or subprocess.run(command, check=False).returncode:
            pytest.skip("mounting a small file system needs root and the right to mount")
        mounted.append(place)
        return place

    yield mount
    for place in mounted:
        subprocess.run(["umount", "--lazy", str(place)], check=True)
        with suppress(OSError):  # something lay there before
            place.rmdir()
