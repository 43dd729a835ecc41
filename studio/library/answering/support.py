"""Whether answers are supported by passages, judged by shared words. Pure; called by advice and by probes.

A rough, cheap sign: the sentence that opens an answer counts as supported when one passage holds most of its
longer words, and all of its numbers and codes. It misses paraphrases, so a low share is a hint and no proof.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from studio.library.answering.numerals import stand_in

SUPPORTED = 0.6
FEWEST_WORDS = 4
SHORTEST_WORD = 4
WORD = re.compile(r"\w+")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True)
class Support:
    """The share of an answer's words that the best passage holds, and which one that is (counted from 0)."""

    share: float = 0.0
    passage: int | None = None

    @property
    def enough(self) -> bool:
        return self.share >= SUPPORTED


def answer_coverage(answers: Sequence[str], passages: Iterable[str]) -> tuple[float, int] | None:
    """(share supported, number of answers judged); None when no answer has enough words to be judged."""
    judged = [found for found in best_support(answers, passages) if found]
    if not judged:
        return None
    return sum(found.enough for found in judged) / len(judged), len(judged)


def best_support(answers: Sequence[str], passages: Iterable[str]) -> list[Support | None]:
    """For each answer its best passage; None for an answer with too few words to be judged.

    The passages are gone through once and not kept.
    """
    sentences = [_opening(answer) for answer in answers]
    words = [_words(sentence) for sentence in sentences]
    best = [Support() if len(held) >= FEWEST_WORDS else None for held in words]
    asking: dict[str, list[int]] = defaultdict(list)
    for at, held in enumerate(words):
        for word in held if best[at] else ():
            asking[word].append(at)
    for number, passage in enumerate(passages):
        for at, count in _shared(passage, asking).items():
            share, so_far = count / len(words[at]), best[at]
            if so_far and share > so_far.share and (share < SUPPORTED or stand_in(sentences[at], passage)):
                best[at] = Support(share, number)
    return best


def _shared(passage: str, asking: dict[str, list[int]]) -> Counter[int]:
    """How many of its words each answer finds in the passage."""
    return Counter(at for word in _words(passage) & asking.keys() for at in asking[word])


def _opening(answer: str) -> str:
    """The first sentence long enough to be judged."""
    for sentence in SENTENCE_END.split(answer.strip()):
        if len(_words(sentence)) >= FEWEST_WORDS:
            return sentence
    return answer


def _words(text: str) -> set[str]:
    found = WORD.findall(text.casefold())
    return {word for word in found if len(word) >= SHORTEST_WORD or any(map(str.isdigit, word))}
