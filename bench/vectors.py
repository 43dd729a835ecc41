"""Vectors kept between runs, by the text they were made of: embedding is the slow part of bench.retrieval."""

import hashlib
import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

KEPT = Path(tempfile.gettempdir()) / "studio-bench-vectors.sqlite"
AT_ONCE = 256
Embed = Callable[[Sequence[str]], NDArray[np.float32]]


def embedded(texts: Sequence[str], model: str, embed: Embed) -> NDArray[np.float32]:
    """Vectors of shape (len(texts), dimension); only texts that this model never saw are embedded."""
    keys = [hashlib.sha256(f"{model}\0{text}".encode()).digest() for text in texts]
    kept = sqlite3.connect(KEPT)
    kept.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB)")
    missing = {key: text for key, text in zip(keys, texts, strict=True) if _read(kept, key) is None}
    by_length = sorted(missing.items(), key=lambda item: len(item[1]))
    for at in range(0, len(by_length), AT_ONCE):
        part = by_length[at : at + AT_ONCE]
        vectors = embed([text for _, text in part])
        rows = [(key, vector.tobytes()) for (key, _), vector in zip(part, vectors, strict=True)]
        kept.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", rows)
        kept.commit()
    found = [_read(kept, key) for key in keys]
    kept.close()
    return np.stack([np.frombuffer(vector, np.float32) for vector in found if vector is not None])


def _read(kept: sqlite3.Connection, key: bytes) -> bytes | None:
    row = kept.execute("SELECT vector FROM vectors WHERE key = ?", (key,)).fetchone()
    return row[0] if row else None
