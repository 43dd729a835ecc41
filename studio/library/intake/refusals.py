"""Files a library refused: their names and reasons, kept until one of that name is taken in.

Called by adding, by uploads that end before their file is sent, and by the library page. Nothing of the file
itself is kept.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from studio.errors import BadInput
from studio.library.intake.names import display_name, storable
from studio.store.database import Workspace
from studio.store.tables import RefusedFile

_NAMELESS = "A file without a name"


@dataclass(frozen=True)
class Refusal:
    """A file's name and the sentence that says why it was not taken in."""

    name: str
    reason: str


@dataclass(frozen=True)
class RefusalView(Refusal):
    """A kept refusal: the receipt of a file that is not there."""

    id: int
    library_id: int
    created_at: datetime


def refusal_of(name: str, problem: BadInput) -> Refusal:
    """Under the name the file would have had."""
    try:
        name = display_name(name)
    except BadInput:
        name = _NAMELESS
    return Refusal(name, storable(str(problem)))


def settle_refusals(
    room: Workspace, library_id: int, refused: Sequence[Refusal], taken: Container[str] = ()
) -> None:
    """Keep what was refused, the newest reason of each name; forget those whose name was taken in since."""
    with room.session() as session:
        if refused:
            newest = {one.name: one.reason for one in refused}
            own = {"workspace_id": room.id, "library_id": library_id}
            rows = insert(RefusedFile).values(
                [own | {"name": name, "reason": reason} for name, reason in newest.items()]
            )
            again = {"reason": rows.excluded.reason, "created_at": sa.func.now()}
            session.execute(rows.on_conflict_do_update(index_elements=["library_id", "name"], set_=again))
        for row in session.scalars(_of_library(room, library_id)):
            if row.name in taken:
                session.delete(row)


def list_refusals(room: Workspace, library_id: int) -> list[RefusalView]:
    """Newest first."""
    newest_first = _of_library(room, library_id).order_by(RefusedFile.created_at.desc(), RefusedFile.name)
    with room.session() as session:
        return [
            RefusalView(row.name, row.reason, row.id, row.library_id, row.created_at)
            for row in session.scalars(newest_first)
        ]


def dismiss_refusals(room: Workspace, library_id: int, refusal_ids: Sequence[int] | None = None) -> None:
    """Show these no more; without ids, none of the library. Those that are gone already are no error."""
    own = [RefusedFile.workspace_id == room.id, RefusedFile.library_id == library_id]
    if refusal_ids is not None:
        own.append(RefusedFile.id == sa.func.any(list(refusal_ids)))
    with room.session() as session:
        session.execute(sa.delete(RefusedFile).where(*own))


def _of_library(room: Workspace, library_id: int) -> sa.Select[RefusedFile]:
    return sa.select(RefusedFile).where(
        RefusedFile.workspace_id == room.id, RefusedFile.library_id == library_id
    )
