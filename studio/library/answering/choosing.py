"""Which document is meant where a question names none: the only one there is, or those to choose from.

Called by grounds and by the conversation that shows the choice.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from studio.library.finding.filters import Filter
from studio.store.database import Workspace

MOST_SHOWN = 10


@dataclass(frozen=True)
class Choice:
    """A document that could be meant."""

    document_id: int
    title: str


@dataclass(frozen=True)
class Choices:
    """The newest of the documents that could be meant, `total` in all."""

    some: tuple[Choice, ...]
    total: int

    @property
    def question(self) -> str:
        """What a person is asked."""
        named = "Choose one" if self.total <= len(self.some) else "Choose one of the newest"
        return (
            f"Which document do you mean? There are {self.total:,} to look into. "
            f"{named}, or ask again with its name."
        )


def documents_to_choose(room: Workspace, library_id: int, within: Filter) -> Choices:
    """Those that can be searched and pass the filter."""
    ready = f"""
        SELECT id, COALESCE(NULLIF(title, ''), name), count(*) OVER ()
        FROM documents
        WHERE id IN ({within.allowed()}) AND workspace_id = :workspace AND ready_at IS NOT NULL
        ORDER BY id DESC
        LIMIT :most
    """
    bound = within.values() | {"workspace": room.id, "library": library_id, "most": MOST_SHOWN}
    with room.session() as session:
        rows = session.execute(sa.text(ready), bound).all()
    return Choices(tuple(Choice(row[0], row[1]) for row in rows), rows[0][2] if rows else 0)
