"""What the general questions showed of an adapter, read back. Used by pages and commands."""

from dataclasses import dataclass, field

import sqlalchemy as sa

from studio.store.database import Workspace
from studio.store.tables import AbilityCheck
from studio.tuning.forgetting.drop import Asked, Drop, drop, restored
from studio.tuning.forgetting.questions import general_questions


@dataclass(frozen=True)
class Forgetting:
    """`found` is None until the questions were asked; `share` of them, 0 to 1, is answered."""

    id: int
    state: str
    share: float
    seconds_left: float | None
    error: str | None = None
    found: Drop | None = None
    before: list[Asked] = field(default_factory=list)
    after: list[Asked] = field(default_factory=list)

    @property
    def active(self) -> bool:
        return self.state in ("queued", "running")


def forgetting_of(room: Workspace, adapter_id: int) -> Forgetting | None:
    """Of the newest check of an adapter; None where it was never asked."""
    mine = (AbilityCheck.workspace_id == room.id, AbilityCheck.adapter_id == adapter_id)
    newest = sa.select(AbilityCheck).where(*mine).order_by(AbilityCheck.id.desc()).limit(1)
    with room.session() as session:
        row = session.scalar(newest)
        if row is None:
            return None
        before, after = restored(row.before), restored(row.after)
        found = drop(before, after) if row.state == "succeeded" else None
        share = (len(before) + len(after)) / (2 * len(general_questions()))
        left = row.progress.get("seconds_left")
        return Forgetting(row.id, row.state, share, left, row.error, found, before, after)
