"""Ask for exports of a run, see how far they are, stop or remove them. Called by pages and commands.

An export's row is the only truth about it; the job "export" in job.py keeps it up to date.
"""

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from studio.errors import BadInput, NotFound
from studio.jobs.queue import defer, queue_position
from studio.models.adapters import adapter_of_run
from studio.models.catalogue import find_model
from studio.models.folders import is_complete
from studio.store.database import Workspace
from studio.store.tables import Export
from studio.tuning.exporting import job
from studio.tuning.exporting.originals import gguf_refusal
from studio.tuning.exporting.plan import CONTENT, FORMATS, Format, known_format
from studio.tuning.exporting.serving import (
    ollama,
    safe_name,
    vllm_adapter,
    vllm_merged,
)
from studio.tuning.exporting.verdict import Verdict, restored
from studio.tuning.listing import get_run

ACTIVE = ("queued", "running")


@dataclass(frozen=True)
class ExportView:
    """An export at this moment; `size` in bytes, `progress` from 0 to 1, `doing` in words."""

    id: int
    run_id: int
    format: Format
    state: str
    progress: float
    doing: str
    size: int | None
    verdict: Verdict | None
    error: str | None
    queue_position: int | None
    created_at: datetime
    finished_at: datetime | None

    @property
    def active(self) -> bool:
        """Whether it waits or is being built."""
        return self.state in ACTIVE

    @property
    def ready(self) -> bool:
        """Whether it can be taken away."""
        return self.state == "succeeded"


def request_export(room: Workspace, run_id: int, format_name: str) -> int:
    """Queue an export and return its id; one that is ready, waits or is being built is not built twice."""
    form = known_format(format_name)
    adapter = adapter_of_run(room, run_id)
    refusal = gguf_refusal(find_model(adapter.base_model, room.settings)) if form == "gguf" else None
    if refusal:
        raise BadInput(refusal)
    new = insert(Export).values(workspace_id=room.id, run_id=run_id, format=form, state="stopped")
    mine = (Export.workspace_id == room.id, Export.run_id == run_id, Export.format == form)
    with room.session() as session:
        session.execute(new.on_conflict_do_nothing(index_elements=["run_id", "format"]))
        row = session.scalars(sa.select(Export).where(*mine).with_for_update()).one()
        whole = row.state == "succeeded" and is_complete(folder_of(room, row.id) / CONTENT)
        if row.state not in ACTIVE and not whole:
            row.state, row.stop_requested, row.error = "queued", False, None
            row.progress, row.doing, row.checked, row.finished_at = 0.0, "", {}, None
            row.job_id = defer(room, "export", session, export_id=row.id)
        return row.id


def list_exports(room: Workspace, run_id: int) -> list[ExportView]:
    """Those of a run, in the order of the formats."""
    wanted = sa.select(Export).where(Export.workspace_id == room.id, Export.run_id == run_id)
    with room.session() as session:
        found = [_view(session, row) for row in session.scalars(wanted)]
    return sorted(found, key=lambda one: FORMATS.index(one.format))


def get_export(room: Workspace, export_id: int) -> ExportView:
    """One export; raises NotFound."""
    with room.session() as session:
        return _view(session, _row(session, room, export_id))


def stop_export(room: Workspace, export_id: int) -> None:
    """End an export that waits or is being built; nothing of it is kept."""
    with room.session() as session:
        row = _row(session, room, export_id)
        if row.state == "queued":
            row.state, row.finished_at = "stopped", sa.func.now()
        elif row.state == "running":
            row.stop_requested = True
        else:
            raise BadInput("This export is not being built.")


def remove_export(room: Workspace, export_id: int) -> None:
    """Delete the files of an export that has ended, and its row; it can be asked for again."""
    with room.session() as session:
        row = _row(session, room, export_id)
        if row.state in ACTIVE:
            raise BadInput("This export is being built; stop it first.")
        shutil.rmtree(folder_of(room, row.id), ignore_errors=True)
        session.delete(row)


def content(room: Workspace, export_id: int) -> tuple[str, Path]:
    """What to call a finished export, and the folder with its files. Raises NotFound, BadInput."""
    export = get_export(room, export_id)
    files = folder_of(room, export_id) / CONTENT
    if not export.ready:
        raise BadInput("This export is not ready.")
    if not is_complete(files):
        raise NotFound("The files of this export are damaged or gone; export it again.")
    return f"{name_of_run(room, export.run_id)}-{export.format}", files


def run_commands(room: Workspace, run_id: int, form: Format) -> str:
    """What puts an unpacked export of this run to work: vLLM, or Ollama for GGUF."""
    run, name = get_run(room, run_id), name_of_run(room, run_id)
    if form == "gguf":
        return ollama(name)
    if form == "merged":
        return vllm_merged(name)
    revision = str((run.lineage or {}).get("base_revision", ""))
    base = job.for_loaders(find_model(run.base_model, room.settings))
    return vllm_adapter(base, revision, name, int(run.settings.get("rank", 16)))


def name_of_run(room: Workspace, run_id: int) -> str:
    """What the model of this run is called in files and commands."""
    return safe_name(get_run(room, run_id).name, f"run-{run_id}")


def folder_of(room: Workspace, export_id: int) -> Path:
    """Where an export is built and kept."""
    return job.folder_of(room, export_id)


def _row(session: Session, room: Workspace, export_id: int) -> Export:
    mine = (Export.workspace_id == room.id, Export.id == export_id)
    row = session.scalar(sa.select(Export).where(*mine).with_for_update())
    if row is None:
        raise NotFound(f"There is no export {export_id} in this workspace.")
    return row


def _view(session: Session, row: Export) -> ExportView:
    waiting = row.state == "queued" and row.job_id is not None
    return ExportView(
        id=row.id,
        run_id=row.run_id,
        format=known_format(row.format),
        state=row.state,
        progress=row.progress,
        doing=row.doing,
        size=row.size,
        verdict=restored(row.checked),
        error=row.error,
        queue_position=queue_position(session, row.job_id) if waiting and row.job_id else None,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )
