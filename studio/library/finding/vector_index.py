"""Indexes of a large library's own: its partial HNSW index and the lists of its terms, built by a job.

Ingest asks for them at its end; deleting a library or switching its embedding model drops the first. One
HNSW index over all libraries would miss most of a small one, so there is none.
"""

import sqlalchemy as sa

from studio.errors import NotFound
from studio.jobs.queue import defer, task
from studio.library.finding.search import SCANNED_WHOLE
from studio.library.finding.term_passages import write_term_passages
from studio.library.libraries import locked_library
from studio.store.database import Database, Workspace
from studio.store.tables import Library, Passage

INDEX = "index"
MOST_LATE = 2000  # passages that came after the lists of terms are scanned at each search
WIDEST = 4000  # dimensions of halfvec that HNSW can take

# m is pgvector's default, ef_construction twice it: slower to build, misses less
_CREATE = """
    CREATE INDEX CONCURRENTLY {name} ON passages
    USING hnsw ((embedding::halfvec({dimension})) halfvec_ip_ops) WITH (m = 16, ef_construction = 128)
    WHERE library_id = {library} AND kind <> 'summary'
"""
_VALID = sa.text(
    "SELECT indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE relname = :name"
)
_BYTES_PER_NEIGHBOUR_LIST = 600
_LEAST_MEMORY, _MOST_MEMORY = 64, 2048  # megabytes


def build_if_large(room: Workspace, library_id: int, large: int = SCANNED_WHOLE) -> int | None:
    """Ask for the job that a library needs that has outgrown the exact scan; returns its id."""
    with room.session() as session:
        library = locked_library(session, room, library_id)
        if library.passage_count <= large or library.dimension > WIDEST:
            return None
        late = sa.select(sa.func.count()).where(
            Passage.workspace_id == room.id,
            Passage.library_id == library_id,
            Passage.id > (library.terms_through or 0),
        )
        if library.vector_index is not None and (session.scalar(late) or 0) <= MOST_LATE:
            return None
        return defer(room, INDEX, session, library_id=library_id)


@task(INDEX, lane="documents")
def index_library(room: Workspace, *, library_id: int) -> None:
    """Build what is missing; until then searches scan the library."""
    with room.session() as session:
        library = locked_library(session, room, library_id)
        write_term_passages(session, library)
        name = _name(library)
    if _is_valid(room.db, name) is not True:
        _build(room.db, library, name)
    # plans made from the figures of an empty table would go past the index
    _as_owner(room.db, "ANALYZE passages, term_counts, term_passages")
    try:
        with room.session() as session:
            locked_library(session, room, library_id).vector_index = name
    except NotFound:  # deleted meanwhile
        _drop(room.db, name)


def drop_vector_index(room: Workspace, library_id: int) -> None:
    """Before its library is deleted or gets vectors of another model."""
    with room.session() as session:
        library = locked_library(session, room, library_id)
        library.vector_index = None
    _drop(room.db, _name(library))


def _drop(db: Database, name: str) -> None:
    """Also one whose building was cut short."""
    _as_owner(db, f'DROP INDEX CONCURRENTLY IF EXISTS "{name}"')


def _name(library: Library) -> str:
    return f"passages_of_library_{library.id}_{library.dimension}_idx"


def _build(db: Database, library: Library, name: str) -> None:
    each = 2 * library.dimension + _BYTES_PER_NEIGHBOUR_LIST
    memory = min(max(library.passage_count * each >> 20, _LEAST_MEMORY), _MOST_MEMORY)
    _drop(db, name)
    _as_owner(
        db,
        f"SET maintenance_work_mem = '{memory}MB'",
        _CREATE.format(name=name, library=int(library.id), dimension=int(library.dimension)),
    )


def _is_valid(db: Database, name: str) -> bool | None:
    with db.engine.connect() as connection:
        found: bool | None = connection.scalar(_VALID, {"name": name})
        return found


def _as_owner(db: Database, *statements: str) -> None:
    """The runtime role owns nothing, so it can neither build nor drop an index."""
    owner = sa.create_engine(db.owner_url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with owner.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
