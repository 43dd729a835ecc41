"""Which rows show which defect, and facts about the whole: what examining a table leaves. Stored as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Marks:
    """`rows`: for each kind the numbers of the rows that show it, rising.

    A row can hold several examples (the turns of a conversation): `turns` tells which, counted from 0, in
    step with `rows`, for kinds where it is not always 0. `dropped` names row and turn of what a remedy
    drops, where that is not all of its kind. `clusters` are rows with nearly the same question: a split must
    not part them. `facts` are figures for plots.
    """

    total: int
    rows: dict[str, list[int]] = field(default_factory=dict)
    turns: dict[str, list[int]] = field(default_factory=dict)
    dropped: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    clusters: list[list[int]] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "total": self.total,
            "rows": self.rows,
            "turns": self.turns,
            "dropped": {name: [list(place) for place in places] for name, places in self.dropped.items()},
            "clusters": self.clusters,
            "facts": self.facts,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Marks":
        """The opposite of `as_json`; an empty mapping gives marks of nothing."""
        dropped = {
            name: [(number, turn) for number, turn in places]
            for name, places in stored.get("dropped", {}).items()
        }
        return cls(
            stored.get("total", 0),
            stored.get("rows", {}),
            stored.get("turns", {}),
            dropped,
            stored.get("clusters", []),
            stored.get("facts", {}),
        )

    def places(self, kind: str) -> set[tuple[int, int]]:
        """Row number and turn of every example that shows this kind."""
        numbers = self.rows.get(kind, [])
        return set(zip(numbers, self.turns.get(kind) or [0] * len(numbers), strict=True))
