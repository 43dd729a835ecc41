"""Texts damaged by a wrong encoding, and repairing them. Called by the examination and by mending."""

import re
import unicodedata
from functools import lru_cache

import ftfy
import ftfy.bad_codecs  # brings the codec below, which has a character for every byte

REPLACEMENT = "\ufffd"
_CENTRAL_EUROPEAN = "sloppy-windows-1250"
# first bytes of two-byte letters in UTF-8, as Windows-1250 shows them
_INNER_CAPITAL = re.compile(r"(?<=\w)[ĂÄĹĆŤŽŠŚŹĽŁĄŞ]")
_SUSPECTS = "ĂÄĹĆ"
_SUSPECT = re.compile(rf"[^ \t\r\n]*[{_SUSPECTS}][^ \t\r\n]+")
# all that ftfy takes for damage holds one of these; its own test costs fifty times as much
_TELLTALE = re.compile(r"[^\x00-\x7f]{2}|[\x80-\x9fÂÃŒœ]")


def is_damaged(text: str) -> bool:
    """Whether it has replacement characters, or UTF-8 that was read as another encoding (Ã©, Ĺˇ)."""
    return not text.isascii() and (REPLACEMENT in text or repair(text) != text)


@lru_cache(maxsize=8)  # the examination asks twice for each text
def repair(text: str) -> str:
    """The letters as they were meant, as far as the bytes survived; what � stood for is lost."""
    if text.isascii():
        return text
    if any(letter in text for letter in _SUSPECTS):
        # ftfy judges whole texts and lets single Slovak or Czech words pass
        text = _SUSPECT.sub(_repaired_word, text)
    return ftfy.fix_encoding(text) if may_be_damaged(text) else text


def may_be_damaged(text: str) -> bool:
    """False where ftfy would change nothing, told cheaply."""
    return bool(_TELLTALE.search(text))


def _repaired_word(found: re.Match[str]) -> str:
    word = found[0]
    try:
        meant = word.encode(_CENTRAL_EUROPEAN).decode()
    except UnicodeError:
        return word
    return meant if _reads_oddly(word) and not _reads_oddly(meant) else word


def _reads_oddly(word: str) -> bool:
    """A capital within a word in small letters, or a sign that no word has: ÄŤeskĂ˝, but not VÝŽIVA."""
    kinds = [unicodedata.category(letter) for letter in word if ord(letter) > 127]
    signs = any(kind not in ("Lu", "Ll", "Pi", "Pf", "Ps", "Pe", "Pd", "Po") for kind in kinds)
    return signs or (word != word.upper() and bool(_INNER_CAPITAL.search(word)))
