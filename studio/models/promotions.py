"""Which adapter is in use for a base model: put one into use, and go back to the one before.

Called by the register of adapters, by the check before a promotion, by pages and commands. What was in use
when is kept.
"""

from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.errors import BadInput, NotFound
from studio.store.database import Workspace
from studio.store.tables import Adapter, Promotion

TURNS = "promotions"


@dataclass(frozen=True)
class Why:
    """The reason for putting an adapter into use, who says it, and the check it has passed, if it has."""

    reason: str = ""
    by: str = "local"
    check_id: int | None = None


@dataclass(frozen=True)
class PromotionView:
    """`adapter_id` is None when the adapter was deleted since, `until` None as long as it may be in use."""

    adapter_id: int | None
    adapter: str
    base_model: str
    since: datetime
    until: datetime | None
    why: Why = field(default_factory=Why)


def promote(room: Workspace, adapter_id: int, why: Why | None = None) -> None:
    """Put an adapter into use for its base model; one that is in use already stays so.

    What may be put into use without a person's word is decided by the check before.
    """
    why = why or Why()
    with room.session() as session:
        room.take_turns(session, TURNS)
        wanted = (Adapter.workspace_id == room.id, Adapter.id == adapter_id)
        adapter = session.scalar(sa.select(Adapter).where(*wanted))
        if adapter is None:
            raise NotFound(f"There is no adapter {adapter_id} in workspace {room.name}.")
        if adapter.retired_at is not None:
            raise BadInput(f"{adapter.name} is retired; restore it before you put it into use.")
        newest = session.scalars(_standing(room, adapter.base_model).limit(1)).one_or_none()
        if newest is not None and newest.adapter_id == adapter_id:
            return
        withdraw(session, room, adapter_id)  # so that going back never leads to the same one
        session.add(
            Promotion(
                workspace_id=room.id,
                base_model=adapter.base_model,
                adapter_id=adapter.id,
                adapter_name=adapter.name,
                author=why.by,
                reason=why.reason,
                check_id=why.check_id,
            )
        )


def roll_back(room: Workspace, base_model: str) -> PromotionView | None:
    """Go back to what was in use before. Returns that; None when it is the base model as it is."""
    with room.session() as session:
        room.take_turns(session, TURNS)
        newest, before = [*session.scalars(_standing(room, base_model).limit(2)), None, None][:2]
        if newest is None:
            raise BadInput(f"No adapter of {base_model} is in use, so there is nothing to go back from.")
        session.execute(_ending(room, Promotion.id == newest.id))
        return _view(before) if before else None


def withdraw(session: Session, room: Workspace, adapter_id: int) -> None:
    """Take an adapter out of use wherever it stands; what was in use before it follows."""
    session.execute(_ending(room, Promotion.adapter_id == adapter_id))


def in_use(room: Workspace) -> dict[str, int]:
    """Base model -> the adapter in use for it; the one promoted last comes first."""
    with room.session() as session:
        return in_use_now(session, room)


def in_use_now(session: Session, room: Workspace) -> dict[str, int]:
    """The same within a transaction; `take_turns(session, TURNS)` first keeps it so until its end."""
    found: dict[str, int] = {}
    for row in session.scalars(_standing(room)):
        if row.adapter_id is not None:
            found.setdefault(row.base_model, row.adapter_id)
    return found


def before(room: Workspace, base_model: str) -> PromotionView | None:
    """What `roll_back` would bring back; None when it is the base model as it is."""
    with room.session() as session:
        former = session.scalars(_standing(room, base_model).offset(1).limit(1)).one_or_none()
        return _view(former) if former else None


def history(room: Workspace, base_model: str) -> list[PromotionView]:
    """Everything that was ever put into use for a base model, newest first."""
    mine = (Promotion.workspace_id == room.id, Promotion.base_model == base_model)
    with room.session() as session:
        rows = session.scalars(sa.select(Promotion).where(*mine).order_by(Promotion.id.desc()))
        return [_view(row) for row in rows]


def _standing(room: Workspace, base_model: str | None = None) -> sa.Select[Promotion]:
    """Newest first, without the withdrawn ones."""
    found = (
        sa.select(Promotion)
        .where(Promotion.workspace_id == room.id, Promotion.withdrawn_at.is_(None))
        .where(Promotion.adapter_id.is_not(None))
        .order_by(Promotion.id.desc())
    )
    return found if base_model is None else found.where(Promotion.base_model == base_model)


def _ending(room: Workspace, which: sa.ColumnElement[bool]) -> sa.Update:
    standing = (Promotion.workspace_id == room.id, Promotion.withdrawn_at.is_(None))
    return sa.update(Promotion).where(*standing, which).values(withdrawn_at=sa.func.now())


def _view(row: Promotion) -> PromotionView:
    why = Why(row.reason, row.author, row.check_id)
    return PromotionView(
        row.adapter_id, row.adapter_name, row.base_model, row.created_at, row.withdrawn_at, why
    )
