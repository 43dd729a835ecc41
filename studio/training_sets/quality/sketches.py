"""Sketches of texts, and the pairs of rows whose sketches suggest that they are alike.

Called by near duplicates.

A sketch holds SIZE minima of a text's character 4-grams under as many random orders (MinHash; Broder, "On
the resemblance and containment of documents", 1997). A gram comes early in an order the more it tells: its
place is -ln(u) / idf, u uniform, so that two minima are equal with the probability of the idf-weighted
Jaccard similarity (Chum, Philbin, Zisserman, "Near duplicate image detection: min-Hash and tf-idf
weighting", BMVC 2008). Of each minimum 8 bits are kept (Li, König, "b-bit minwise hashing", WWW 2010): 96
bytes a row, 96 MB for a million. Bands of 4 minima make the keys under which rows meet.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from studio.training_sets.quality.looking import BUCKETS
from studio.training_sets.ties import Numbers

SIZE, BAND, GRAM = 96, 4, 4
MOST_GRAMS = 256
NEIGHBOURS = 6
PROMISING = 0.4
MOST_PAIRS = 1_000_000
_COMPARED_AT_ONCE = 200_000
_SEED = 17
_MIX = np.uint64(0x9E3779B97F4A7C15)


def gram_buckets(texts: Sequence[str]) -> tuple[Numbers, Numbers]:
    """Character 4-grams of the texts as buckets, each once a text, and where each text's begin.

    Of a long text the MOST_GRAMS with the smallest buckets in a mixed order stand for all.
    """
    joined = "\n".join(f" {text:<{GRAM}} " for text in texts) + "\n"
    letters = np.frombuffer(joined.encode("utf-32-le", errors="surrogatepass"), np.uint32).astype(np.uint64)
    ends = np.flatnonzero(letters == ord("\n"))
    owner = np.repeat(np.arange(len(texts)), np.diff(ends, prepend=-1))
    mixed = np.zeros(len(letters) - GRAM + 1, np.uint64)
    for offset in range(GRAM):
        mixed = (mixed ^ letters[offset : offset + len(mixed)]) * _MIX
        mixed ^= mixed >> np.uint64(29)
    whole = owner[: len(mixed)] == owner[GRAM - 1 :]
    keys = (owner[: len(mixed)][whole] << 17) | (mixed[whole] % np.uint64(BUCKETS)).astype(np.int64)
    return _fewest(_distinct(keys), len(texts))


def _distinct(keys: Numbers) -> Numbers:
    """Each once, rising; np.unique hashes first, which takes five times as long."""
    keys.sort()
    return keys[np.concatenate([[True], keys[1:] != keys[:-1]])] if len(keys) else keys


def _fewest(keys: Numbers, count: int) -> tuple[Numbers, Numbers]:
    starts = np.searchsorted(keys, np.arange(count) << 17)
    rank = np.arange(len(keys)) - starts[keys >> 17]
    # buckets are hashes: the smallest of a text are a sample that a similar text would draw too
    kept = keys[rank < MOST_GRAMS]
    return kept & (BUCKETS - 1), np.searchsorted(kept, np.arange(count) << 17)


class Sketcher:
    """Draws sketches; `gram_rows` counts in how many of `rows` texts each bucket occurs."""

    def __init__(self, gram_rows: Numbers, rows: int) -> None:
        idf = np.log((rows + 1) / np.maximum(1, gram_rows))
        # a gram that a misspelling made weighs no more than that of a telling word
        weights = np.clip(idf, 0.05, max(0.1, np.log(rows + 1) / 2)).astype(np.float32)
        chance = np.random.default_rng(_SEED)
        self._places = np.empty((SIZE, BUCKETS), np.float32)
        for order in range(SIZE):
            self._places[order] = chance.standard_exponential(BUCKETS, np.float32) / weights

    def draw(self, texts: Sequence[str]) -> Numbers:
        """One row of SIZE bytes for each text."""
        buckets, starts = gram_buckets(texts)
        sketch = np.empty((len(texts), SIZE), np.uint8)
        for order in range(SIZE):
            least = np.minimum.reduceat(self._places[order][buckets], starts)
            sketch[:, order] = (least.view(np.uint32) * np.uint32(2654435761)) >> np.uint32(24)
        return sketch


def promising_pairs(sketches: Numbers, apart: Numbers) -> Numbers:
    """Pairs of rows (two columns of indices, each pair once), those with most equal minima first.

    Rows that differ in `apart` never pair. In a crowd under one key, rows meet their nearest NEIGHBOURS only.
    """
    bands = np.ascontiguousarray(sketches).view(np.uint32)
    salt = apart.astype(np.uint64) * _MIX
    codes, shares = np.zeros(0, np.int64), np.zeros(0, np.float32)
    for band in range(bands.shape[1]):
        for met in _meetings(bands, band, salt):
            met = met[~np.isin(met, codes)]
            equal = _equal_minima(sketches, met)
            codes = np.concatenate([codes, met[equal >= PROMISING]])
            shares = np.concatenate([shares, equal[equal >= PROMISING]])
        if len(codes) > MOST_PAIRS:
            best = np.argpartition(-shares, MOST_PAIRS)[:MOST_PAIRS]
            codes, shares = codes[best], shares[best]
    best = np.lexsort((codes, -shares))
    return np.stack([codes[best] // len(sketches), codes[best] % len(sketches)], axis=1)


def _equal_minima(sketches: Numbers, codes: Numbers) -> Numbers:
    shares = np.empty(len(codes), np.float32)
    for start in range(0, len(codes), _COMPARED_AT_ONCE):
        part = codes[start : start + _COMPARED_AT_ONCE]
        same = sketches[part // len(sketches)] == sketches[part % len(sketches)]
        shares[start : start + _COMPARED_AT_ONCE] = same.mean(axis=1)
    return shares


def _meetings(bands: Numbers, band: int, salt: Numbers) -> Iterator[Numbers]:
    """Pairs that meet under a key, by how far apart they stand there: together they would be too many."""
    rows = len(bands)
    keys = salt ^ (bands[:, band].astype(np.uint64) << np.uint64(16))
    order = np.lexsort((bands[:, (band + 1) % bands.shape[1]], keys))
    keys = keys[order]
    for step in range(1, NEIGHBOURS + 1):
        same = keys[step:] == keys[:-step]
        one, other = order[:-step][same], order[step:][same]
        yield np.unique(np.minimum(one, other) * rows + np.maximum(one, other))
