"""langchain-postgres, as the peers' process uses it: PGVectorStore and the older PGVector."""

import uuid
from collections.abc import Callable

from langchain_core.embeddings import DeterministicFakeEmbedding
from langchain_postgres import Column, PGEngine, PGVector, PGVectorStore
from langchain_postgres.v2.indexes import HNSWIndex, HNSWQueryOptions

from bench.peer_rows import Rows

INDEX = HNSWIndex(m=16, ef_construction=64)
ROWS_PER_STATEMENT = 1000
LIMIT = 10

Storing = tuple[Callable[[], object], Callable[[], object]]


def opened(engine: PGEngine, rows: Rows, table: str, width: int = 40) -> PGVectorStore:
    return PGVectorStore.create_sync(
        engine,
        DeterministicFakeEmbedding(size=rows.dimension),
        table,
        metadata_columns=["room"],
        index_query_options=HNSWQueryOptions(ef_search=width),
    )


def storing(engine: PGEngine, rows: Rows, table: str, count: int, *, index: bool = False) -> Storing:
    """What stores the first `count` rows, and what clears away."""
    _create(engine, rows, table)
    store = opened(engine, rows, table)
    if index:
        store.apply_vector_index(INDEX)
    given = _given(rows, count)
    return lambda: store.add_embeddings(*given), lambda: rows.run(f"DROP TABLE {table}")


def storing_older(rows: Rows, table: str, count: int) -> Storing:
    """The same with PGVector, which inserts many rows in one statement."""
    store = PGVector(
        DeterministicFakeEmbedding(size=rows.dimension),
        connection=rows.url("psycopg"),
        collection_name=table,
        embedding_length=rows.dimension,
        create_extension=False,
    )
    given = _given(rows, count)

    def insert() -> None:
        for at in range(0, count, ROWS_PER_STATEMENT):
            store.add_embeddings(*(values[at : at + ROWS_PER_STATEMENT] for values in given))

    return insert, store.drop_tables


def fill(engine: PGEngine, rows: Rows, table: str) -> None:
    _create(engine, rows, table)
    rows.copy(
        f"COPY {table} (langchain_id, content, embedding, room, langchain_metadata) FROM STDIN",
        (
            (uuid.UUID(int=number), rows.texts[number], rows.vector_text(number), rows.room(number), "{}")
            for number in range(len(rows.texts))
        ),
    )


def make_index(engine: PGEngine, rows: Rows, table: str) -> None:
    opened(engine, rows, table).apply_vector_index(INDEX)
    rows.run(f"CREATE INDEX ON {table} (room)")  # langchain makes none, and its filter then loses hits
    rows.run(f"VACUUM ANALYZE {table}")


def searching(engine: PGEngine, rows: Rows, table: str, width: int) -> Callable[[int], list[int]]:
    """By meaning alone."""
    store = opened(engine, rows, table, width)

    def search(number: int) -> list[int]:
        room = rows.asking_room(number)
        found = store.similarity_search_by_vector(
            rows.asked[number], k=LIMIT, filter={"room": room} if room else None
        )
        return [uuid.UUID(str(one.id)).int for one in found]

    return search


def _create(engine: PGEngine, rows: Rows, table: str) -> None:
    engine.init_vectorstore_table(table, rows.dimension, metadata_columns=[Column("room", "TEXT")])


def _given(rows: Rows, count: int) -> tuple[list[str], list[list[float]], list[dict[str, str]], list[str]]:
    """Texts, vectors, metadata and ids."""
    return (
        rows.texts[:count],
        [vector.tolist() for vector in rows.vectors[:count]],
        [{"room": rows.room(number)} for number in range(count)],
        [str(uuid.uuid4()) for _ in range(count)],
    )
