"""What has changed since an adapter was trained: its training set, and the documents its examples come from.

Called by the pages of runs, comparisons and chat.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm

from studio.errors import NotFound
from studio.store.database import Workspace
from studio.store.tables import Document, Example, Passage, TrainingSetVersion
from studio.training_sets.versions import VersionView, get_version
from studio.training_sets.versions.diff import compare_versions


def newest_version(room: Workspace, version_id: int) -> int:
    """The id of the version saved last of the same set; the same id where it is that one or is gone.

    One that only gave passages to the examples of another, as a pilot does, changes nothing.
    """
    of_set, this = orm.aliased(TrainingSetVersion), TrainingSetVersion
    newest = (
        sa.select(sa.func.max(of_set.id))
        .join(this, this.training_set_id == of_set.training_set_id)
        .where(of_set.workspace_id == room.id, this.workspace_id == room.id, this.id == version_id)
        .where(of_set.changes["raft"].astext.is_(None))
    )
    with room.session() as session:
        return max(version_id, session.scalar(newest) or version_id)


def changed_since(room: Workspace, version_id: int, newest: int) -> list[str]:
    """In sentences, for an adapter trained on this version; empty where everything is as it was.

    Reads every example of it and of the newest version: nothing to do again at every look.
    """
    try:
        trained_on = get_version(room, version_id)
    except NotFound:
        return ["The version it was trained on was deleted."]
    return [*_newer(room, trained_on, newest), *_passages_gone(room, trained_on)]


def _newer(room: Workspace, version: VersionView, newest: int) -> list[str]:
    if newest == version.id:
        return []
    found = compare_versions(room, version.id, newest, limit=0)
    counted = {"added": found.added_count, "edited": found.edited_count, "removed": found.removed_count}
    told = ", ".join(f"{number:,} {word}" for word, number in counted.items() if number)
    return [
        f"{version.name} has a version {found.new.version} since; it was trained on version "
        f"{version.version} ({told or 'the same examples'})."
    ]


def _passages_gone(room: Workspace, version: VersionView) -> list[str]:
    """Examples made from passages whose text was changed or deleted: what they teach may be outdated."""
    named = sa.cast(Example.source["passage_id"].astext, sa.BigInteger)
    there = sa.select(Passage.id).where(Passage.workspace_id == room.id, Passage.id == named)
    counted = sa.select(sa.func.count()).where(
        Example.workspace_id == room.id,
        Example.version_id == version.id,
        Example.source["passage_id"].astext.is_not(None),
        ~there.exists(),
    )
    with room.session() as session:
        gone = session.scalar(counted) or 0
    if not gone:
        return []
    were = "example was" if gone == 1 else "examples were"
    return [f"{gone:,} {were} made from text that has been changed or deleted since."]


def documents_since(room: Workspace, library_id: int, when: datetime) -> int:
    """How many searchable documents of a library came in after this moment, new or in place of older ones."""
    row = Document
    counted = sa.select(sa.func.count()).where(
        row.workspace_id == room.id, row.library_id == library_id, row.state == "ready", row.created_at > when
    )
    with room.session() as session:
        return session.scalar(counted) or 0


def documents_said(number: int, since: str) -> list[str]:
    """In a sentence; nothing where none came in."""
    if not number:
        return []
    were = "document was" if number == 1 else "documents were"
    return [f"{number:,} {were} added or replaced since {since}."]
