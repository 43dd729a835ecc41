"""Which examples ask in other words what is asked to measure. Called by probing.

Sentence vectors alone do not tell: "When does it open?" and "When does it close?" are as near to each
other as a question and its rewording (MiniLM: .93 beside .43 to .95). So a pair needs two witnesses: the
questions are near, and the answers agree. Where answers say nothing (labels, "Yes.", none at all) the
questions must be much nearer. Either way figures, single letters and one exchanged word make it another one.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.training_sets.quality.likeness import NEGATIONS
from studio.training_sets.quality.wording import FILLERS, FUNCTION_WORDS, words

Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]

# cosines of questions: where the answers are the same, where they agree, where they say nothing
REMOTE, NEAR, VERY_NEAR = 0.4, 0.5, 0.85
AGREE, SAME = 0.9, 0.98  # cosines of answers
NEIGHBOURS = 5
RARE = 3  # rows; an answer that stands in more of them witnesses nothing
TELLING_WORDS = 3
ANSWER_LETTERS = 1_000  # the model reads about so many
_TESTS_AT_ONCE = 256
_EXCLUSIVE = ({"who", "whom", "whose"}, {"when"}, {"where"}, {"why"})


@dataclass(frozen=True)
class Asked:
    """A question and its answer, which may be unknown."""

    question: str
    answer: str = ""


class _Pair(NamedTuple):
    example: int
    test: int
    near: float


def reworded(examples: Sequence[Asked], tests: Sequence[Asked], embed: Embed) -> dict[int, int]:
    """For each example that says a test question in other words, or in the same, which test that is."""
    pairs = [
        pair
        for pair in _nearest(embed, [one.question for one in examples], [one.question for one in tests])
        if not another_matter(examples[pair.example].question, tests[pair.test].question)
    ]
    agreement = _agreement(pairs, examples, tests, embed)
    counts = Counter(_key(one.answer) for one in (*examples, *tests))
    found: dict[int, int] = {}
    for pair, agree in zip(pairs, agreement, strict=True):
        one, other = examples[pair.example], tests[pair.test]
        telling = all(_tells(answer, counts) for answer in (one.answer, other.answer))
        if _is_the_same(pair.near, agree if telling else None, one, other):
            found.setdefault(pair.example, pair.test)
    return found


def _is_the_same(near: float, agree: float | None, one: Asked, other: Asked) -> bool:
    """`agree` is None where the answers are no witnesses; different labels speak against it all the same."""
    if agree is not None and agree >= SAME:
        return near >= REMOTE
    if one_exchanged(one.question, other.question) or _denies(one.question) != _denies(other.question):
        return False
    if agree is not None:
        return near >= NEAR and agree >= AGREE and _figures(one.answer) == _figures(other.answer)
    contrary = one.answer and other.answer and _key(one.answer) != _key(other.answer)
    return near >= VERY_NEAR and not contrary


def another_matter(one: str, other: str) -> bool:
    """Other figures or codes, another letter (vitamin A and B), or "who" where the other says "when"."""
    left, right = set(words(one)), set(words(other))
    letters = [{word for word in side if len(word) == 1} - FILLERS for side in (left - right, right - left)]
    kinds = [{at for at, kind in enumerate(_EXCLUSIVE) if side & kind} for side in (left, right)]
    return (
        _figures(one) != _figures(other)
        or (all(letters) and not FUNCTION_WORDS.issuperset(letters[0] | letters[1]))
        or (all(kinds) and not kinds[0] & kinds[1])
    )


def one_exchanged(one: str, other: str) -> bool:
    """The same sentence with one word in another's place: a valve for a pump, to close for to open."""
    left, right = ([w for w in words(text) if w not in FILLERS] for text in (one, other))
    if len(left) != len(right):
        return False
    return sum(a != b for a, b in zip(left, right, strict=True)) == 1


def _nearest(embed: Embed, examples: Sequence[str], tests: Sequence[str]) -> Iterator[_Pair]:
    """For each test the NEIGHBOURS nearest examples that are not too remote, the nearest first."""
    if not examples or not tests:
        return
    known, asked = embed(examples), embed(tests)
    for start in range(0, len(tests), _TESTS_AT_ONCE):
        near = asked[start : start + _TESTS_AT_ONCE] @ known.T
        for at, row in enumerate(near, start):
            for best in np.argsort(-row, kind="stable")[:NEIGHBOURS]:
                if row[best] >= REMOTE:
                    yield _Pair(int(best), at, float(row[best]))


def _agreement(
    pairs: Sequence[_Pair], examples: Sequence[Asked], tests: Sequence[Asked], embed: Embed
) -> list[float]:
    """Cosines of the answers of each pair; only these answers are embedded."""
    wanted = {examples[p.example].answer for p in pairs} | {tests[p.test].answer for p in pairs}
    place = {text: at for at, text in enumerate(sorted(wanted))}
    vectors = embed([text[:ANSWER_LETTERS] or "-" for text in place])
    return [
        float(vectors[place[examples[p.example].answer]] @ vectors[place[tests[p.test].answer]])
        for p in pairs
    ]


def _key(answer: str) -> str:
    return " ".join(words(answer))


def _tells(answer: str, counts: Counter[str]) -> bool:
    """A sentence that stands in few rows; of labels and "Yes." a match is no news."""
    key = _key(answer)
    return counts[key] <= RARE and len(key.split()) >= TELLING_WORDS


def _figures(text: str) -> set[str]:
    return {word for word in words(text) if not word.isalpha()}


def _denies(text: str) -> bool:
    return bool(NEGATIONS.intersection(words(text)))
