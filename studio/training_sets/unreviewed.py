"""Examples that are trained on although nobody looked at them: counted, and said. For runs and pages."""

import sqlalchemy as sa

from studio.store.database import Workspace
from studio.store.tables import Example


def count_unreviewed(room: Workspace, version_id: int) -> int:
    """How many of the examples that would be trained on nobody has reviewed."""
    with room.session() as session:
        return session.scalar(sa.select(unreviewed_of(sa.literal(room.id), sa.literal(version_id)))) or 0


def unreviewed_of(
    workspace: sa.ColumnElement[int] | sa.orm.InstrumentedAttribute[int],
    version: sa.ColumnElement[int] | sa.orm.InstrumentedAttribute[int],
) -> sa.ScalarSelect[int]:
    """The same as a column of another query."""
    mine = (Example.workspace_id == workspace, Example.version_id == version)
    counted = sa.select(sa.func.count()).select_from(Example)
    return counted.where(*mine, ~Example.reviewed, Example.split == "train").scalar_subquery()


def notice(unreviewed: int, trained_on: int) -> str:
    """A sentence for whoever starts or reads a run; empty where every example was reviewed."""
    if not unreviewed:
        return ""
    whom = "1 was" if unreviewed == 1 else f"{unreviewed:,} were"
    return f"Of the {trained_on:,} examples trained on, {whom} drafted and never reviewed by a person."
