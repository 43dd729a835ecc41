"""Originals and artefacts of a workspace, each stored once under the SHA-256 of its content."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from studio.errors import BadInput, NotFound
from studio.store import tables

CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Blobs:
    """The blob folder of one workspace.

    A file is put in place or deleted while its row is locked: whoever stores and whoever deletes the same
    content wait for each other, and deleting that is cut short leaves a row, never a file nobody knows.
    """

    folder: Path
    workspace_id: int
    session: Callable[[], AbstractContextManager[Session]]

    def put(self, source: bytes | Path | BinaryIO) -> str:
        """Store the content and return its SHA-256 as hex. Storing the same content again is free."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self.folder, prefix="incoming-", delete=False) as incoming:
            try:
                sha256, size = _copy(source, incoming)
                self._keep(Path(incoming.name), sha256, size)
            except OSError as error:
                Path(incoming.name).unlink(missing_ok=True)
                free = shutil.disk_usage(self.folder).free // 2**20
                raise BadInput(
                    f"The file could not be stored ({error.strerror}); {free} MB are free."
                ) from error
        return sha256

    def path(self, sha256: str) -> Path:
        """The file with this content; NotFound unless this workspace stored it."""
        with self.session() as session:
            known = session.scalar(
                sa.select(tables.Blob.size).where(
                    tables.Blob.workspace_id == self.workspace_id, tables.Blob.sha256 == sha256
                )
            )
        place = self._place(sha256)
        if known is None or not place.exists():
            raise NotFound("The original of this document is no longer stored.")
        return place

    def drop(self, sha256: str) -> None:
        """Delete the content; the caller knows that nothing refers to it any more."""
        with self.session() as session:
            session.execute(
                sa.delete(tables.Blob).where(
                    tables.Blob.workspace_id == self.workspace_id, tables.Blob.sha256 == sha256
                )
            )
            self._place(sha256).unlink(missing_ok=True)

    def _keep(self, incoming: Path, sha256: str, size: int) -> None:
        row = insert(tables.Blob).values(workspace_id=self.workspace_id, sha256=sha256, size=size)
        target = self._place(sha256)
        with self.session() as session:
            session.execute(
                row.on_conflict_do_update(index_elements=["workspace_id", "sha256"], set_={"size": size})
            )
            target.parent.mkdir(exist_ok=True)
            os.replace(incoming, target)

    def _place(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256


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
