"""Libraries: knowledge bases pinned to one language and one embedding model. Called by pages and commands."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from studio.engine.client import Engine
from studio.engine.embedding_service import EmbeddingService
from studio.errors import BadInput, NotFound
from studio.library.embedding.embedder import model_of
from studio.library.finding.languages import checked_language
from studio.store.database import Workspace
from studio.store.tables import Document, Library, OpenedLibrary


@dataclass(frozen=True)
class LibraryView:
    """A library with its counts; `passages` are searchable, `documents` counts all states.

    `opened_at` is when a person last worked with it.
    """

    id: int
    name: str
    language: str
    embedding_model: str
    embedding_revision: str
    embedding_service: dict[str, Any]
    dimension: int
    dense_weight: float
    answer_threshold: float
    documents: int
    ready: int
    failed: int
    passages: int
    created_at: datetime
    opened_at: datetime | None = None

    @property
    def working(self) -> int:
        """Documents still on their way in."""
        return self.documents - self.ready - self.failed


def create_library(
    room: Workspace,
    name: str,
    language: str = "english",
    engine: Engine | None = None,
    service: EmbeddingService | None = None,
) -> LibraryView:
    """A new, empty library, pinned to the model of its embedding service as it is now.

    Without a service that is the engine's bundled model; `engine` may be given where it is at hand.
    """
    name = " ".join(name.split())
    if not 1 <= len(name) <= 80:
        raise BadInput("A library's name has 1 to 80 characters.")
    service = service or EmbeddingService()
    model = model_of(room.settings, service, engine)
    with room.session() as session:
        if session.scalar(_select(room).where(Library.name == name)):
            raise BadInput(f"There is already a library called {name}. Choose another name.")
        library = Library(workspace_id=room.id, name=name, language=checked_language(language))
        library.embedding_model, library.embedding_revision = model.name, model.revision
        library.dimension, library.embedding_service = model.dimension, service.as_json()
        session.add(library)
        session.flush()
        library_id = library.id
    return get_library(room, library_id)


def list_libraries(room: Workspace) -> list[LibraryView]:
    """All libraries by name."""
    with room.session() as session:
        rows = session.execute(_counted(room).order_by(Library.name))
        return [_view(*row) for row in rows]


def get_library(room: Workspace, library_id: int) -> LibraryView:
    with room.session() as session:
        row = session.execute(_counted(room).where(Library.id == library_id)).first()
    if row is None:
        raise NotFound("There is no such library in this workspace.")
    return _view(*row)


def find_library(room: Workspace, name: str) -> LibraryView:
    """By its name; the sentence of NotFound lists what there is."""
    libraries = list_libraries(room)
    for library in libraries:
        if library.name == name:
            return library
    there = ", ".join(library.name for library in libraries) or "none yet"
    raise NotFound(f"There is no library called {name} in this workspace (there is: {there}).")


def remember_opened(room: Workspace, library: LibraryView) -> None:
    """Pages begin with the library that was opened last, also after a restart and in another tab."""
    last = sa.select(sa.func.max(OpenedLibrary.opened_at)).where(OpenedLibrary.workspace_id == room.id)
    row = insert(OpenedLibrary).values(workspace_id=room.id, library_id=library.id)
    now = {"opened_at": sa.func.clock_timestamp()}
    with room.session() as session:
        if library.opened_at is None or library.opened_at != session.scalar(last):
            session.execute(row.on_conflict_do_update(index_elements=["library_id"], set_=now))


def library_row(room: Workspace, library_id: int) -> Library:
    """The library as stored, to read from."""
    with room.session() as session:
        library = session.scalar(_select(room).where(Library.id == library_id))
    if library is None:
        raise NotFound("There is no such library in this workspace.")
    return library


def locked_library(session: Session, room: Workspace, library_id: int) -> Library:
    """The library's row, locked: whoever changes passages or term counts holds it until the commit."""
    library = session.scalar(_select(room).where(Library.id == library_id).with_for_update())
    if library is None:
        raise NotFound("There is no such library in this workspace.")
    return library


def _select(room: Workspace) -> sa.Select[Library]:
    return sa.select(Library).where(Library.workspace_id == room.id)


def _counted(room: Workspace) -> sa.Select[Library, int, int, int, datetime | None]:
    states = sa.func.count(Document.id)
    return (
        sa.select(
            Library,
            states,
            states.filter(Document.state == "ready"),
            states.filter(Document.state == "failed"),
            OpenedLibrary.opened_at,
        )
        .outerjoin(
            Document,
            sa.and_(Document.library_id == Library.id, Document.workspace_id == Library.workspace_id),
        )
        .outerjoin(
            OpenedLibrary,
            sa.and_(
                OpenedLibrary.library_id == Library.id, OpenedLibrary.workspace_id == Library.workspace_id
            ),
        )
        .where(Library.workspace_id == room.id)
        .group_by(Library.id, OpenedLibrary.opened_at)
    )


def _view(
    library: Library, documents: int, ready: int, failed: int, opened_at: datetime | None
) -> LibraryView:
    return LibraryView(
        id=library.id,
        name=library.name,
        language=library.language,
        embedding_model=library.embedding_model,
        embedding_revision=library.embedding_revision,
        embedding_service=library.embedding_service,
        dimension=library.dimension,
        dense_weight=library.dense_weight,
        answer_threshold=library.answer_threshold,
        documents=documents,
        ready=ready,
        failed=failed,
        passages=library.passage_count,
        created_at=library.created_at,
        opened_at=opened_at,
    )
