"""Stores and searches with llama-index and langchain-postgres: `python -m bench.peer_process FOLDER SOCKETS`.

Started by bench/peers.py in the peers' own environment. Reads one JSON request a line and answers with one
line. Rows are turned into the stores' own objects, and tables are created, before the clock starts.
"""

import json
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from langchain_postgres import PGEngine

from bench import peer_langchain, peer_llama
from bench.peer_rows import Rows


def main(folder: Path, sockets: str) -> None:
    rows = Rows(folder, sockets)
    rows.create_database()
    stores = Stores(rows)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(getattr(stores, request.pop("do"))(**request)), flush=True)


class Stores:
    """The requests."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.engine = PGEngine.from_connection_string(rows.url("asyncpg"))
        self.tables = 0

    def store(self, way: str, count: int) -> dict[str, Any]:
        """Seconds to store the first `count` rows in a new table."""
        self.tables += 1
        insert, clear = self._ways(f"stored{self.tables}", count)[way]()
        began = time.perf_counter()
        insert()
        seconds = time.perf_counter() - began
        clear()
        return {"seconds": seconds}

    def _ways(self, table: str, count: int) -> dict[str, Callable[[], Any]]:
        rows, engine = self.rows, self.engine
        llama, langchain = peer_llama.storing, peer_langchain.storing
        return {
            "llama-index hybrid, HNSW first": lambda: llama(rows, table, count, hybrid=True, index="first"),
            "llama-index hybrid, HNSW last": lambda: llama(rows, table, count, hybrid=True, index="last"),
            "llama-index, vectors alone": lambda: llama(rows, table, count, hybrid=False),
            "langchain PGVectorStore, vectors alone": lambda: langchain(engine, rows, table, count),
            "langchain PGVectorStore, HNSW first": lambda: langchain(engine, rows, table, count, index=True),
            "langchain PGVector, vectors alone": lambda: peer_langchain.storing_older(rows, table, count),
        }

    def fill(self, peer: str, rooms: int) -> dict[str, Any]:
        """Put all rows into a new table of this store, dealt out to workspaces; seconds to index them."""
        self.rows.rooms = rooms
        if peer == "llama-index":
            peer_llama.fill(self.rows, f"filled{rooms}")
        else:
            peer_langchain.fill(self.engine, self.rows, f"filled{rooms}")
        began = time.perf_counter()
        if peer == "llama-index":
            peer_llama.make_index(self.rows, f"filled{rooms}")
        else:
            peer_langchain.make_index(self.engine, self.rows, f"filled{rooms}")
        return {"seconds": time.perf_counter() - began}

    def ask(self, peer: str, rooms: int, width: int, threads: int) -> dict[str, Any]:
        """Every question once: milliseconds of each, the passages found, seconds for all together."""
        self.rows.rooms = rooms
        if peer == "llama-index":
            search = peer_llama.searching(self.rows, f"filled{rooms}", width)
        else:
            search = peer_langchain.searching(self.engine, self.rows, f"filled{rooms}", width)

        def timed(number: int) -> tuple[float, list[int]]:
            began = time.perf_counter()
            found = search(number)
            return 1000 * (time.perf_counter() - began), found

        search(0)
        began = time.perf_counter()
        with ThreadPoolExecutor(threads) as pool:
            answers = list(pool.map(timed, range(len(self.rows.asked))))
        return {
            "seconds": time.perf_counter() - began,
            "milliseconds": [one for one, _ in answers],
            "found": [found for _, found in answers],
        }


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
