"""The library a question is asked of, read together with how the search statement is to be planned and run.

Called by search before each question, hence one statement and a plain row.
"""

from typing import Any, NamedTuple

import sqlalchemy as sa
from psycopg import Connection

from studio.errors import NotFound
from studio.library.finding.fusion import CANDIDATES
from studio.store.database import Workspace

Asking = Connection[tuple[Any, ...]]
_DIALECT = sa.make_url("postgresql+psycopg://").get_dialect()()
_SETTINGS = {
    # planning anew took as long as searching; sizes would hardly change these plans
    "plan_cache_mode": "force_generic_plan",
    "hnsw.ef_search": str(CANDIDATES),  # how far an index looks: as many are usually asked of it
    "hnsw.iterative_scan": "relaxed_order",  # goes on until enough pass a filter
}


class SearchedLibrary(NamedTuple):
    """What of a library's row search needs."""

    id: int
    workspace_id: int
    name: str
    embedding_model: str
    embedding_revision: str
    embedding_service: dict[str, Any]
    dimension: int
    language: str
    dense_weight: float
    passage_count: int
    vector_index: str | None
    terms_through: int | None

    @property
    def model(self) -> tuple[str, str, int]:
        return self.embedding_model, self.embedding_revision, self.dimension


_READ = f"""
    SELECT {", ".join(SearchedLibrary._fields)},
        {", ".join(f"set_config('{name}', '{value}', true)" for name, value in _SETTINGS.items())}
    FROM libraries
    WHERE workspace_id = %(workspace)s AND id = %(library)s
"""


def read_library(connection: Asking, room: Workspace, library_id: int) -> SearchedLibrary:
    """The settings hold until the transaction ends."""
    row = connection.execute(_READ, {"workspace": room.id, "library": library_id}).fetchone()
    if row is None:
        raise NotFound("There is no such library in this workspace.")
    return SearchedLibrary(*row[: -len(_SETTINGS)])


def look_as_far_as(connection: Asking, library: SearchedLibrary, near: int) -> None:
    """How many of the nearest an index keeps in mind, when fewer are asked of it than usual.

    One more for every thousand passages: 40 found all of the best ten in 30,000, but only 97.7 % in 100,000.
    """
    kept = max(near, library.passage_count // 1000)
    if kept < CANDIDATES:
        connection.execute(f"SET LOCAL hnsw.ef_search = {kept}")


def as_driver_takes(statement: str) -> str:
    """With %(name)s for :name. SQLAlchemy's own way to the driver would take longer than planning."""
    return str(sa.text(statement).compile(dialect=_DIALECT))
