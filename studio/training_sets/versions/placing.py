"""Turns marks that name rows of a table into marks that name positions of a version. Used by saving."""

from collections import defaultdict

from studio.training_sets.quality.marks import Marks

Place = tuple[int, int]


class Placing:
    """Told of every row that is stored, in order; `marks` are those of the version then."""

    def __init__(self, marks: Marks) -> None:
        self._facts = marks.facts
        self._kinds: dict[Place, list[str]] = defaultdict(list)
        for kind in marks.rows:
            for place in marks.places(kind):
                self._kinds[place].append(kind)
        self._clusters = marks.clusters
        self._clustered: dict[int, list[int]] = {n: [] for cluster in marks.clusters for n in cluster}
        self._rows: dict[str, list[int]] = defaultdict(list)
        self._last, self._turn, self._total = -1, 0, 0

    def note(self, number: int, position: int) -> None:
        """The row `number` is stored at `position`; the turns of a row follow each other."""
        self._turn = self._turn + 1 if number == self._last else 0
        self._last, self._total = number, self._total + 1
        for kind in self._kinds.get((number, self._turn), ()):
            self._rows[kind].append(position)
        if number in self._clustered:
            self._clustered[number].append(position)

    @property
    def marks(self) -> Marks:
        """What was told so far; clusters of which one row is left are none."""
        clusters = [
            [position for number in cluster for position in self._clustered[number]]
            for cluster in self._clusters
        ]
        return Marks(
            self._total,
            dict(self._rows),
            clusters=[cluster for cluster in clusters if len(cluster) > 1],
            facts=self._facts,
        )
