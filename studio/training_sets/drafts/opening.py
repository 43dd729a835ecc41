"""Opening, listing and discarding drafts. Called by pages and by built sets."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from studio.errors import BadInput
from studio.store.database import Workspace
from studio.store.tables import Draft, TrainingSet, TrainingSetVersion
from studio.training_sets.drafts.current import DraftPage, count_rows, page_of
from studio.training_sets.drafts.stepping import (
    last_step,
    locked_draft,
    no_such_draft,
    select_drafts,
)
from studio.training_sets.versions.listing import Find, get_version


@dataclass(frozen=True)
class DraftView:
    """A draft of training set `name`, begun from its version number `version`.

    `examples` and `held_out` are as they would be saved; `newer` is the number of a version that was saved
    after the one the draft was begun from, None when there is none. While it is being saved, `progress` tells
    how far that is (0 to 1); `error` is why it could not be saved the last time.
    """

    id: int
    training_set_id: int
    version_id: int
    name: str
    version: int
    author: str
    created_at: datetime
    examples: int
    held_out: int
    added: int
    edited: int
    removed: int
    steps: int
    newer: int | None
    progress: float | None = None
    seconds_left: float | None = None
    error: str | None = None

    @property
    def being_saved(self) -> bool:
        return self.progress is not None


def open_draft(room: Workspace, version_id: int, author: str = "local") -> DraftView:
    """The draft of the version's training set, begun when there is none.

    Raises BadInput when there are unsaved changes to another version of the set.
    """
    version = get_version(room, version_id)
    begun = insert(Draft).values(
        workspace_id=room.id, training_set_id=version.training_set_id, version_id=version_id, author=author
    )
    with room.session() as session:
        session.execute(begun.on_conflict_do_nothing(index_elements=["training_set_id"]))
        draft = session.scalars(
            select_drafts(room).where(Draft.training_set_id == version.training_set_id).with_for_update()
        ).one()
        if draft.version_id != version_id and last_step(session, draft):
            other = session.get_one(TrainingSetVersion, draft.version_id)
            raise BadInput(
                f"{version.name} has unsaved changes to version {other.version}: save or discard them first."
            )
        draft.version_id = version_id
        return _view(session, room, draft)


def get_draft(room: Workspace, draft_id: int) -> DraftView:
    """One draft; raises NotFound."""
    with room.session() as session:
        return _view(session, room, _draft(session, room, draft_id))


def list_drafts(room: Workspace) -> list[DraftView]:
    """All drafts, newest first."""
    with room.session() as session:
        found = session.scalars(select_drafts(room).order_by(Draft.id.desc())).all()
        return [_view(session, room, draft) for draft in found]


def rows(room: Workspace, draft_id: int, find: Find = Find()) -> DraftPage:  # noqa: B008 - frozen
    """A page of the draft's examples as they stand."""
    with room.session() as session:
        return page_of(session, _draft(session, room, draft_id), find)


def discard(room: Workspace, draft_id: int) -> None:
    """Forget the draft and its changes."""
    with room.session() as session:
        session.delete(locked_draft(session, room, draft_id))


def _draft(session: Session, room: Workspace, draft_id: int) -> Draft:
    draft = session.scalar(select_drafts(room).where(Draft.id == draft_id))
    if draft is None:
        raise no_such_draft()
    return draft


def _view(session: Session, room: Workspace, draft: Draft) -> DraftView:
    version, name = session.execute(
        sa.select(TrainingSetVersion, TrainingSet.name)
        .join(TrainingSet, TrainingSet.id == TrainingSetVersion.training_set_id)
        .where(TrainingSetVersion.workspace_id == room.id, TrainingSetVersion.id == draft.version_id)
    ).one()
    of_set = (
        TrainingSetVersion.workspace_id == room.id,
        TrainingSetVersion.training_set_id == draft.training_set_id,
    )
    newest = session.scalar(sa.select(sa.func.max(TrainingSetVersion.version)).where(*of_set))
    counts = count_rows(session, draft)
    return DraftView(
        id=draft.id,
        training_set_id=draft.training_set_id,
        version_id=draft.version_id,
        name=name,
        version=version.version,
        author=draft.author,
        created_at=draft.created_at,
        examples=counts.examples,
        held_out=counts.held_out,
        added=counts.added,
        edited=counts.edited,
        removed=counts.removed,
        steps=counts.steps,
        newer=newest if newest and newest > version.version else None,
        progress=draft.saving.get("progress"),
        seconds_left=draft.saving.get("seconds_left"),
        error=draft.saving.get("error"),
    )
