"""Large files on their way in: parts on disk that grow until they are whole. Called by upload_routes.

A part survives a lost connection, a closed tab and a restarted web process; sending goes on where it ended.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anyio import to_thread

from studio.errors import BadInput, NotFound, StudioError
from studio.store.database import Workspace
from studio.web.destinations import Destination

_SPARE_BYTES = 2**29  # what the database and everything else on the disk still needs
_KEPT_SECONDS = 48 * 3600
_GATHERED_BYTES = 2**20
_ID = re.compile(r"[0-9a-f]{64}")


class OutOfStep(StudioError):
    """The browser and the disk disagree on how much is there; ask again and go on from that."""


@dataclass(frozen=True)
class Incoming:
    """A file that is being received; `to` is its destination, `size` what the browser said it will be."""

    id: str
    folder: Path
    to: str
    name: str
    size: int

    @property
    def part(self) -> Path:
        return self.folder / f"{self.id}.part"

    @property
    def said(self) -> Path:
        return self.folder / f"{self.id}.json"

    @property
    def have(self) -> int:
        """Bytes that are already on disk."""
        return self.part.stat().st_size if self.part.exists() else 0


def begin(room: Workspace, to: Destination, name: str, size: int, mark: str) -> Incoming:
    """Expect a file; the same file again (`mark`: when it was changed) finds what was received of it."""
    to.about(room)
    try:
        _check(room, to, name, size)
    except BadInput as problem:
        to.refuse(room, name, problem)
        raise
    about = {"to": to.key, "name": name, "size": size}
    number = hashlib.sha256(json.dumps([about, mark]).encode()).hexdigest()
    incoming = Incoming(number, _folder(room), **about)  # type: ignore[arg-type]
    incoming.folder.mkdir(parents=True, exist_ok=True)
    _forget_old(incoming.folder)
    incoming.said.write_text(json.dumps(about))
    return incoming


def find(room: Workspace, to: Destination, number: str) -> Incoming:
    """NotFound where nothing of this file was begun, or long ago, or for another place."""
    said = _folder(room) / f"{number}.json"
    if not _ID.fullmatch(number) or not said.exists():
        raise NotFound("This upload is no longer known. Choose the file again.")
    about = json.loads(said.read_text())
    if about.get("to") != to.key:
        raise NotFound("This upload belongs elsewhere. Choose the file again.")
    return Incoming(number, said.parent, **about)


async def receive(incoming: Incoming, at: int, chunks: AsyncIterator[bytes]) -> int:
    """Write what comes from position `at` on; returns how much is there. Holds one chunk in memory."""
    with incoming.part.open("ab", buffering=_GATHERED_BYTES) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OutOfStep(f"{incoming.name} is just being received from another tab.") from None
        there = os.fstat(file.fileno()).st_size
        if there != at:
            raise OutOfStep(f"{there} bytes of {incoming.name} are there.")
        async for chunk in chunks:
            there += len(chunk)
            if there > incoming.size:
                raise BadInput(f"{incoming.name} is longer than the browser said. Choose it again.")
            try:
                await to_thread.run_sync(file.write, chunk)
            except OSError as problem:
                raise BadInput(f"{incoming.name} could not be stored: {problem.strerror}.") from problem
    return incoming.have


def finish(room: Workspace, to: Destination, incoming: Incoming) -> dict[str, Any]:
    """Hand the whole file over; afterwards the part is gone, also when the file is refused."""
    if incoming.have != incoming.size:
        raise OutOfStep(f"{incoming.have} bytes of {incoming.name} are there.")
    try:
        return to.take(room, incoming.name, incoming.part)
    finally:
        discard(incoming)


def discard(incoming: Incoming) -> None:
    incoming.part.unlink(missing_ok=True)
    incoming.said.unlink(missing_ok=True)


def _folder(room: Workspace) -> Path:
    return room.settings.data / "incoming" / str(room.id)


def _check(room: Workspace, to: Destination, name: str, size: int) -> None:
    if Path(name).suffix.lower() not in to.accepted():
        raise BadInput(f"{name} is in a format {to.reader} does not read.")
    if not 0 < size <= to.largest:
        most = to.largest // 2**30
        raise BadInput(f"{name} is empty." if size <= 0 else f"{name} is larger than {most} GB. Split it.")
    free = shutil.disk_usage(room.settings.data).free
    if free < 2 * size + _SPARE_BYTES:  # received, then copied into the store
        raise BadInput(
            f"{name} needs {2 * size / 2**30:.1f} GB of disk while it is taken in, and "
            f"{free / 2**30:.1f} GB are free. Make room and try again."
        )


def _forget_old(folder: Path) -> None:
    """What nobody went on with."""
    for path in folder.iterdir():
        if time.time() - path.stat().st_mtime > _KEPT_SECONDS:
            path.unlink(missing_ok=True)
