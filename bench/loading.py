"""Storing passages: binary COPY and one statement for both sides of search, against ordinary inserts."""

from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from bench import passages
from bench.rooms import opened_room
from bench.rows import Row, interleaved, more_is_better, spread
from studio.library.intake.storing import Arrival, store_passages
from studio.store.database import Workspace
from studio.store.tables import Library, Passage, TermCount

READ = (
    "Passages a second into the table of passages. The studio's figure includes all that makes a passage "
    "findable (its words are stemmed and counted, its BM25 vector is made), while the rivals get finished "
    "rows and only insert them."
)
COUNT = 1000
REPETITIONS = 5


def measure(folder: Path) -> list[Row]:
    """Rates of the studio's way and of ordinary inserts."""
    with opened_room(folder) as room:
        documents = -(-COUNT // passages.PASSAGES_PER_DOCUMENT)
        library, document_ids = passages.new_library(room, "loading", documents)
        made, vectors = passages.arrivals(document_ids, COUNT), passages.vectors(COUNT, seed=3)
        finished = _finished_rows(room, library, made, vectors)
        ways: dict[str, Callable[[Session], object]] = {
            "ours": lambda session: store_passages(session, session.merge(library), made, vectors),
            "ORM add_all": lambda session: session.add_all([Passage(**row) for row in finished]),
            "ORM executemany": lambda session: session.execute(sa.insert(Passage), finished),
        }
        taken = interleaved(
            {name: _in_transaction(room, way) for name, way in ways.items()},
            REPETITIONS,
            before_each=lambda: _empty(room, library),
        )
    return [_row("Text to searchable passages", rival, taken) for rival in ("ORM add_all", "ORM executemany")]


def _row(name: str, rival: str, taken: dict[str, list[float]]) -> Row:
    rates = {way: COUNT / median(seconds) for way, seconds in taken.items()}
    note = f"{COUNT:,} passages, {REPETITIONS} repetitions, ours {spread(taken['ours'], 1000)} ms"
    return more_is_better(name, rates["ours"], (rival, rates[rival]), "passages/s", note)


def _in_transaction(room: Workspace, way: Callable[[Session], object]) -> Callable[[], None]:
    def insert() -> None:
        with room.session() as session:
            way(session)

    return insert


def _empty(room: Workspace, library: Library) -> None:
    with room.session() as session:
        for table in (Passage, TermCount):
            session.execute(sa.delete(table).where(table.library_id == library.id))


def _finished_rows(
    room: Workspace, library: Library, made: list[Arrival], vectors: NDArray[np.float32]
) -> list[dict[str, Any]]:
    """The rows as they come to lie in the table, BM25 vectors included."""
    columns = [column for column in Passage.__table__.columns if column.name not in ("id", "created_at")]
    with room.session() as session:
        store_passages(session, session.merge(library), made, vectors)
        return [dict(row) for row in session.execute(sa.select(*columns).order_by(Passage.id)).mappings()]
