"""Reads what an embedding service sent: all vectors of a batch in order, or none.

Called by the remote embeddings.
"""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.engine.vectors import checked_vectors
from studio.errors import StudioError


@dataclass(frozen=True)
class Reply:
    """Unit vectors in the order of the texts, and how the service calls its model."""

    vectors: NDArray[np.float32]
    model: str


def read_reply(content: bytes, expected: int, dimension: int | None, host: str) -> Reply:
    """Raise StudioError for anything but `expected` vectors with the indexes 0, 1, 2, …"""
    try:
        body: Any = json.loads(content)
        items = sorted(body["data"], key=lambda item: item["index"])
        indexes = [item["index"] for item in items]
        rows = [item["embedding"] for item in items]
        numbers = all(type(x) in (int, float) for row in rows for x in row)
    except (ValueError, KeyError, TypeError) as error:
        raise StudioError(
            f"{host} answered with something else than vectors; is the address right? Nothing was stored."
        ) from error
    if len(rows) == expected and indexes != list(range(expected)):
        raise StudioError(f"{host} numbered its vectors wrongly; nothing was stored.")
    if not numbers:
        raise StudioError(f"{host} sent vectors that are not numbers; nothing was stored.")
    model = body.get("model")
    return Reply(checked_vectors(rows, expected, dimension), model[:200] if isinstance(model, str) else "")
