"""The steps of a draft: making one, listing them, taking the last one back. Used by drafts and edits."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.errors import BadInput, NotFound
from studio.store.database import Workspace
from studio.store.tables import Draft, DraftEdit


@dataclass(frozen=True)
class StepView:
    """One step: what was done, and to how many examples."""

    step: int
    label: str
    rows: int


def steps(room: Workspace, draft_id: int) -> list[StepView]:
    """What was done, in order."""
    with room.session() as session:
        rows = session.execute(
            sa.select(DraftEdit.step, sa.func.min(DraftEdit.label), sa.func.count())
            .where(DraftEdit.workspace_id == room.id, DraftEdit.draft_id == draft_id)
            .group_by(DraftEdit.step)
            .order_by(DraftEdit.step)
        )
        return [StepView(step, label, count) for step, label, count in rows]


def undo(room: Workspace, draft_id: int) -> str | None:
    """Take the last step back and return its label; None when there is nothing to undo."""
    with room.session() as session:
        draft = locked_draft(session, room, draft_id)
        last = last_step(session, draft)
        taken = sa.delete(DraftEdit).where(*_of(draft), DraftEdit.step == last).returning(DraftEdit.label)
        return next(iter(session.scalars(taken)), None)


def locked_draft(session: Session, room: Workspace, draft_id: int) -> Draft:
    """The draft, so that those who change or save it take turns.

    Raises NotFound, and BadInput while it is being saved.
    """
    draft = session.scalar(select_drafts(room).where(Draft.id == draft_id).with_for_update())
    if draft is None:
        raise no_such_draft()
    if "progress" in draft.saving:
        raise BadInput("These changes are being saved: wait until that is done, or stop it.")
    return draft


def next_step(session: Session, draft: Draft) -> int:
    """The number of the step that is about to be made; the draft is locked."""
    return last_step(session, draft) + 1


def no_such_draft() -> NotFound:
    return NotFound("This draft was saved or discarded meanwhile. Open the newest version to go on.")


def select_drafts(room: Workspace) -> sa.Select[Draft]:
    return sa.select(Draft).where(Draft.workspace_id == room.id)


def _of(draft: Draft) -> tuple[sa.ColumnElement[bool], ...]:
    return DraftEdit.workspace_id == draft.workspace_id, DraftEdit.draft_id == draft.id


def last_step(session: Session, draft: Draft) -> int:
    return session.scalar(sa.select(sa.func.max(DraftEdit.step)).where(*_of(draft))) or 0
