"""Gives an example passages to answer from: the right ones, and others that only look right. Called by raft.

RAFT, Zhang et al. 2024 (arXiv 2403.10131): question, right passage and distractors in the prompt, and in some
of the examples the distractors alone, so that the model learns to read what helps and to pass over the rest.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from studio.library.answering.citations import Source, cite, marked, without_marks
from studio.library.answering.context import readings_of
from studio.library.finding.search import Hit
from studio.training_sets.examples import Candidate
from studio.training_sets.versions import ExampleView
from studio.training_sets.versions.stored import as_candidate

SEED = 17
_MOST_RIGHT = 2  # passages: an answer that rests on more is seldom one answer


@dataclass(frozen=True)
class Dressing:
    """How many distractors, and the share of examples that get nothing but distractors."""

    distractors: int = 3
    share_without: float = 0.2


def without_right(count: int, dressing: Dressing) -> set[int]:
    """Which positions of `count` examples get distractors alone, the same ones every time."""
    return set(random.Random(SEED).sample(range(count), round(count * dressing.share_without)))


def dressed(example: ExampleView, hits: Sequence[Hit], distractors: int, without: bool) -> Candidate | None:
    """The example with its passages, in an order that its position decides; the answer cites the right ones,
    which `without` leaves away. None when no passage supports the sentence that opens the answer."""
    answer = without_marks(example.completion)
    right = right_of(answer, hits)
    if not right:
        return None
    wrong = [hit for hit in hits if hit not in right and not right_of(answer, [hit])]
    without = without and bool(wrong)
    # as many passages either way: their number must not tell whether the right one is there
    shown = wrong[: distractors + len(right)] if without else [*right, *wrong[:distractors]]
    random.Random(f"{SEED} {example.position}").shuffle(shown)
    numbered = [source for source, hit in zip(_sources(shown), shown, strict=True) if hit in right]
    return replace(
        as_candidate(example),
        completion=marked(cite(answer, numbered)) if numbered else answer,
        context=tuple((reading.title, reading.text) for reading in readings_of(shown)),
        origin="raft",
        source={
            **example.source,
            "passages": [hit.passage_id for hit in shown],
            "right": [] if without else [hit.passage_id for hit in right],
        },
    )


def right_of(answer: str, hits: Sequence[Hit], most: int = _MOST_RIGHT) -> list[Hit]:
    """The passages that support the answer, at most so many, by the rule of the citations; none where its
    first sentence has no support."""
    said = cite(answer, _sources(hits))
    if not said or not said[0].numbers:
        return []
    numbers = dict.fromkeys(number for sentence in said for number in sentence.numbers)
    return [hits[number - 1] for number in numbers][:most]


def _sources(hits: Sequence[Hit]) -> list[Source]:
    return [
        Source(number, f"{reading.title}\n{reading.text}", reading.kind)
        for number, reading in enumerate(readings_of(hits), start=1)
    ]
