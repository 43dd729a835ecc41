"""Decisions: what the wizard concluded, kept with everything it was concluded from. Used by pages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from studio.advice.recommend import Recommendation
from studio.errors import NotFound
from studio.store.database import Workspace
from studio.store.tables import Decision


@dataclass(frozen=True)
class Evidence:
    """What a recommendation was measured on; None where there was none."""

    library_id: int | None = None
    version_id: int | None = None
    comparison_id: int | None = None


@dataclass(frozen=True)
class DecisionView:
    """A stored decision; `recommendation` has the keys of Recommendation.as_dict()."""

    id: int
    created_at: datetime
    conclusion: str
    confidence: float
    answers: dict[str, Any]
    signals: dict[str, Any]
    recommendation: dict[str, Any]
    evidence: Evidence


def save_decision(room: Workspace, recommendation: Recommendation, evidence: Evidence | None = None) -> int:
    """Keep the recommendation as it stands and return its id; it is never changed afterwards."""
    basis = evidence or Evidence()
    row = Decision(
        workspace_id=room.id,
        answers=recommendation.answers,
        signals=recommendation.signals,
        recommendation=recommendation.as_dict(),
        library_id=basis.library_id,
        version_id=basis.version_id,
        comparison_id=basis.comparison_id,
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
    )
