"""The stored originals of documents: which one a document was read from, and which nobody needs any more.

Called by removing, by registering and by the ingest job. Deleting an original follows the commit that made it
superfluous; `sweep_originals` finds what a process that died in between has left.
"""

from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryFile

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.store.blobs import Received
from studio.store.database import Workspace
from studio.store.tables import Blob, Document, TableImport, TrainingSetVersion

_ARRIVING = timedelta(minutes=1)
_SOURCE = Document.receipt["source"]
_ORIGINAL = sa.func.coalesce(_SOURCE["sha256"].astext, Document.sha256)


def original_of(document: Document) -> str:
    """The blob a document was read from: its own file, or the .jsonl file its row stood in."""
    return str(document.receipt.get("source", {}).get("sha256") or document.sha256)


def drop_unused_originals(room: Workspace, originals: set[str]) -> None:
    """Delete what nothing needs among these; a .jsonl file loses the rows that no document needs."""
    for sha256 in sorted(originals):
        with room.session() as session:
            if room.blobs.lock(session, sha256) and not _needed(session, room, sha256):
                room.blobs.drop(session, sha256)
    for sha256 in _with_idle_rows(room, originals):
        _keep_needed_rows(room, sha256)


def sweep_originals(room: Workspace, before: datetime) -> None:
    """The same for everything stored well before then: what is just arriving has no document yet."""
    stored = sa.select(Blob.sha256).where(Blob.workspace_id == room.id, Blob.created_at < before - _ARRIVING)
    with room.session() as session:
        originals = set(session.scalars(stored))
    drop_unused_originals(room, originals)
    room.blobs.forget_abandoned()


def _needed(session: Session, room: Workspace, sha256: str) -> bool:
    by_documents = sa.select(Document.id).where(Document.workspace_id == room.id, _ORIGINAL.in_([sha256]))
    by_sets = sa.select(TrainingSetVersion.id).where(
        TrainingSetVersion.workspace_id == room.id, TrainingSetVersion.source_sha256 == sha256
    )
    by_imports = sa.select(TableImport.id).where(
        TableImport.workspace_id == room.id, TableImport.source_sha256 == sha256
    )
    needed = sa.or_(by_documents.exists(), by_sets.exists(), by_imports.exists())
    return bool(session.scalar(sa.select(needed)))


def _with_idle_rows(room: Workspace, originals: set[str]) -> list[str]:
    """The .jsonl files that hold more rows than there are documents of them."""
    sha256, rows = _SOURCE["sha256"].astext, _SOURCE["rows"].as_integer()
    chosen = (
        sa.select(sha256)
        .where(Document.workspace_id == room.id, sha256.in_(originals))
        .group_by(sha256)
        .having(sa.func.count() < sa.func.max(rows))
    )
    with room.session() as session:
        return [str(found) for found in session.scalars(chosen)]


def _keep_needed_rows(room: Workspace, sha256: str) -> None:
    """Store the file anew with its other lines left empty, so that line numbers stay true."""
    line = _SOURCE["line"].as_integer()
    mine = sa.and_(Document.workspace_id == room.id, _SOURCE["sha256"].astext == sha256)
    with room.session() as session:
        path = room.blobs.lock(session, sha256)
        # waits for whoever is deleting rows of this file, so that none of theirs is kept
        lines = set(session.scalars(sa.select(line).where(mine).order_by(Document.id).with_for_update()))
        if path is None or not lines:
            return
        shorter = _with_lines(room, path, lines)
        if shorter.sha256 == sha256:  # somebody has added the rows again
            shorter.discard()
            return
        source = sa.func.jsonb_build_object("sha256", shorter.sha256, "rows", len(lines))
        changed = sa.func.jsonb_set(Document.receipt, ["source"], _SOURCE.op("||")(source))
        with room.blobs.keeping(session, [shorter]):
            session.execute(sa.update(Document).where(mine).values(receipt=changed))
            if not _needed(session, room, sha256):
                room.blobs.drop(session, sha256)


def _with_lines(room: Workspace, path: Path, lines: set[int]) -> Received:
    with path.open("rb") as whole, TemporaryFile(dir=room.blobs.folder) as shorter:
        for number, text in enumerate(whole, start=1):
            shorter.write(text if number in lines else b"\n")
        shorter.seek(0)
        return room.blobs.receive(shorter)
