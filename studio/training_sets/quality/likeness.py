"""How alike two texts are, word by word. Called by near duplicates to verify what their sketches suggest."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from studio.training_sets.quality.wording import FILLERS, FUNCTION_WORDS

Weight = Callable[[str], float]

_NEGATIONS_WORDS = """
no not never none nor without cannot nie nikdy ziadny ziadna ziadne bez ne ani nicht kein keine keinen nie
ohne niemals pas non sans jamais nunca sin senza nem nincs
"""
NEGATIONS = frozenset(_NEGATIONS_WORDS.split())
_MISSPELT_FROM = 4
_SURELY_MISSPELT_FROM = 6
# the same slip is made more than once, but in far fewer rows than the word itself stands in
RARE, _USUAL = 3, 20
_LEAST_WEIGHT = 0.1
_FUNCTION_WEIGHT = 1.0
# misspellings do not make two texts alike that share less of their weight than this, unless they share
# so many words, if only those of a template, and differ in a single one
HOPELESS = 0.3
FEW_SHARED = 2


def weigher(rows: int, rows_with: Callable[[str], int]) -> Weight:
    """How much a word tells: ln(rows / rows with it), so that words of a template weigh next to nothing."""

    def weight(word: str) -> float:
        if word in FILLERS:
            return 0.0
        idf = max(_LEAST_WEIGHT, math.log((rows + 1) / max(1, rows_with(word))))
        return min(idf, _FUNCTION_WEIGHT) if word in FUNCTION_WORDS else idf

    return weight


class Likeness(NamedTuple):
    """`alike`: weight of the shared words by the weight of all (weighted Jaccard of multisets), 0 to 1.

    `within`: weight of the shared words by that of the text with less, where that is at least half of the
    other; 1 when a text is the other with something added.
    """

    alike: float
    within: float


_UNLIKE = Likeness(0.0, 0.0)


def likeness(
    one: Sequence[str], other: Sequence[str], weight: Weight, rows_with: Callable[[str], int]
) -> Likeness:
    """How alike two texts are; a misspelling counts as shared.

    Texts of which the figures differ, or one denies, are not alike at all.
    """
    left, right = Counter(one), Counter(other)
    if left == right:
        return Likeness(1.0, 1.0)
    shared, only_left, only_right = left & right, left - right, right - left
    common = _weigh(shared, weight)
    one_word = len(left) - len(only_left) >= FEW_SHARED and len(only_left) == len(only_right) == 1
    if not one_word and common < HOPELESS * (common + _weigh(only_left, weight) + _weigh(only_right, weight)):
        return _UNLIKE
    for word in list(only_left):
        twin = next((other for other in only_right if _misspelt(word, other, rows_with)), None)
        if twin is not None:
            common += max(weight(word), weight(twin))
            del only_left[word], only_right[twin]
    if _decide(only_left, only_right):
        return _UNLIKE
    added, missing = _weigh(only_left, weight), _weigh(only_right, weight)
    whole = common + added + missing
    if not whole:
        return Likeness(1.0, 1.0)
    less, more = sorted((common + added, common + missing))
    return Likeness(common / whole, common / less if less and less >= more / 2 else 0.0)


def _weigh(words: Counter[str], weight: Weight) -> float:
    return sum(weight(word) * count for word, count in words.items())


def _decide(left: Counter[str], right: Counter[str]) -> bool:
    """Whether what one text has and the other has not makes it another matter."""
    figures = any(word in NEGATIONS or not word.isalpha() for word in (*left, *right))
    return figures or _other_letter(left, right) or _denies(left, right) or _denies(right, left)


def _other_letter(left: Counter[str], right: Counter[str]) -> bool:
    """Vitamin A is not vitamin B."""
    letters = [[word for word in side if len(word) == 1] for side in (left, right)]
    return all(letters) and not FUNCTION_WORDS.issuperset(letters[0] + letters[1])


def _denies(left: Counter[str], right: Counter[str]) -> bool:
    """Slavic languages deny by a syllable before the verb."""
    return any(f"ne{word}" in right or f"nie{word}" in right for word in left)


def _misspelt(one: str, other: str, rows_with: Callable[[str], int]) -> bool:
    """One letter more, less, other, or two swapped, where one of them is hardly used."""
    if min(len(one), len(other)) < _MISSPELT_FROM or not (one + other).isalpha() or not _one_edit(one, other):
        return False
    rare, usual = sorted((rows_with(one), rows_with(other)))
    if usual >= _USUAL * rare:
        return rare <= RARE
    return rare <= 1 and (usual > 1 or max(len(one), len(other)) >= _SURELY_MISSPELT_FROM)


def _one_edit(one: str, other: str) -> bool:
    """Damerau-Levenshtein distance of 1."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    a, b = one[start:], other[start:]
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
