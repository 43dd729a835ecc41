"""Takes files into a library: checked, stored by content, read by a job. Called by pages and commands."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from studio.errors import BadInput
from studio.jobs.queue import defer
from studio.library.ingest import INGEST
from studio.library.libraries import get_library
from studio.library.originals import drop_unused_originals
from studio.library.parse import jsonl
from studio.library.parse.precheck import check_readable
from studio.store.database import Workspace
from studio.store.tables import Document

_ROWS_PER_STATEMENT = 1000
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Upload:
    """A file from a browser: the name it had there and its content."""

    name: str
    content: BinaryIO | Path


class Added(list[int]):
    """The ids of the documents, and a sentence for each file that was refused."""

    def __init__(self, ids: Iterable[int], refused: Sequence[str]) -> None:
        super().__init__(ids)
        self.refused = list(refused)


def add_documents(room: Workspace, library_id: int, files: Sequence[Path | Upload]) -> Added:
    """Store files (or every file of a folder) and ask for them to be read.

    The same content again is the same document. Raises BadInput when every file is refused; a refused
    file leaves nothing behind.
    """
    get_library(room, library_id)
    ids: list[int] = []
    refused: list[str] = []
    for upload in _uploads(files):
        try:
            ids += _add(room, library_id, upload)
        except BadInput as problem:
            refused.append(str(problem))
    if refused and not ids:
        raise BadInput("\n".join(refused))
    return Added(dict.fromkeys(ids), refused)


def _uploads(files: Sequence[Path | Upload]) -> Iterator[Upload]:
    """A folder's files carry their path below it as name, so that two README.md stay two documents."""
    for file in files:
        if isinstance(file, Upload):
            yield file
        elif file.is_dir():
            for path in sorted(file.rglob("*")):
                hidden = any(part.startswith(".") for part in path.relative_to(file).parts)
                if path.is_file() and not path.is_symlink() and not hidden:
                    yield Upload(path.relative_to(file).as_posix(), path)
        elif file.is_file():
            yield Upload(file.name, file)
        else:
            raise BadInput(f"There is no file {file}.")


def _add(room: Workspace, library_id: int, upload: Upload) -> list[int]:
    name = _display_name(upload.name)
    if isinstance(upload.content, Path):
        check_readable(upload.content, name)
    sha256 = room.blobs.put(upload.content)
    try:
        path = room.blobs.path(sha256)
        if not isinstance(upload.content, Path):
            check_readable(path, name)
        rows = _rows(path, name, sha256)
        with room.session() as session:
            return _insert(session, room, library_id, rows)
    except BadInput:
        drop_unused_originals(room, {sha256})
        raise


def _display_name(name: str) -> str:
    """For people only: files are stored under the hash of their content."""
    visible = "".join(character for character in name if character.isprintable()).strip()
    if not visible:
        raise BadInput("A file without a name cannot be added.")
    return visible[-_LONGEST_NAME:]


def _rows(path: Path, name: str, sha256: str) -> list[dict[str, Any]]:
    if not name.lower().endswith(".jsonl"):
        return [{"name": name, "external_id": None, "title": "", "sha256": sha256, "receipt": {}}]
    return [
        {
            "name": row.external_id[:_LONGEST_NAME],
            "external_id": row.external_id,
            "title": row.title,
            "sha256": row.sha256,
            "receipt": {"source": {"sha256": sha256, "name": name, "line": row.line}},
        }
        for row in jsonl.read_rows(path, name)
    ]


def _insert(session: Session, room: Workspace, library_id: int, rows: list[dict[str, Any]]) -> list[int]:
    """New rows wait and are deferred as one job; rows whose content is already there are left as they are."""
    new: list[int] = []
    for at in range(0, len(rows), _ROWS_PER_STATEMENT):
        part = rows[at : at + _ROWS_PER_STATEMENT]
        values = [{"workspace_id": room.id, "library_id": library_id, **row} for row in part]
        kept = insert(Document).values(values).on_conflict_do_nothing().returning(Document.id)
        new += session.scalars(kept).all()
    if new:
        defer(room, INGEST, session, document_ids=sorted(new))
    return _ids(session, room, library_id, [row["sha256"] for row in rows])


def _ids(session: Session, room: Workspace, library_id: int, contents: list[str]) -> list[int]:
    found = session.execute(
        sa.select(Document.sha256, Document.id).where(
            Document.workspace_id == room.id,
            Document.library_id == library_id,
            Document.sha256 == sa.func.any(contents),
        )
    )
    by_content = {sha256: document_id for sha256, document_id in found}
    return [by_content[sha256] for sha256 in contents]
