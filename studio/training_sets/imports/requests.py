"""What is asked of an import: to receive a table, correct how it is read, save it, stop. Called by pages."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.errors import BadInput, StudioError
from studio.jobs.queue import defer
from studio.library.intake.names import display_name, storable
from studio.library.originals import drop_unused_originals
from studio.store.blobs import Received
from studio.store.database import Workspace
from studio.store.tables import TableImport
from studio.training_sets.imports.reading_job import READ_TABLE, read_table_job, reading_failed
from studio.training_sets.imports.saving_job import SAVE_IMPORT, save_import_job, saving_failed
from studio.training_sets.imports.state import STOPPED, locked_import, no_such_import
from studio.training_sets.imports.view import BUSY, ImportView, view_of
from studio.training_sets.quality.marks import Marks
from studio.training_sets.quality.remedies import DEFAULT, REMEDIES
from studio.training_sets.quality.report import report
from studio.training_sets.reading import Reading
from studio.training_sets.shapes.mapping import Mapping, from_dict
from studio.training_sets.splitting import HELD_OUT_SHARE
from studio.training_sets.versions.saving import checked_name

SMALL_BYTES = 150_000  # can be read and saved at once, also where the worker is busy with a library
LARGEST_SHARE = 0.5


def receive(room: Workspace, content: bytes | Path | BinaryIO | Received, source_name: str) -> int:
    """Keep the file and ask for it to be read; the same file that is open already is the same import."""
    name = storable(display_name(source_name))
    received = content if isinstance(content, Received) else room.blobs.receive(content)
    try:
        with room.session() as session, room.blobs.keeping(session, [received]):
            row, new = _registered(session, room, received.sha256, name)
            if new:
                row.job_id = defer(room, READ_TABLE, session, import_id=row.id)
    finally:
        received.discard()
    return row.id


def read_now(room: Workspace, import_id: int) -> int:
    """Read a small table in this process, and return its id; one that is large is left to the worker.

    For commands. The web process leaves all to the worker: checking takes models of a hundred megabytes.
    """
    with room.session() as session:
        row = locked_import(session, room, import_id)
    _at_once(room, row)
    return import_id


def get(room: Workspace, import_id: int) -> ImportView:
    """One import; raises NotFound."""
    with room.session() as session:
        row = session.scalar(_mine(room).where(TableImport.id == import_id))
    if row is None:
        raise no_such_import()
    return view_of(row)


def list_open(room: Workspace) -> list[ImportView]:
    """Those that are not saved yet, newest first."""
    with room.session() as session:
        rows = session.scalars(
            _mine(room).where(TableImport.state != "saved").order_by(TableImport.id.desc())
        )
        return [view_of(row) for row in rows]


def change(
    room: Workspace,
    import_id: int,
    reading: Reading | None = None,
    mapping: Mapping | None = None,
    remedies: Sequence[str] | None = None,
) -> None:
    """Read it otherwise, map it otherwise, mend other defects. Another reading or mapping is read anew.

    Another reading forgets the mapping, unless one comes with it.
    """
    with room.session() as session:
        row = locked_import(session, room, import_id)
        if row.state in ("saving", "saved"):
            raise BadInput(f"{row.source_name} is {row.state}; upload it again to read it otherwise.")
        if remedies is not None:
            _choose_remedies(row, remedies)
        if reading is None and mapping is None:
            return
        if reading is not None:
            row.reading, row.mapping = asdict(reading), {}
        if mapping is not None:
            row.mapping = mapping.as_dict()
        _ask_again(session, room, row)


def stop(room: Workspace, import_id: int) -> None:
    """Stop reading or saving it; what waits stops at once."""
    with room.session() as session:
        row = locked_import(session, room, import_id)
        if row.state == "waiting":
            row.state, row.error = "stopped", STOPPED
        elif row.state in BUSY:
            row.stop_requested = True


def retry(room: Workspace, import_id: int) -> None:
    """Read one that was stopped or has failed again."""
    with room.session() as session:
        row = locked_import(session, room, import_id)
        if row.state not in ("stopped", "failed"):
            return
        _ask_again(session, room, row)


def save(
    room: Workspace,
    import_id: int,
    name: str,
    held_out_share: float = HELD_OUT_SHARE,
    by: str = "group",
) -> ImportView:
    """Make a version of it; its `version_id` is there when its state is saved."""
    with room.session() as session:
        row = locked_import(session, room, import_id)
        if row.state != "ready":
            raise BadInput(f"{row.source_name} is {row.state}; only what was read can be saved.")
        if row.report["verdict"] == "unusable":
            raise BadInput(f"This table cannot be used as a training set: {row.report['why']}")
        if not 0 <= held_out_share <= LARGEST_SHARE or by not in ("group", "time"):
            raise BadInput(f"Hold 0 to {LARGEST_SHARE:.0%} of the examples out, by group or by time.")
        row.saving = {"name": checked_name(name), "held_out_share": held_out_share, "by": by}
        row.state, row.error, row.progress, row.stop_requested = "saving", None, 0.0, False
        row.job_id = defer(room, SAVE_IMPORT, session, import_id=row.id)
    _at_once(room, row)
    return get(room, import_id)


def discard(room: Workspace, import_id: int) -> None:
    """Forget the import, and its file where nothing else needs it."""
    with room.session() as session:
        row = locked_import(session, room, import_id)
        session.delete(row)
    drop_unused_originals(room, {row.source_sha256})


def _registered(session: Session, room: Workspace, sha256: str, source_name: str) -> tuple[TableImport, bool]:
    same = _mine(room).where(
        TableImport.source_sha256 == sha256,
        TableImport.source_name == source_name,
        TableImport.state != "saved",
    )
    known = session.scalar(same.limit(1))
    if known is not None:
        return known, False
    row = TableImport(
        workspace_id=room.id, source_name=source_name, source_sha256=sha256, remedies=list(DEFAULT)
    )
    session.add(row)
    session.flush()
    session.refresh(row)
    return row, True


def _ask_again(session: Session, room: Workspace, row: TableImport) -> None:
    row.state, row.error, row.progress, row.stop_requested = "waiting", None, 0.0, False
    row.report, row.marks = {}, {}
    row.job_id = defer(room, READ_TABLE, session, import_id=row.id)


def _choose_remedies(row: TableImport, remedies: Sequence[str]) -> None:
    unknown = set(remedies) - set(REMEDIES)
    if unknown:
        raise BadInput(f"There is no remedy called {min(unknown)}.")
    row.remedies = sorted(remedies)
    if row.state == "ready":
        found = report(
            Marks.from_json(row.marks),
            from_dict(row.report["columns"]),
            row.report["table"]["notes"],
            row.remedies,
        )
        row.report = found.as_dict() | {"table": row.report["table"]}


def _at_once(room: Workspace, row: TableImport) -> None:
    """What is small is not kept waiting by the job that was asked for."""
    if room.blobs.path(row.source_sha256).stat().st_size > SMALL_BYTES:
        return
    now, failed = (
        (save_import_job, saving_failed) if row.state == "saving" else (read_table_job, reading_failed)
    )
    try:
        now(room, import_id=row.id)
    except StudioError as problem:
        failed(room, str(problem), import_id=row.id)


def _mine(room: Workspace) -> sa.Select[TableImport]:
    return sa.select(TableImport).where(TableImport.workspace_id == room.id)
