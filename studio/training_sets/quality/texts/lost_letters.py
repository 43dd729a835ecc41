"""Letters that became question marks where a text was saved in a code page without them: “M?nchen”, “pe?eň”.

Called by the examination. Question marks of addresses, code, quoted signs, “A?B” and sentences that go on
without a blank (“Why?because”) are none, as far as a single word can tell.
"""

import re
from functools import lru_cache

# how rows of the one kind and of the other are marked until the whole table was seen
LOST, MAY_BE_LOST = "lost letters", "letters that may be lost"
# cheap, and holds for all that is looked for
_TELLTALE = re.compile(r"[^\W\d_]\?+[^\W\d_]|\?\?")
# a whole word of letters and question marks between blanks and the marks of sentences, with one inside
_WORD = re.compile(r"(?<![^\s(\[,;:>–—-])[^\W\d_]+(?:\?+[^\W\d_]+)+\??(?![^\s.,;:!?)\]<–—-]|[.,;:]\w)")
_PARTS = re.compile(r"\?+")
_VOWEL = re.compile(r"[aeiouyáéíóúýàèìòùâêîôûäëïöüãõåæøœąęěůűőı]", re.IGNORECASE)
# of a script that the code page lacks altogether nothing else is left
_NOTHING_LEFT = re.compile(r"(?<!\S)\?{2,}[ ,.]+\?{2,}(?!\S)|(?<!\S)\?{5,}(?!\S)")


def has_lost_letters(text: str) -> bool:
    """Whether a word has a question mark beside something that can be no word: M?nchen, Universit?t."""
    return _looked_at(text)[0]


def may_have_lost_letters(text: str) -> bool:
    """Whether there are question marks within words that could be two words as well, and none that cannot."""
    sure, doubtful = _looked_at(text)
    return doubtful and not sure


@lru_cache(maxsize=8)  # the examination asks twice for each text
def _looked_at(text: str) -> tuple[bool, bool]:
    if not _TELLTALE.search(text):
        return False, False
    words = [found[0] for found in _WORD.finditer(text) if _is_one_word(found[0])]
    sure = any(map(_has_no_words, words)) or _NOTHING_LEFT.search(text) is not None
    return sure, bool(words)


def _is_one_word(word: str) -> bool:
    """In small letters behind each question mark: “A?B” and “What?No” are two."""
    return all(part[:1].islower() for part in _PARTS.split(word)[1:] if part)


def _has_no_words(word: str) -> bool:
    """Whether one of its parts is a single letter, or has no vowel."""
    parts = [part for part in _PARTS.split(word) if part]
    return any((len(part) == 1 and part not in "aI") or not _VOWEL.search(part) for part in parts)
