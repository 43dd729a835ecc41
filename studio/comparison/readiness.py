"""Whether a comparison can begin: its adapter is made, its documents are searchable. Called by the job."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.comparison.approaches import uses_adapter, uses_passages
from studio.errors import StudioError
from studio.store import tables
from studio.store.database import Workspace

STILL_GOING = ("queued", "running", "stopping", "interrupted")


@dataclass(frozen=True)
class Ready:
    """What the approaches need; `waiting_for` is a sentence while something is still being made."""

    adapter_id: int | None = None
    waiting_for: str = ""


def look(session: Session, room: Workspace, comparison: tables.Comparison) -> Ready:
    """Raises StudioError when what is awaited will never come."""
    adapter_id = None
    if any(uses_adapter(approach) for approach in comparison.approaches):
        adapter_id, waiting_for = _adapter(session, room, comparison.run_id)
        if waiting_for:
            return Ready(None, waiting_for)
    if any(uses_passages(approach) for approach in comparison.approaches):
        return Ready(adapter_id, _documents(session, room, comparison.library_id))
    return Ready(adapter_id)


def _adapter(session: Session, room: Workspace, run_id: int | None) -> tuple[int | None, str]:
    made = (tables.Adapter.workspace_id == room.id, tables.Adapter.run_id == run_id)
    adapter_id = session.scalar(sa.select(tables.Adapter.id).where(*made))
    if adapter_id is not None:
        return adapter_id, ""
    named = (tables.Run.workspace_id == room.id, tables.Run.id == run_id)
    state = session.scalar(sa.select(tables.Run.state).where(*named))
    if state in STILL_GOING:
        return None, f"run {run_id}, which is {state}"
    raise StudioError(
        f"Run {run_id} ended as {state or 'deleted'} without an adapter: compare without fine-tuning, "
        "or train again."
    )


def _documents(session: Session, room: Workspace, library_id: int | None) -> str:
    row = tables.Document
    counted = sa.select(row.state, sa.func.count()).where(
        row.workspace_id == room.id, row.library_id == library_id
    )
    states = {state: count for state, count in session.execute(counted.group_by(row.state))}
    pending = sum(count for state, count in states.items() if state not in ("ready", "failed"))
    if pending:
        return f"{pending} document{'s' if pending > 1 else ''} of the library to become searchable"
    if not states.get("ready"):
        raise StudioError("The library has no searchable document: add some, or compare without rag.")
    return ""
