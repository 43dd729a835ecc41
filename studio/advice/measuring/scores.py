"""What follows from the answers of the base model: the signals, each with the number of questions behind it.

Pure; called by the measuring job, whose rows these are: one dictionary for each question that was asked.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from studio.statistics import Difference, bootstrap_interval, paired_difference

Row = Mapping[str, Any]
FEWEST = 6  # questions: below this a mean says nothing
TELLING = 10  # below this a lookup that is right proves nothing
# a row's score under which signal
SCORED = {"closed": "closed_book", "oracle": "oracle_context", "wrong": "distractor_context"}


def signals_of(rows: Sequence[Row], nearest: Sequence[Row]) -> tuple[dict[str, Any], dict[str, int]]:
    """(values, sample sizes). A value that rests on too few questions is left out."""
    values: dict[str, Any] = {}
    sizes: dict[str, int] = {}

    def add(key: str, scores: Sequence[float], fewest: int = FEWEST) -> None:
        if len(scores) >= fewest:
            values[key], sizes[key] = round(sum(scores) / len(scores), 4), len(scores)

    for name, key in SCORED.items():
        add(key, scores_of(rows, name))
    add("hit_at_k", [float(row["found"]) for row in rows if row.get("found") is not None])
    add("nearest_neighbour", scores_of(nearest, "copied"), TELLING)
    margin = _margin(rows, "likelihood") or _margin(rows, "score")
    if margin and margin.n >= TELLING and margin.mean is not None:
        values["reads_passages"] = margin.decided and margin.mean > 0
        sizes["reads_passages"] = margin.n
    by_likelihood = _margin(rows, "likelihood")
    if by_likelihood and by_likelihood.mean is not None:
        values["passage_margin"] = max(0.0, round(by_likelihood.mean, 3))
        sizes["passage_margin"] = by_likelihood.n
    return values, sizes


def _margin(rows: Sequence[Row], what: str) -> Difference | None:
    """With the right passages minus with wrong ones, over the questions where both were tried."""
    right, wrong = f"oracle_{what}", f"wrong_{what}"
    both = [row for row in rows if right in row and wrong in row]
    if len(both) < FEWEST:
        return None
    return paired_difference([float(row[right]) for row in both], [float(row[wrong]) for row in both])


def intervals_of(rows: Sequence[Row], nearest: Sequence[Row]) -> dict[str, dict[str, Any]]:
    """The 95 % interval of every mean, by signal."""
    means = {key: scores_of(rows, name) for name, key in SCORED.items()}
    means["nearest_neighbour"] = scores_of(nearest, "copied")
    return {key: bootstrap_interval(scores).as_dict() for key, scores in means.items() if scores}


def scores_of(rows: Sequence[Row], name: str) -> list[float]:
    """The scores that this way of answering got, of the rows where it was tried."""
    return [float(row[f"{name}_score"]) for row in rows if f"{name}_score" in row]
