"""Sets whose answers are labels, how evenly they are spread, and figures for plots. Called by examine."""

from typing import Any

import numpy as np

from studio.training_sets.quality.looking import NEVER_CUT, Look, limit
from studio.training_sets.ties import Numbers

ROWS_A_LABEL_AT_LEAST = 5
SHOWN_LABELS = 30
BARS = 30
MUCH = 0.5
LENGTH_STEP, LONGEST_STEPPED = 32, 8_192  # tokens: at which cuts people can look
TIMES_FAIR = 1.5


class Answers:
    """How often each answer is given among usable rows; `keys` are hashes, most frequent first."""

    def __init__(self, look: Look) -> None:
        self._usable = np.flatnonzero(look.column("usable")[: look.own])
        self._all = look.column("answer")[self._usable]
        keys, first, counts = np.unique(self._all, return_index=True, return_counts=True)
        order = np.lexsort((first, -counts))
        self.keys, self.counts, self._first = keys[order], counts[order], self._usable[first[order]]
        self._different = len(np.unique(look.column("exact")[self._usable]))
        self._mostly_short = look.short_answers > MUCH * len(self._usable)

    @property
    def are_labels(self) -> bool:
        """A few answers that return again and again."""
        return 0 < len(self.keys) * ROWS_A_LABEL_AT_LEAST <= len(self._usable)

    @property
    def short_and_repeated(self) -> bool:
        """Labels, though there may be too few rows of each: short, and on average given to two questions."""
        return self._mostly_short and 0 < 2 * len(self.keys) <= self._different

    @property
    def majority(self) -> float:
        """Share of rows with the most frequent answer: what always giving it would score."""
        return float(self.counts[0] / len(self._usable)) if len(self.counts) else 0.0

    def surplus(self) -> tuple[list[int], list[int]]:
        """Rows of a label that outweighs all others, and which to leave out so that it does not."""
        fair = TIMES_FAIR / max(1, len(self.keys))
        if not self.are_labels or self.majority < max(MUCH, min(fair, 1.0)):
            return [], []
        rows = self._usable[self._all == self.keys[0]]
        others = len(self._usable) - len(rows)
        kept = (
            rows[np.linspace(0, len(rows) - 1, min(len(rows), others)).astype(np.int64)] if others else rows
        )
        return rows.tolist(), np.setdiff1d(rows, kept).tolist()

    def shown(self) -> list[int]:
        """Rows whose answers are to be named in a plot, most frequent first."""
        return self._first[:SHOWN_LABELS].tolist() if self.are_labels else []


def length_facts(look: Look) -> dict[str, Any]:
    """A histogram of the lengths of the examples, in words or tokens, to the 99th percentile and beyond."""
    lengths = look.column("length")[: look.own]
    options = look.options
    unit = "tokens" if options.count_tokens else "words"
    if not len(lengths):
        return {"unit": unit, "edges": [], "counts": []}
    top = max(int(np.percentile(lengths, 99)), 1)
    width = max(1, -(-top // BARS))
    edges = np.append(np.arange(0, top + width, width), max(top + width, int(lengths.max())) + 1)
    counts = np.histogram(lengths, edges)[0]
    return {
        "unit": unit,
        "edges": edges.tolist(),
        "counts": counts.tolist(),
        "median": int(np.median(lengths)),
        "longest": int(lengths.max()),
        "limit": limit(options),
        **({"cut": _cut_counts(lengths, limit(options))} if options.count_tokens else {}),
    }


def _cut_counts(lengths: Numbers, longest: int) -> list[int]:
    """How many examples are longer than LENGTH_STEP tokens, than twice that, and so on until none is."""
    if longest >= NEVER_CUT:
        return []
    top = min(int(lengths.max()), LONGEST_STEPPED + LENGTH_STEP)
    return [int((lengths > cut).sum()) for cut in range(LENGTH_STEP, top, LENGTH_STEP)]
