"""How long documents that are coming in still need, from how long the others took. Called by documents."""

from collections.abc import Sequence
from typing import Any

from studio.library.states import WORKING
from studio.store.tables import Document

_PASSAGES_PER_BYTE = 1 / 600  # of plain text, while none of the library's documents is read yet
_REMEMBERED = 500  # documents that say how fast the engine is now


def seconds_until_ready(documents: Sequence[Document]) -> dict[int, float]:
    """By document, for all that are not ready; empty while nothing says how fast it goes.

    They are read in the order they came. Embedding takes nearly all of the time, so what is left is passages.
    """
    moving = sorted((d for d in documents if d.state in WORKING), key=lambda d: d.id)
    ready = sorted((d for d in documents if d.state == "ready"), key=lambda d: str(d.ready_at))
    begun = [document for document in moving if document.state == "embedding"]
    each = _seconds_per_passage([document.receipt for document in (*ready[-_REMEMBERED:], *begun)])
    if each is None:
        return {}
    density = _passages_per_byte([document.receipt for document in documents])
    until: dict[int, float] = {}
    passages = 0.0
    for document in moving:
        passages += _passages_left(document.receipt, document.state, density)
        until[document.id] = round(passages * each, 1)
    return until


def _seconds_per_passage(receipts: Sequence[dict[str, Any]]) -> float | None:
    timed = [receipt for receipt in receipts if "embedding_seconds" in receipt]
    passages = sum(receipt["embedded"] - receipt.get("kept", 0) for receipt in timed)
    seconds = sum(float(receipt["embedding_seconds"]) for receipt in timed)
    return seconds / passages if passages > 0 else None


def _passages_per_byte(receipts: Sequence[dict[str, Any]]) -> float:
    known = [receipt for receipt in receipts if receipt.get("bytes") and receipt.get("passages")]
    total = sum(int(receipt["bytes"]) for receipt in known)
    return sum(int(receipt["passages"]) for receipt in known) / total if total else _PASSAGES_PER_BYTE


def _passages_left(receipt: dict[str, Any], state: str, density: float) -> float:
    if state == "embedding" and "passages" in receipt:
        return float(receipt["passages"] - receipt.get("embedded", 0))
    return float(receipt.get("bytes", 0)) * density
