"""Who uses a shared helper process (the embedded Postgres, the engine).

A user holds a shared lock on a file; the kernel drops it even when the user is killed, so a helper that
finds nobody holding it can end itself.
"""

import atexit
import fcntl
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self


@dataclass
class Lease:
    """A held lock; closing it, or the end of the process, gives it back."""

    file: IO[bytes]

    def close(self) -> None:
        self.file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def hold(path: Path) -> Lease:
    """Say that this process uses what `path` stands for. Children do not inherit it."""
    file = path.open("ab")
    fcntl.flock(file, fcntl.LOCK_SH)
    return Lease(file)


_held: dict[Path, Lease] = {}
_holding = threading.Lock()


def hold_until_exit(path: Path) -> None:
    """Hold `path` once for the whole process, however many of its threads ask."""
    with _holding:
        if path not in _held:
            path.parent.mkdir(parents=True, exist_ok=True)
            _held[path] = hold(path)


def give_back(path: Path) -> None:
    """Stop holding what `hold_until_exit` holds, if it does."""
    with _holding:
        lease = _held.pop(path, None)
    if lease:
        lease.close()


@atexit.register
def _give_all_back() -> None:
    for lease in _held.values():
        lease.close()


def exclusive(path: Path) -> Lease:
    """Wait until nobody else holds `path`, then hold it alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("ab")
    fcntl.flock(file, fcntl.LOCK_EX)
    return Lease(file)


def try_exclusive(path: Path) -> Lease | None:
    """Hold `path` alone if nobody holds it now, else None."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return Lease(file)


def unused(path: Path) -> bool:
    """Whether nobody holds `path` at this moment."""
    with path.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
