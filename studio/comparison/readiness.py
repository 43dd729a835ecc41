"""Whether a comparison can begin: its adapter is made, its documents are searchable. Called by the job."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.approaches import runs_asked, uses_passages
from studio.errors import StudioError
from studio.store import tables
from studio.store.database import Workspace

STILL_GOING = ("queued", "running", "stopping", "interrupted")


@dataclass(frozen=True)
class Ready:
    """The adapter of each approach that has one; `waiting_for` says what is still being made."""

    adapters: Mapping[str, int] = field(default_factory=dict)
    waiting_for: str = ""


def look(session: Session, room: Workspace, comparison: tables.Comparison) -> Ready:
    """Raises StudioError when what is awaited will never come."""
    adapters: dict[str, int] = {}
    for approach, run_id in runs_of(comparison).items():
        adapter_id, waiting_for = _adapter(session, room, run_id)
        if adapter_id is None:
            return Ready({}, waiting_for)
        adapters[approach] = adapter_id
    if any(uses_passages(approach) for approach in comparison.approaches):
        return Ready(adapters, _documents(session, room, comparison.library_id))
    return Ready(adapters)


def runs_of(comparison: tables.Comparison) -> dict[str, int | None]:
    """The run whose adapter each approach asks, of those that ask one."""
    return runs_asked(comparison.approaches, comparison.run_id, comparison.passages_run_id)


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
