"""Pilots as they are stored and read back. Used by the pilot's job, pages and commands."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.advice.piloting.size import PilotSize
from studio.errors import NotFound
from studio.store.database import Workspace
from studio.store.tables import Pilot

ACTIVE = ("queued", "running")


@dataclass(frozen=True)
class PilotView:
    """A pilot at this moment; `made` names what it has made, `recommendation` what follows from it."""

    id: int
    version_id: int | None
    library_id: int | None
    question_set_id: int | None
    comparison_id: int | None
    answers: dict[str, Any]
    size: PilotSize
    made: dict[str, Any]
    state: str
    stopping: bool
    recommendation: dict[str, Any] | None
    error: str | None
    created_at: datetime
    finished_at: datetime | None

    @property
    def active(self) -> bool:
        """Whether it waits or runs."""
        return self.state in ACTIVE


def get_pilot(room: Workspace, pilot_id: int) -> PilotView:
    """One pilot; raises NotFound."""
    with room.session() as session:
        return _view(_found(session.scalar(_of(room, pilot_id)), pilot_id))


def list_pilots(room: Workspace) -> list[PilotView]:
    """Newest first."""
    wanted = sa.select(Pilot).where(Pilot.workspace_id == room.id)
    with room.session() as session:
        return [_view(row) for row in session.scalars(wanted.order_by(Pilot.id.desc()))]


def locked(session: Session, room: Workspace, pilot_id: int) -> Pilot:
    """The row, nobody else's until the transaction ends; raises NotFound."""
    return _found(session.scalar(_of(room, pilot_id).with_for_update()), pilot_id)


def _of(room: Workspace, pilot_id: int) -> sa.Select[Pilot]:
    return sa.select(Pilot).where(Pilot.workspace_id == room.id, Pilot.id == pilot_id)


def _found(row: Pilot | None, pilot_id: int) -> Pilot:
    if row is None:
        raise NotFound(f"There is no pilot {pilot_id} in this workspace.")
    return row


def _view(row: Pilot) -> PilotView:
    return PilotView(
        id=row.id,
        version_id=row.version_id,
        library_id=row.library_id,
        question_set_id=row.question_set_id,
        comparison_id=row.comparison_id,
        answers=row.answers,
        size=PilotSize(**row.settings),
        made=row.made,
        state=row.state,
        stopping=row.state in ACTIVE and row.stop_requested,
        recommendation=row.recommendation,
        error=row.error,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )
