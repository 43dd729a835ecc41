"""What lies in the tables of a workspace, counted in two ways."""

import sqlalchemy as sa

from studio.store.database import Workspace
from studio.store.tables import Blob, Document, Passage, TermCount


def count(room: Workspace, table: type[Blob | Document | Passage | TermCount]) -> int:
    with room.session() as session:
        chosen = sa.select(sa.func.count()).select_from(table).where(table.workspace_id == room.id)
        return session.scalar(chosen) or 0


def term_counts(room: Workspace) -> dict[int, int]:
    with room.session() as session:
        rows = session.execute(
            sa.select(TermCount.term, TermCount.passages).where(TermCount.workspace_id == room.id)
        )
        return {term: passages for term, passages in rows}


def recounted(room: Workspace) -> dict[int, int]:
    """The document frequencies counted again from the passages themselves."""
    counts: dict[int, int] = {}
    with room.session() as session:
        for terms in session.scalars(sa.select(Passage.terms).where(Passage.workspace_id == room.id)):
            for index in terms.indices():
                counts[index + 1] = counts.get(index + 1, 0) + 1
    return counts
