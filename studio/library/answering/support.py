"""Whether answers are supported by passages, judged by shared words. Pure; called by advice and probes.

A rough, cheap sign: the sentence that opens an answer counts as supported when one passage holds most of
its longer words. It misses paraphrases, so a low share is a hint and not a proof.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

SUPPORTED = 0.6
FEWEST_WORDS = 4
SHORTEST_WORD = 4
WORD = re.compile(r"\w+")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def answer_coverage(answers: Sequence[str], passages: Iterable[str]) -> tuple[float, int] | None:
    """(share supported, number of answers judged); None when no answer has enough words to be judged."""
    judged = [words for answer in answers if len(words := _opening_words(answer)) >= FEWEST_WORDS]
    if not judged:
        return None
    holders = _holders({word for words in judged for word in words}, passages)
    supported = sum(_best_share(words, holders) >= SUPPORTED for words in judged)
    return supported / len(judged), len(judged)


def _opening_words(answer: str) -> set[str]:
    """The words of the first sentence long enough to be judged."""
    for sentence in SENTENCE_END.split(answer.strip()):
        words = _words(sentence)
        if len(words) >= FEWEST_WORDS:
            return words
    return _words(answer)


def _words(text: str) -> set[str]:
    found = WORD.findall(text.casefold())
    return {word for word in found if len(word) >= SHORTEST_WORD or any(map(str.isdigit, word))}


def _holders(wanted: set[str], passages: Iterable[str]) -> dict[str, list[int]]:
    holders: dict[str, list[int]] = defaultdict(list)
    for number, passage in enumerate(passages):
        for word in _words(passage) & wanted:
            holders[word].append(number)
    return holders


def _best_share(words: set[str], holders: dict[str, list[int]]) -> float:
    counts = Counter(number for word in words for number in holders.get(word, ()))
    return max(counts.values(), default=0) / len(words)
