"""Originals and artefacts of a workspace, each stored once under the SHA-256 of its content."""

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from studio.errors import BadInput, NotFound
from studio.store import tables

CHUNK_BYTES = 1 << 20
_INCOMING = "incoming-"
_ABANDONED_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Received:
    """A file that lies in the blob folder and is known to nobody yet; `size` in bytes."""

    path: Path
    sha256: str
    size: int

    def discard(self) -> None:
        self.path.unlink(missing_ok=True)


@dataclass(frozen=True)
class Blobs:
    """The blob folder of one workspace.

    A file is put in place or deleted while its row is locked: whoever stores and whoever deletes the same
    content wait for each other, and deleting that is cut short leaves a row, never a file nobody knows.
    Rows of blobs are locked before those of libraries and documents, never after.
    """

    folder: Path
    workspace_id: int
    session: Callable[[], AbstractContextManager[Session]]

    def put(self, source: bytes | Path | BinaryIO) -> str:
        """Store the content and return its SHA-256 as hex. Storing the same content again is free."""
        received = self.receive(source)
        with self.session() as session, self.keeping(session, [received]):
            return received.sha256

    def receive(self, source: bytes | Path | BinaryIO) -> Received:
        """Copy the content beside the stored files; `keeping` stores it, `discard` forgets it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(self.folder).free
        with tempfile.NamedTemporaryFile(dir=self.folder, prefix=_INCOMING, delete=False) as incoming:
            try:
                return Received(Path(incoming.name), *_copy(source, incoming))
            except OSError as error:
                Path(incoming.name).unlink(missing_ok=True)
                need = f"it needs {_size(source) / 1e6:.1f} MB, and {free / 1e6:.1f} MB are free"
                raise BadInput(f"The file could not be stored ({error.strerror}): {need}.") from error

    @contextmanager
    def keeping(self, session: Session, received: Sequence[Received]) -> Iterator[None]:
        """Store what was received in the transaction that makes use of it: nobody can drop it in between."""
        for one in sorted(received, key=lambda one: one.sha256):
            row = insert(tables.Blob).values(workspace_id=self.workspace_id, sha256=one.sha256, size=one.size)
            again = {"size": one.size, "created_at": sa.func.now()}
            session.execute(row.on_conflict_do_update(index_elements=["workspace_id", "sha256"], set_=again))
        yield
        for one in received:
            target = self._place(one.sha256)
            target.parent.mkdir(exist_ok=True)
            os.replace(one.path, target)

    def path(self, sha256: str) -> Path:
        """The file with this content; NotFound unless this workspace stored it."""
        with self.session() as session:
            known = session.scalar(sa.select(tables.Blob.size).where(self._row(sha256)))
        place = self._place(sha256)
        if known is None or not place.exists():
            raise NotFound("The original of this document is no longer stored.")
        return place

    def lock(self, session: Session, sha256: str) -> Path | None:
        """Where the content lies, untouched by others until the transaction ends; None: nowhere."""
        row = sa.select(tables.Blob.size).where(self._row(sha256)).with_for_update()
        return None if session.scalar(row) is None else self._place(sha256)

    def drop(self, session: Session, sha256: str) -> None:
        """Delete content that is locked; the caller has seen since then that nothing refers to it."""
        session.execute(sa.delete(tables.Blob).where(self._row(sha256)))
        self._place(sha256).unlink(missing_ok=True)

    def forget_abandoned(self) -> None:
        """Delete what was being received when a process died."""
        for path in self.folder.glob(f"{_INCOMING}*"):
            with suppress(FileNotFoundError):  # it has just been stored
                if time.time() - path.stat().st_mtime > _ABANDONED_SECONDS:
                    path.unlink()

    def _row(self, sha256: str) -> sa.ColumnElement[bool]:
        return sa.and_(tables.Blob.workspace_id == self.workspace_id, tables.Blob.sha256 == sha256)

    def _place(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256


def _size(source: bytes | Path | BinaryIO) -> int:
    """In bytes."""
    if isinstance(source, Path):
        return source.stat().st_size
    return len(source) if isinstance(source, bytes) else source.seek(0, os.SEEK_END)


def _copy(
    source: bytes | Path | BinaryIO, target: "tempfile._TemporaryFileWrapper[bytes]"
) -> tuple[str, int]:
    if isinstance(source, Path):
        with source.open("rb") as opened:
            return _copy(opened, target)
    digest, size = hashlib.sha256(), 0
    chunks = [source] if isinstance(source, bytes) else iter(lambda: source.read(CHUNK_BYTES), b"")
    for chunk in chunks:
        digest.update(chunk)
        target.write(chunk)
        size += len(chunk)
    target.flush()
    os.fsync(target.fileno())
    return digest.hexdigest(), size
