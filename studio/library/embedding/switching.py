"""Another embedding model for a library: built beside the old one, compared, then switched to or dropped.

Called by pages and commands. Search goes on with the old vectors until the moment of the switch; the work is
done by the job in `reembedding`.
"""

import secrets
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from studio.engine.embedding_service import EmbeddingService, read_service
from studio.errors import BadInput, NotFound
from studio.jobs.queue import defer
from studio.library.embedding.embedder import model_of
from studio.library.embedding.reembedding import REEMBED
from studio.library.libraries import get_library, locked_library
from studio.store.database import Workspace
from studio.store.tables import Library

MOVING = ("clearing", "embedding", "comparing", "switching")


@dataclass(frozen=True)
class Switch:
    """A model that is being built beside the library's own.

    `state` is one of MOVING, `ready` (to be finished or dropped) or `interrupted` (to be resumed or dropped,
    `error` says why). `done` of `total` passages have their new vector. `report` compares both models.
    """

    model: str
    revision: str
    dimension: int
    service: EmbeddingService
    state: str
    done: int
    total: int
    seconds_left: float | None
    waits_for: str
    error: str | None
    report: dict[str, Any] | None


def find_switch(room: Workspace, library_id: int) -> Switch | None:
    """What is being built, or None."""
    with room.session() as session:
        row = session.scalar(
            sa.select(Library).where(Library.workspace_id == room.id, Library.id == library_id)
        )
        if row is None:
            raise NotFound("There is no such library in this workspace.")
        return _view(row.next_embedding) if row.next_embedding else None


def begin_switch(room: Workspace, library_id: int, service: EmbeddingService) -> Switch:
    """Ask for all passages to be embedded by another service, beside the vectors in use."""
    library = get_library(room, library_id)
    model = model_of(room.settings, service)
    now = library.embedding_model, library.embedding_revision, library.dimension
    if (
        now == (model.name, model.revision, model.dimension)
        and library.embedding_service == service.as_json()
    ):
        raise BadInput(f"The library {library.name} is embedded with {model.name} already.")
    begun = {
        "id": secrets.token_hex(8),
        "service": service.as_json(),
        "model": model.name,
        "revision": model.revision,
        "dimension": model.dimension,
        "state": "clearing",
        "done": 0,
        "total": library.passages,
    }
    with room.session() as session:
        row = locked_library(session, room, library_id)
        if row.next_embedding:
            raise BadInput(
                f"{row.next_embedding['model']} is being built for {row.name} already; "
                "finish or drop it first."
            )
        row.next_embedding = begun
        defer(room, REEMBED, session, library_id=library_id)
    return _view(begun)


def resume_switch(room: Workspace, library_id: int) -> None:
    """Go on with an interrupted one; what is embedded already stays."""
    _move(room, library_id, "interrupted", "embedding")


def finish_switch(room: Workspace, library_id: int) -> None:
    """Ask for the switch. Passages that came meanwhile are embedded first, then all change at once."""
    _move(room, library_id, "ready", "switching")


def drop_switch(room: Workspace, library_id: int) -> None:
    """Stay with the model in use; stops the work and forgets the new vectors."""
    with room.session() as session:
        row = locked_library(session, room, library_id)
        if not row.next_embedding:
            raise BadInput(f"No other embedding model is being built for {row.name}.")
        row.next_embedding = sa.null()
        defer(room, REEMBED, session, library_id=library_id)


def _move(room: Workspace, library_id: int, before: str, after: str) -> None:
    with room.session() as session:
        row = locked_library(session, room, library_id)
        state = row.next_embedding["state"] if row.next_embedding else "not begun"
        if row.next_embedding is None or state != before:
            raise BadInput(f"The other embedding model of {row.name} is {state}, not {before}.")
        row.next_embedding = {**row.next_embedding, "state": after, "error": None}
        defer(room, REEMBED, session, library_id=library_id)


def _view(said: dict[str, Any]) -> Switch:
    return Switch(
        model=said["model"],
        revision=said["revision"],
        dimension=said["dimension"],
        service=read_service(said["service"]),
        state=said["state"],
        done=said["done"],
        total=said["total"],
        seconds_left=said.get("seconds_left"),
        waits_for=said.get("waits_for", ""),
        error=said.get("error"),
        report=said.get("report"),
    )
