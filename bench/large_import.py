"""A whole import as the worker does it: receive, read and check, save, check the version. Called by quality.

`python -m bench.large_import FOLDER FILE` prints what it took as JSON; it is a process of its own, so that
the most memory it ever held is that of the import and of nothing before it.
"""

import importlib
import json
import subprocess
import sys
import threading
import time
from pathlib import Path

from bench.rooms import opened_room
from bench.tables import most_megabytes
from studio.store.database import Workspace
from studio.training_sets.imports import get, receive, save
from studio.training_sets.imports.reading_job import read_table_job
from studio.training_sets.imports.saving_job import save_import_job
from studio.training_sets.versions.examining import examine_version

NAME = "A large table"
LOOK_SECONDS = 1.0


def import_whole(folder: Path, path: Path) -> dict[str, float]:
    """Megabytes, seconds, examples, and how often and how far apart its progress was told."""
    command = [sys.executable, "-m", "bench.large_import", str(folder), str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


class _Watching(threading.Thread):
    """Looks at an import as its page does; `shares` are the different ones it saw."""

    def __init__(self, room: Workspace, import_id: int) -> None:
        super().__init__(daemon=True)
        self._room, self._import_id, self._ended = room, import_id, threading.Event()
        self.shares: list[float] = []

    def run(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            share = get(self._room, self._import_id).progress
            if not self.shares or share != self.shares[-1]:
                self.shares.append(share)

    def end(self) -> None:
        self._ended.set()
        self.join()


def _steps(room: Workspace, path: Path) -> dict[str, float]:
    took, began = {"importing": most_megabytes()}, time.perf_counter()
    import_id = receive(room, path, path.name)
    took["received"] = most_megabytes()
    watching = _Watching(room, import_id)
    watching.start()
    read_table_job(room, import_id=import_id)
    took["read"] = most_megabytes()
    save(room, import_id, NAME)
    save_import_job(room, import_id=import_id)
    took["saved"] = most_megabytes()
    watching.end()
    version_id = get(room, import_id).version_id
    assert version_id is not None, get(room, import_id).error
    examine_version(room, version_id=version_id)
    took |= {"seconds": time.perf_counter() - began, "processor": time.process_time()}
    return took | {"megabytes": most_megabytes(), "shares": len(watching.shares)}


if __name__ == "__main__":
    importlib.import_module("studio.commands.jobs")  # what a worker has in memory
    with opened_room(Path(sys.argv[1])) as opened:
        print(json.dumps(_steps(opened, Path(sys.argv[2]))))
