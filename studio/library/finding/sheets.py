"""Keeps the rows of a table from crowding out what is said of it as a whole. Called by search.

"How many orders came from Bergen?" is nearest to each of the fifty rows with Bergen in them, and none of
them knows. So the last of many rows give way to the best sheet passages of the same document, however many
rows stand before these.
"""

from collections.abc import Sequence
from typing import Protocol, TypeVar

SHEETS_LOOKED_AT = 20  # the best of all candidates
_ROOM_FOR_SHEETS = 2
_ROWS_KEPT = 2


class Found(Protocol):
    """What is needed of a hit."""

    @property
    def kind(self) -> str: ...

    @property
    def document_id(self) -> int: ...


AnyHit = TypeVar("AnyHit", bound=Found)


def make_room(hits: Sequence[AnyHit], limit: int) -> list[AnyHit]:
    """The first `limit` hits, still best first, with up to two sheet passages where rows were found."""
    shown, beyond = list(hits[:limit]), hits[limit:]
    for hit in beyond:
        rows = [other for other in shown if other.kind == "row" and other.document_id == hit.document_id]
        sheets = sum(other.kind == "sheet" and other.document_id == hit.document_id for other in shown)
        if hit.kind == "sheet" and sheets < _ROOM_FOR_SHEETS and len(rows) > _ROWS_KEPT:
            shown.remove(rows[-1])
            shown.append(hit)
    return shown
