"""Which questions training has seen: the same one, or nearly the same. Called by comparisons.

The same rule by which the quality report finds leaks, looked at from the other side.
"""

from collections.abc import Iterator, Sequence

from studio.training_sets.examples import Candidate
from studio.training_sets.quality.examine import Checking, examine

SEEN = ("leakage", "near_leakage")


def seen_in_training(questions: Sequence[str], prompts: Sequence[str]) -> set[int]:
    """Positions of the questions that are among the prompts of a training set, word for word or nearly so."""
    if not questions or not prompts:
        return set()

    def rows() -> Iterator[Candidate]:
        # the side that is marked is the one trained on: here these are the questions
        return (Candidate(at, text, ".", split="train") for at, text in enumerate(questions))

    marks = examine(rows, Checking(against=prompts, plain_text=True))
    return {row for kind in SEEN for row in marks.rows.get(kind, ())}
