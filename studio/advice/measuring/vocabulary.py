"""How far a team's words are from what the base model has read: the pieces its tokenizer cuts them into.

Pure but for the tokenizer's file; called by measure. A word that was common in what a tokenizer was made from
is one piece; a rare one falls into several.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from studio.advice.measuring.general_texts import GENERAL
from studio.engine.folder_tokenizer import FolderTokenizer, folder_tokenizer
from studio.errors import NotFound
from studio.library.parse.language import likely_language
from studio.models.bundled import CHAT_MODEL
from studio.models.catalogue import find_model
from studio.settings import Settings

MOST_WORDS = 4000
FEWEST_WORDS = 200
_LONG = 4  # letters: shorter words are mostly those that every text has
_WORD = re.compile(rf"[^\W\d_]{{{_LONG},}}")
_SHOWN = 12


@dataclass(frozen=True)
class Vocabulary:
    """`distance` is 1 where words fall into as many pieces as those of general text of their language."""

    distance: float
    words: int
    language: str
    most_split: tuple[str, ...]


def vocabulary_of(texts: Iterable[str], settings: Settings) -> Vocabulary | None:
    """None for too few words, for a language without a general text here, and without a tokenizer."""
    words = _first_words(texts)
    language, _ = likely_language(" ".join(words[:120])) if words else ("", 0.0)
    if len(words) < FEWEST_WORDS or language not in GENERAL:
        return None
    try:
        tokenizer = folder_tokenizer(find_model(settings.chat_model or CHAT_MODEL, settings).path)
    except NotFound:
        return None
    return compared(words, language, tokenizer)


def compared(words: list[str], language: str, tokenizer: FolderTokenizer) -> Vocabulary:
    """Mean pieces of these words over those of the general text."""
    counts = Counter(words)
    pieces = {word: _pieces(tokenizer, word) for word in counts}
    own = sum(pieces[word] * count for word, count in counts.items()) / len(words)
    usual = _first_words([GENERAL[language]])
    general = sum(_pieces(tokenizer, word) for word in usual) / len(usual)
    split = sorted((word for word in counts if counts[word] > 1), key=lambda word: (-pieces[word], word))
    return Vocabulary(round(own / general, 3), len(words), language, tuple(split[:_SHOWN]))


def _pieces(tokenizer: FolderTokenizer, word: str) -> int:
    return tokenizer.count(f" {word}")


def _first_words(texts: Iterable[str]) -> list[str]:
    """In small letters, evenly from the texts until there are enough."""
    found: list[str] = []
    for text in texts:
        found += _WORD.findall(text.casefold())
        if len(found) >= MOST_WORDS:
            break
    return found[:MOST_WORDS]
