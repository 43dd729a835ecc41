"""Reads comparisons back: lists, progress, reports; and asks one to stop. Used by pages and commands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.comparison.report import ComparisonReport, StoredAnswer, build_report
from studio.comparison.selection import chosen_questions
from studio.errors import NotFound
from studio.store import tables
from studio.store.database import Workspace


@dataclass(frozen=True)
class ComparisonView:
    """`progress` holds done, total, approach, seconds_left and waiting_for while it goes on."""

    id: int
    name: str
    question_set_id: int
    library_id: int | None
    run_id: int | None
    passages_run_id: int | None
    approaches: list[str]
    state: str
    progress: dict[str, Any]
    error: str | None
    headline: str
    created_at: datetime
    finished_at: datetime | None

    @property
    def done(self) -> int:
        """Answers there are so far, over all approaches."""
        return int(self.progress.get("done", 0))

    @property
    def total(self) -> int:
        """Answers there will be; 0 until it has begun."""
        return int(self.progress.get("total", 0))


def list_comparisons(room: Workspace) -> list[ComparisonView]:
    """Newest first."""
    with room.session() as session:
        rows = session.scalars(_of(room).order_by(tables.Comparison.id.desc()))
        return [_view(row) for row in rows]


def get_comparison(room: Workspace, comparison_id: int) -> ComparisonView:
    """One comparison; raises NotFound."""
    with room.session() as session:
        return _view(find(session, room, comparison_id))


def stop_comparison(room: Workspace, comparison_id: int) -> None:
    """Stop it at once when it still waits, else after the questions it is at; what is answered is kept."""
    with room.session() as session:
        row = find(session, room, comparison_id)
        row.stop_requested = row.stop_requested or row.state in ("queued", "running")
        if row.state == "queued":
            row.state, row.finished_at = "stopped", session.scalar(sa.select(sa.func.now()))


def report(room: Workspace, comparison_id: int) -> ComparisonReport:
    """The finished report, or one over the answers there are so far."""
    with room.session() as session:
        row = find(session, room, comparison_id)
        if row.report is not None:
            return ComparisonReport.restored(row.report)
        return report_now(session, room, row)


def report_now(session: Session, room: Workspace, row: tables.Comparison) -> ComparisonReport:
    """Built from the stored answers; called while it runs and when it ends."""
    chosen, excluded = chosen_questions(session, room, row)
    answers = [given for given in stored_answers(session, room, row.id) if given.position in chosen]
    return build_report(chosen, answers, excluded)


def stored_answers(session: Session, room: Workspace, comparison_id: int) -> Sequence[StoredAnswer]:
    """In the order of the questions."""
    row = tables.ComparisonAnswer
    wanted = sa.select(row).where(row.workspace_id == room.id, row.comparison_id == comparison_id)
    return [
        StoredAnswer(
            position=found.position,
            approach=found.approach,
            answer=found.answer,
            sources=found.sources,
            scores=found.scores,
            seconds=found.seconds,
        )
        for found in session.scalars(wanted.order_by(row.position))
    ]


def find(session: Session, room: Workspace, comparison_id: int, *, lock: bool = False) -> tables.Comparison:
    """The row itself, with `lock` nobody else's until the transaction ends; raises NotFound."""
    wanted = _of(room).where(tables.Comparison.id == comparison_id)
    row = session.scalar(wanted.with_for_update() if lock else wanted)
    if row is None:
        raise NotFound(f"There is no comparison {comparison_id} in this workspace.")
    return row


def _of(room: Workspace) -> sa.Select[tables.Comparison]:
    return sa.select(tables.Comparison).where(tables.Comparison.workspace_id == room.id)


def _view(row: tables.Comparison) -> ComparisonView:
    return ComparisonView(
        id=row.id,
        name=row.name,
        question_set_id=row.question_set_id,
        library_id=row.library_id,
        run_id=row.run_id,
        passages_run_id=row.passages_run_id,
        approaches=row.approaches,
        state=row.state,
        progress=row.progress,
        error=row.error,
        headline=(row.report or {}).get("headline", ""),
        created_at=row.created_at,
        finished_at=row.finished_at,
    )
