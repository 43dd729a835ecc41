"""llama-index's PGVectorStore, as the peers' process stores and searches with it."""

import asyncio
import json
from collections.abc import Callable

from llama_index.core.schema import TextNode
from llama_index.core.vector_stores.types import (
    MetadataFilter,
    MetadataFilters,
    VectorStoreQuery,
    VectorStoreQueryMode,
)
from llama_index.core.vector_stores.utils import node_to_metadata_dict
from llama_index.vector_stores.postgres import PGVectorStore

from bench.peer_rows import Rows

HNSW = {
    "hnsw_m": 16,
    "hnsw_ef_construction": 64,
    "hnsw_ef_search": 40,
    "hnsw_dist_method": "vector_cosine_ops",
}
LIMIT = 10


def opened(rows: Rows, table: str, *, hybrid: bool = True, index: bool = True) -> PGVectorStore:
    """A store whose table (and index) exists; filters are indexed, as its documentation advises."""
    store = PGVectorStore.from_params(
        connection_string=rows.url("psycopg2"),
        async_connection_string=rows.url("asyncpg"),
        table_name=table,
        hybrid_search=hybrid,
        embed_dim=rows.dimension,
        use_jsonb=True,
        hnsw_kwargs=dict(HNSW) if index else None,
        indexed_metadata_keys={("room", "text")},
    )
    store._initialize()
    return store


def storing(
    rows: Rows, table: str, count: int, *, hybrid: bool, index: str = ""
) -> tuple[Callable[[], object], Callable[[], object]]:
    """What stores the first `count` rows, and what clears away; the index is made "first", "last" or not."""
    store = opened(rows, table, hybrid=hybrid, index=index == "first")
    nodes = [_node(rows, number) for number in range(count)]

    def insert() -> None:
        store.add(nodes)
        if index == "last":
            opened(rows, table, hybrid=hybrid)

    def clear() -> None:
        asyncio.run(store.close())
        rows.run(f"DROP TABLE data_{table}")

    return insert, clear


def fill(rows: Rows, table: str) -> None:
    opened(rows, table, index=False)
    rows.copy(
        f"COPY data_{table} (text, metadata_, node_id, embedding) FROM STDIN",
        (
            (rows.texts[number], _metadata(rows, number), str(number), rows.vector_text(number))
            for number in range(len(rows.texts))
        ),
    )


def make_index(rows: Rows, table: str) -> None:
    opened(rows, table)
    rows.run(f"VACUUM ANALYZE data_{table}")


def searching(rows: Rows, table: str, width: int) -> Callable[[int], list[int]]:
    """Hybrid: the ten found by meaning, which are returned, and the ten found by words."""
    store = opened(rows, table)

    def search(number: int) -> list[int]:
        query = VectorStoreQuery(
            query_embedding=rows.asked[number],
            query_str=rows.questions[number],
            similarity_top_k=LIMIT,
            mode=VectorStoreQueryMode.HYBRID,
            filters=_only(rows.asking_room(number)),
        )
        return [int(one) for one in store.query(query, hnsw_ef_search=width).ids or []][:LIMIT]

    return search


def _only(room: str | None) -> MetadataFilters | None:
    return (room and MetadataFilters(filters=[MetadataFilter(key="room", value=room)])) or None


def _node(rows: Rows, number: int) -> TextNode:
    return TextNode(
        id_=str(number),
        text=rows.texts[number],
        metadata={"room": rows.room(number)},
        embedding=rows.vectors[number].tolist(),
    )


def _metadata(rows: Rows, number: int) -> str:
    return json.dumps(node_to_metadata_dict(_node(rows, number), remove_text=True, flat_metadata=False))
