"""How alike two texts are, word by word. Called by near duplicates to verify what their sketches suggest."""

import math
from collections import Counter
from collections.abc import Callable, Sequence

from studio.training_sets.quality.wording import FILLERS

Weight = Callable[[str], float]

NEGATIONS = frozenset(
    [
        "no",
        "not",
        "never",
        "none",
        "nor",
        "without",
        "cannot",
        "nie",
        "nikdy",
        "ziadny",
        "ziadna",
        "ziadne",
        "bez",
        "ne",
        "ani",
        "nicht",
        "kein",
        "keine",
        "keinen",
        "nie",
        "ohne",
        "niemals",
        "pas",
        "non",
        "sans",
        "jamais",
        "nunca",
        "sin",
        "senza",
        "nem",
        "nincs",
    ]
)
_MISSPELT_FROM = 4
_SURELY_MISSPELT_FROM = 6
_LEAST_WEIGHT = 0.1
# misspellings do not make two texts alike that share less of their weight than this
HOPELESS = 0.3


def weigher(rows: int, rows_with: Callable[[str], int]) -> Weight:
    """How much a word tells: ln(rows / rows with it), so that words of a template weigh next to nothing."""

    def weight(word: str) -> float:
        if word in FILLERS:
            return 0.0
        return max(_LEAST_WEIGHT, math.log((rows + 1) / max(1, rows_with(word))))

    return weight


def likeness(
    one: Sequence[str], other: Sequence[str], weight: Weight, rows_with: Callable[[str], int]
) -> float:
    """Weight of the shared words by the weight of all (weighted Jaccard of multisets), 0 to 1.

    A misspelling counts as shared. Texts of which the figures differ, or one denies, are not alike.
    """
    left, right = Counter(one), Counter(other)
    shared, only_left, only_right = left & right, left - right, right - left
    if any(_decides(word) for word in (*only_left, *only_right)) or _other_letter(only_left, only_right):
        return 0.0
    common = sum(weight(word) * count for word, count in shared.items())
    if common < HOPELESS * (common + _lost(only_left, only_right, weight)):
        return 0.0
    for word in list(only_left):
        twin = next((other for other in only_right if _misspelt(word, other, rows_with)), None)
        if twin is not None:
            common += max(weight(word), weight(twin))
            only_left -= Counter([word])
            only_right -= Counter([twin])
    if _denies(only_left, only_right) or _denies(only_right, only_left):
        return 0.0
    lost = _lost(only_left, only_right, weight)
    return common / (common + lost) if common else float(not lost)


def _lost(left: Counter[str], right: Counter[str], weight: Weight) -> float:
    return sum(weight(word) * count for side in (left, right) for word, count in side.items())


def _decides(word: str) -> bool:
    return word in NEGATIONS or not word.isalpha()


def _other_letter(left: Counter[str], right: Counter[str]) -> bool:
    """Vitamin A is not vitamin B."""
    return any(len(word) == 1 for word in left) and any(len(word) == 1 for word in right)


def _denies(left: Counter[str], right: Counter[str]) -> bool:
    """Slavic languages deny by a syllable before the verb."""
    return any(f"ne{word}" in right or f"nie{word}" in right for word in left)


def _misspelt(one: str, other: str, rows_with: Callable[[str], int]) -> bool:
    """One letter more, less, other, or two swapped, where not both are words that several rows use."""
    if min(len(one), len(other)) < _MISSPELT_FROM or not _one_edit(one, other):
        return False
    rare, usual = sorted((rows_with(one), rows_with(other)))
    return rare <= 1 and (usual > 1 or min(len(one), len(other)) >= _SURELY_MISSPELT_FROM)


def _one_edit(one: str, other: str) -> bool:
    """Damerau-Levenshtein distance of 1."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    a, b = one[start:], other[start:]
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
