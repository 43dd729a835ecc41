"""Made-up English-like passages with vectors that belong to them, the same for every contender.

Words follow Zipf's law below the most frequent English function words; passages of one topic share words
and lie near each other. Used by the benches that compare libraries with other stores.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

DIMENSION = 384
TOPICS = 200
CONTENT_WORDS = 30_000
TOPIC_WORDS = 60
TOPIC_SHARE = 0.25  # of the words of a passage
SENTENCES = 5
WORDS_PER_SENTENCE = 15
QUESTION_WORDS = 5  # beside function words
_FREQUENT = (
    "the of and to in a is that for it was on are as with be by this at from or have an not which but they "
    "were can their has more one been will also its other than these when there may all into only about"
)
FUNCTION_WORDS = tuple(_FREQUENT.split())
ENDINGS = ("", "", "", "s", "ed", "ing", "er", "tion", "ly")


@dataclass(frozen=True)
class Corpus:
    """Passages and questions; `vectors` and `asked` hold their unit vectors, float32, one a row."""

    texts: list[str]
    vectors: NDArray[np.float32]
    questions: list[str]
    asked: NDArray[np.float32]


def made_up(passages: int, questions: int, seed: int = 1) -> Corpus:
    """Passages of one topic each, and questions about some of them; words and topics are always the same."""
    words, topics = _words(), _topics()
    topic_of = np.random.default_rng(seed).integers(0, TOPICS, passages)
    vectors = _vectors(np.random.default_rng(seed + 1), topics[topic_of])
    texts = _texts(np.random.default_rng(seed + 2), words, topic_of)
    about = np.random.default_rng(seed + 3).integers(0, max(passages, 1), questions)
    asked = _vectors(np.random.default_rng(seed + 4), vectors[about], spread=0.6)
    return Corpus(texts, vectors, _questions(seed, [texts[one] for one in about]), asked)


def nearest(vectors: NDArray[np.float32], asked: NDArray[np.float32], count: int = 10) -> list[list[int]]:
    """The rows with the largest inner product with each row of `asked`, best first."""
    scores = asked @ vectors.T
    return [[int(one) for one in row[:count]] for row in np.argsort(-scores, axis=1, kind="stable")]


def recall(found: list[list[int]], exact: list[list[int]]) -> float:
    """The share of the exact results that were found, averaged over questions."""
    shares = [len(set(a) & set(b)) / len(b) for a, b in zip(found, exact, strict=True)]
    return float(np.mean(shares))


@lru_cache
def _words() -> NDArray[np.str_]:
    chance = np.random.default_rng(0)
    syllables = np.array([first + then for first in "bcdfghklmnprstvw" for then in ("a", "e", "i", "o", "u")])
    made: dict[str, None] = {}
    while len(made) < CONTENT_WORDS:
        stem = "".join(chance.choice(syllables, chance.integers(2, 5)))
        made[stem + str(chance.choice(ENDINGS))] = None
    return np.array([*FUNCTION_WORDS, *made])


@lru_cache
def _topics() -> NDArray[np.float32]:
    return _unit(np.random.default_rng(1).normal(size=(TOPICS, DIMENSION)))


def _vectors(
    chance: np.random.Generator, around: NDArray[np.float32], spread: float = 1.0
) -> NDArray[np.float32]:
    """Spread mostly along few directions, as the vectors of real embedding models are."""
    scale = (1 + np.arange(DIMENSION) / 20) ** -0.7
    noise = chance.normal(size=around.shape).astype(np.float32) * (scale / np.linalg.norm(scale))
    return _unit(around + spread * noise)


def _unit(rows: NDArray[np.float64] | NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def _texts(chance: np.random.Generator, words: NDArray[np.str_], topic_of: NDArray[np.int64]) -> list[str]:
    """Each of SENTENCES sentences, about 80 words in all."""
    each = SENTENCES * WORDS_PER_SENTENCE
    weights = 1 / (np.arange(len(words)) + 3.0) ** 1.05
    reach = np.cumsum(weights / weights.sum())
    first, last = len(FUNCTION_WORDS) + 100, len(words)
    own = np.random.default_rng(7).integers(first, last, size=(TOPICS, TOPIC_WORDS))
    made: list[str] = []
    for topic in topic_of:
        drawn = np.searchsorted(reach, chance.random(each)).clip(max=last - 1)
        from_topic = chance.random(each) < TOPIC_SHARE
        drawn[from_topic] = own[topic, chance.integers(0, TOPIC_WORDS, int(from_topic.sum()))]
        chosen = words[drawn].reshape(SENTENCES, WORDS_PER_SENTENCE)
        made.append(" ".join(f"{' '.join(sentence)}.".capitalize() for sentence in chosen))
    return made


def _questions(seed: int, about: list[str]) -> list[str]:
    """Words of the passage that the question is about, in the frame of an English question."""
    chance = np.random.default_rng(seed + 5)
    asked = []
    for text in about:
        known = [word for word in text.lower().replace(".", "").split() if word not in FUNCTION_WORDS]
        first, *rest = chance.choice(known, QUESTION_WORDS, replace=False)
        asked.append(f"What is the {first} of {' '.join(rest)}?")
    return asked
