"""Libraries beside the stores of llama-index and langchain-postgres, on the same PostgreSQL server.

The same passages and vectors for all; what finds them is in bench/finding.py.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from pgvector import HalfVector
from psycopg.types.json import Jsonb

from bench import finding, passages, peers
from bench.corpus import Corpus, made_up
from bench.peers import NoPeers, Peers
from bench.rooms import as_owner, opened_room
from bench.rows import Row, in_turns, more_is_better, spread
from bench.sizes import Sizes, sizes
from studio.library.intake.storing import Arrival, store_passages
from studio.store import embedded
from studio.store.database import Workspace
from studio.store.tables import Document, Library

READ = (
    "llama-index's PGVectorStore (hybrid) and langchain-postgres (vectors alone) get the same passages and "
    "vectors in a database of their own on the same server, HNSW with m 16 and ef_construction 64, and work "
    "as the role that owns everything; the studio works behind row-level security. Rows are made into the "
    "stores' own objects before the clock starts. Recall is recall@10 against an exact scan; ef_search of a "
    "peer is the smallest that reaches ours. Vectors alone: ours go by COPY into a table with the peers' "
    "columns, two bytes a number as the studio keeps them, four with the peers; llama-index indexes its "
    "metadata as well. 80 made-up words a passage, 384 dimensions."
)
BOTH_SIDES = "Storing, words and vectors"
VECTORS = "Storing, vectors alone"
HYBRID_WAYS = ("llama-index hybrid, HNSW first", "llama-index hybrid, HNSW last")
VECTOR_WAYS = (
    "llama-index, vectors alone",
    "langchain PGVectorStore, vectors alone",
    "langchain PGVector, vectors alone",
)
PLAIN_TABLE = """
    CREATE TABLE bench_vectors (
        id bigint PRIMARY KEY, text text, metadata jsonb, embedding halfvec
    );
    GRANT ALL ON bench_vectors TO studio_runtime
"""
COPY = "COPY bench_vectors FROM STDIN (FORMAT BINARY)"


def measure(folder: Path) -> list[Row]:
    """Ours and theirs taking turns; one sentence and no rows where the peers cannot be installed."""
    wanted = sizes()
    try:
        peers.environment()
    except NoPeers as reason:
        print(f"llama-index and langchain-postgres could not be installed: {reason}", file=sys.stderr)
        return []
    with opened_room(folder / "studio") as room:
        sockets = embedded.locate(folder / "studio").sockets
        small = made_up(wanted.searched, wanted.questions)
        with peers.started(small, folder / "small", sockets) as theirs:
            rows = _storing(room, small, theirs, wanted)
            rows += finding.in_one_library(room, small, theirs, wanted)
        large = made_up(wanted.filtered, finding.ROOMS)
        with peers.started(large, folder / "large", sockets) as theirs:
            rows += finding.in_one_of_many(room, large, theirs, wanted)
    return rows


def _storing(room: Workspace, corpus: Corpus, theirs: Peers, wanted: Sizes) -> list[Row]:
    as_owner(room, PLAIN_TABLE)
    count = wanted.stored
    texts, vectors = corpus.texts[:count], corpus.vectors[:count]
    first = _store(room, texts, vectors)
    ways: dict[str, Callable[[], float]] = {
        BOTH_SIDES: lambda: _store(room, texts, vectors),
        VECTORS: lambda: _copy(room, texts, vectors),
    }
    for way in (*HYBRID_WAYS, *VECTOR_WAYS):
        theirs.store(way, 20)
        ways[way] = lambda way=way: theirs.store(way, count)
    _copy(room, texts, vectors)
    taken = in_turns(ways, wanted.repetitions)
    note = f"; ours right after the start {count / first:,.0f}/s"
    return [
        *(_rate(BOTH_SIDES, way, taken, count, 6, note) for way in (*HYBRID_WAYS, *VECTOR_WAYS[1:])),
        *(_rate(VECTORS, way, taken, count, 50, "; ours by COPY") for way in VECTOR_WAYS),
    ]


def _rate(ours: str, way: str, taken: dict[str, list[float]], count: int, asked: float, note: str) -> Row:
    rates = {name: count / median(seconds) for name, seconds in taken.items()}
    times = f"{count:,} rows × {len(taken[ours])}, ours {spread(taken[ours])} s{note}"
    row = more_is_better(ours, rates[ours], (way, rates[way]), "rows/s", times)
    return replace(row, at_least=asked)


def _store(room: Workspace, texts: list[str], vectors: NDArray[np.float32]) -> float:
    """Seconds from texts to searchable passages in a new library, which is then removed."""
    library, made = _prepared(room, texts)
    began = time.perf_counter()
    with room.session() as session:
        store_passages(session, session.merge(library), made, vectors)
    seconds = time.perf_counter() - began
    with room.session() as session:
        for table in (Document, Library):
            column = Library.id if table is Library else Document.library_id
            session.execute(sa.delete(table).where(column == library.id))
    return seconds


def _prepared(room: Workspace, texts: list[str]) -> tuple[Library, list[Arrival]]:
    documents = -(-len(texts) // passages.PASSAGES_PER_DOCUMENT)
    library, ids = passages.new_library(room, f"stored at {time.monotonic()}", documents)
    return library, passages.arrivals_from(ids, texts)


def _copy(room: Workspace, texts: list[str], vectors: NDArray[np.float32]) -> float:
    """Seconds to copy texts and vectors, the way the studio does, into a table like those of the peers."""
    as_owner(room, "TRUNCATE bench_vectors")
    began = time.perf_counter()
    with room.session() as session:
        connection = session.connection().connection.driver_connection
        assert connection is not None
        with connection.cursor() as cursor, cursor.copy(COPY) as copy:
            copy.set_types(["int8", "text", "jsonb", "halfvec"])
            for number, (text, vector) in enumerate(zip(texts, vectors, strict=True)):
                copy.write_row((number, text, Jsonb({"room": "team-0"}), HalfVector(vector)))
    return time.perf_counter() - began
