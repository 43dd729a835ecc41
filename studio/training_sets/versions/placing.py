"""Turns marks that name rows of a table into marks that name positions of a version. Used by saving."""

from collections import defaultdict
from collections.abc import Collection

from studio.training_sets.quality.marks import Marks
from studio.training_sets.quality.remedies import REMEDIES, left_out

Place = tuple[int, int]


class Placing:
    """Told of every row that is stored, in order; `marks` are those of the version then.

    A defect whose remedy was chosen is there no more.
    """

    def __init__(self, marks: Marks, remedies: Collection[str]) -> None:
        self._marks, self._gone = marks, left_out(marks, remedies)
        cured = {REMEDIES[name].kind for name in remedies if name in REMEDIES}
        self._kinds, self._drops = (
            _by_place({kind: marks.places(kind) for kind in marks.rows if kind not in cured}),
            _by_place({name: set(places) for name, places in marks.dropped.items() if name not in remedies}),
        )
        self._clustered: dict[int, list[int]] = {n: [] for cluster in marks.clusters for n in cluster}
        self._rows: dict[str, list[int]] = defaultdict(list)
        self._dropped: dict[str, list[Place]] = defaultdict(list)
        self._last, self._turn, self._total = -1, 0, 0

    def note(self, number: int, position: int) -> None:
        """The row `number` is stored at `position`; the turns of a row follow each other."""
        self._turn = self._turn + 1 if number == self._last else 0
        while (number, self._turn) in self._gone:
            self._turn += 1
        self._last, self._total = number, self._total + 1
        for kind in self._kinds.get((number, self._turn), ()):
            self._rows[kind].append(position)
        for name in self._drops.get((number, self._turn), ()):
            self._dropped[name].append((position, 0))
        if number in self._clustered:
            self._clustered[number].append(position)

    @property
    def marks(self) -> Marks:
        """What was told so far; a cluster of which one row is left is none."""
        clusters = [
            [position for number in cluster for position in self._clustered[number]]
            for cluster in self._marks.clusters
        ]
        return Marks(
            self._total,
            dict(self._rows),
            dropped=dict(self._dropped),
            clusters=[cluster for cluster in clusters if len(cluster) > 1],
            facts=self._marks.facts,
        )


def _by_place(places: dict[str, set[Place]]) -> dict[Place, list[str]]:
    turned: dict[Place, list[str]] = defaultdict(list)
    for name, where in places.items():
        for place in where:
            turned[place].append(name)
    return turned
