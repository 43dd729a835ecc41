"""Decisions: what the wizard concluded, kept with everything it was concluded from. Used by pages."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from studio.advice.recommend import Recommendation
from studio.advice.record.basis import Evidence, changed_since, state_of
from studio.advice.record.changes import changes
from studio.advice.record.sheet import Kept, Sheet, sheet_of
from studio.errors import NotFound
from studio.store.database import Workspace
from studio.store.tables import Decision


@dataclass(frozen=True)
class DecisionView:
    """A stored decision; `recommendation` has the keys of Recommendation.as_dict(), `basis` of state_of."""

    id: int
    created_at: datetime
    conclusion: str
    confidence: float
    answers: dict[str, Any]
    signals: dict[str, Any]
    recommendation: dict[str, Any]
    evidence: Evidence
    author: str = "local"
    basis: dict[str, Any] = field(default_factory=dict)

    @property
    def kept(self) -> Kept:
        """As the record tells it."""
        when = f"{self.created_at:%Y-%m-%d %H:%M %Z}".strip()
        return Kept(self.id, when, self.author, self.recommendation, self.basis)


def save_decision(
    room: Workspace, recommendation: Recommendation, evidence: Evidence | None = None, author: str = "local"
) -> int:
    """Keep the recommendation as it stands and return its id; it is never changed afterwards."""
    basis = evidence or Evidence()
    state = state_of(room, basis)
    row = Decision(
        workspace_id=room.id,
        answers=recommendation.answers,
        signals=recommendation.signals,
        recommendation=recommendation.as_dict(),
        library_id=basis.library_id,
        version_id=basis.version_id,
        comparison_id=basis.comparison_id,
        author=author,
        basis=state,
    )
    with room.session() as session:
        session.add(row)
        session.flush()
        return row.id


def list_decisions(room: Workspace) -> list[DecisionView]:
    """Newest first."""
    with room.session() as session:
        return [_view(row) for row in session.scalars(_of(room).order_by(Decision.id.desc()))]


def get_decision(room: Workspace, decision_id: int) -> DecisionView:
    """One decision; raises NotFound."""
    with room.session() as session:
        row = session.scalar(_of(room).where(Decision.id == decision_id))
        if row is None:
            raise NotFound(f"There is no decision {decision_id} in this workspace.")
        return _view(row)


def what_changed(room: Workspace, decision: DecisionView) -> list[str]:
    """What became of its data since it was kept, in sentences."""
    return changed_since(decision.basis, state_of(room, decision.evidence))


def compared_with(before: DecisionView, now: DecisionView) -> list[str]:
    """What the later of two decisions says otherwise than the earlier, and why."""
    return changes(before.kept, now.kept)


def record(room: Workspace, decision_id: int) -> Sheet:
    """The decision to be printed, with what has changed since."""
    decision = get_decision(room, decision_id)
    return sheet_of(decision.kept, what_changed(room, decision))


def _of(room: Workspace) -> sa.Select[Decision]:
    return sa.select(Decision).where(Decision.workspace_id == room.id)


def _view(row: Decision) -> DecisionView:
    return DecisionView(
        id=row.id,
        created_at=row.created_at,
        conclusion=row.recommendation["conclusion"],
        confidence=row.recommendation["confidence"],
        answers=row.answers,
        signals=row.signals,
        recommendation=row.recommendation,
        evidence=Evidence(row.library_id, row.version_id, row.comparison_id),
        author=row.author,
        basis=row.basis,
    )
