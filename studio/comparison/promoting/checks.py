"""Checks before a promotion, as they are asked for, stored and read back. Used by pages and commands."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.comparison.question_sets import get_question_set
from studio.comparison.results import ComparisonView, get_comparison, stop_comparison
from studio.errors import BadInput, NotFound
from studio.models.adapters import get_adapter
from studio.models.promotions import in_use
from studio.store import tables
from studio.store.database import Workspace

ACTIVE = ("queued", "running")
FEWEST_QUESTIONS = 10


@dataclass(frozen=True)
class CheckRequest:
    """`library_id`: both answer from its passages. `limit` takes so many questions, always the same ones."""

    adapter_id: int
    question_set_id: int
    library_id: int | None = None
    limit: int | None = None
    by: str = "local"


@dataclass(frozen=True)
class CheckView:
    """`against` is what was in use; `verdict` has the keys of judging.Verdict; `share` is 0 to 1 done."""

    id: int
    adapter_id: int
    against_id: int | None
    against: str
    question_set_id: int
    library_id: int | None
    limit: int | None
    comparison_id: int | None
    former_comparison_id: int | None
    author: str
    state: str
    stopping: bool
    verdict: dict[str, Any] | None
    error: str | None
    created_at: datetime
    share: float
    seconds_left: float | None

    @property
    def active(self) -> bool:
        return self.state in ACTIVE


def checked(room: Workspace, request: CheckRequest) -> tables.PromotionCheck:
    """The row to be stored; raises BadInput or NotFound for what cannot be checked."""
    adapter = get_adapter(room, request.adapter_id)
    if adapter.retired:
        raise BadInput(f"{adapter.name} is retired; restore it before you put it into use.")
    against = in_use(room).get(adapter.base_model)
    if against == adapter.id:
        raise BadInput(f"{adapter.name} is in use already.")
    asked = get_question_set(room, request.question_set_id)
    questions = min(asked.questions, request.limit or asked.questions)
    if questions < FEWEST_QUESTIONS:
        raise BadInput(
            f"{questions} questions cannot show a gain: take a question set of {FEWEST_QUESTIONS} or more, "
            "better 40 to 100."
        )
    return tables.PromotionCheck(
        workspace_id=room.id,
        adapter_id=adapter.id,
        against_id=against,
        against_name=get_adapter(room, against).name if against else "",
        question_set_id=asked.id,
        library_id=request.library_id,
        question_limit=request.limit,
        author=request.by,
    )


def newest_check(room: Workspace, adapter_id: int) -> CheckView | None:
    """The last one of an adapter."""
    row = tables.PromotionCheck
    mine = sa.select(row.id).where(row.workspace_id == room.id, row.adapter_id == adapter_id)
    with room.session() as session:
        found = session.scalar(mine.order_by(row.id.desc()).limit(1))
    return get_check(room, found) if found else None


def get_check(room: Workspace, check_id: int) -> CheckView:
    """One check with how far it is; raises NotFound."""
    with room.session() as session:
        row = _found(session.scalar(_of(room, check_id)), check_id)
        session.expunge(row)
    waited = [get_comparison(room, one) for one in (row.comparison_id, row.former_comparison_id) if one]
    share, left = _progress(waited, 1 if row.against_id is None else 2)
    return CheckView(
        id=row.id,
        adapter_id=row.adapter_id,
        against_id=row.against_id,
        against=row.against_name or "the base model as it is",
        question_set_id=row.question_set_id,
        library_id=row.library_id,
        limit=row.question_limit,
        comparison_id=row.comparison_id,
        former_comparison_id=row.former_comparison_id,
        author=row.author,
        state=row.state,
        stopping=row.stop_requested and row.state in ACTIVE,
        verdict=row.verdict,
        error=row.error,
        created_at=row.created_at,
        share=share,
        seconds_left=left,
    )


def stop_check(room: Workspace, check_id: int) -> None:
    """Nothing is put into use; what is answered so far is kept. The answering ends at once: the check's own
    job waits behind it."""
    with room.session() as session:
        row = locked(session, room, check_id)
        row.stop_requested = row.stop_requested or row.state in ACTIVE
    stop_answering(room, check_id)


def stop_answering(room: Workspace, check_id: int) -> None:
    """Stop both comparisons, as far as they are asked for and go on."""
    check = get_check(room, check_id)
    for one in (check.comparison_id, check.former_comparison_id):
        if one is not None:
            stop_comparison(room, one)


def locked(session: Session, room: Workspace, check_id: int) -> tables.PromotionCheck:
    """The row, nobody else's until the transaction ends; raises NotFound."""
    return _found(session.scalar(_of(room, check_id).with_for_update()), check_id)


def _of(room: Workspace, check_id: int) -> sa.Select[tables.PromotionCheck]:
    row = tables.PromotionCheck
    return sa.select(row).where(row.workspace_id == room.id, row.id == check_id)


def _found(row: tables.PromotionCheck | None, check_id: int) -> tables.PromotionCheck:
    if row is None:
        raise NotFound(f"There is no check {check_id} in this workspace.")
    return row


def _progress(waited: list[ComparisonView], wanted: int) -> tuple[float, float | None]:
    """Share of the answers that are there, and the seconds left where every comparison has begun."""
    shares = [
        1.0 if one.state == "succeeded" else one.done / one.total if one.total else 0.0 for one in waited
    ]
    known = [one.progress.get("seconds_left") for one in waited if one.state in ACTIVE]
    if len(waited) < wanted or not known or None in known:
        return sum(shares) / wanted, None
    return sum(shares) / wanted, sum(float(left) for left in known if left is not None)
