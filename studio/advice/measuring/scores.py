"""What follows from the answers of the base model: the signals, each with the number of questions behind it.

Pure; called by the measuring job, whose rows these are: one dictionary for each question that was asked.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from studio.statistics import bootstrap_interval, paired_difference

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
    both = [row for row in rows if "oracle_score" in row and "wrong_score" in row]
    if len(both) >= TELLING:
        found = paired_difference(scores_of(both, "oracle"), scores_of(both, "wrong"))
        values["reads_passages"] = found.decided and (found.mean or 0.0) > 0
        sizes["reads_passages"] = found.n
    return values, sizes


def intervals_of(rows: Sequence[Row], nearest: Sequence[Row]) -> dict[str, dict[str, Any]]:
    """The 95 % interval of every mean, by signal."""
    means = {key: scores_of(rows, name) for name, key in SCORED.items()}
    means["nearest_neighbour"] = scores_of(nearest, "copied")
    return {key: bootstrap_interval(scores).as_dict() for key, scores in means.items() if scores}


def scores_of(rows: Sequence[Row], name: str) -> list[float]:
    """The scores that this way of answering got, of the rows where it was tried."""
    return [float(row[f"{name}_score"]) for row in rows if f"{name}_score" in row]
