"""Pairs of questions that share all words but one, which could be a misspelling. Called by near duplicates.

A letter lost in the one word that tells a short question from its neighbours changes most of what a sketch of
it keeps. So each question is also filed under its words without one of them, for each word in turn; two
questions meet where what they lack differs and one of the two words stands in hardly any other row (the
deletion index of SymSpell, Garbe 2012, with words in the place of letters).
"""

from array import array
from collections.abc import Callable, Sequence

import numpy as np

from studio.training_sets.quality.likeness import RARE
from studio.training_sets.ties import Numbers

FEWEST_WORDS, MOST_WORDS = 3, 40
SHORTEST = 4  # letters of a word that can be told to be misspelt
NEIGHBOURS = 6
MOST_ROWS = 200_000  # 13 bytes a word: about 30 MB
_ROUND = 2**64


class OneWordApart:
    """Files questions; `rows_with` tells in how many rows a word stands."""

    def __init__(self, rows_with: Callable[[str], int]) -> None:
        self._rows_with = rows_with
        self._keys, self._rows, self._rare = array("Q"), array("i"), array("b")

    def add(self, row: int, words: Sequence[str]) -> None:
        """`words` are those of the question in any order; too few tell nothing."""
        if not FEWEST_WORDS <= len(words) <= MOST_WORDS:
            return
        codes = [hash(word) for word in words]
        whole = sum(codes)
        for word, code in zip(words, codes, strict=True):
            if len(word) >= SHORTEST and word.isalpha():
                self._keys.append((whole - code) % _ROUND)
                self._rows.append(row)
                self._rare.append(self._rows_with(word) <= RARE)

    def pairs(self) -> Numbers:
        """Two columns of rows; each pair once, with the lower row first."""
        keys, rare = np.array(self._keys, np.uint64), np.array(self._rare, bool)
        rows = np.array(self._rows, np.int64)
        order = np.lexsort((rows, ~rare, keys))
        keys, rows, rare = keys[order], rows[order], rare[order]
        met = [np.zeros((0, 2), np.int64)]
        for step in range(1, NEIGHBOURS + 1):
            # rare ones come first under their key: a pair without one ahead has none at all
            same = (keys[step:] == keys[:-step]) & rare[:-step] & (rows[step:] != rows[:-step])
            met.append(np.sort(np.stack([rows[:-step][same], rows[step:][same]], axis=1), axis=1))
        return np.unique(np.concatenate(met), axis=0)
