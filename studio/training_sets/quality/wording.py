"""Texts as they are compared: their words without case, accents and punctuation.

Called by looking and likeness.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from studio.training_sets.examples import Candidate

LONGEST_COMPARED = 20_000
_WORD = re.compile(r"[^\W_]+")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_DIGIT = re.compile(r"\d")
# first bytes in UTF-8 from U+0640 on, where other digits than 0 to 9 begin; no digit begins with E2
_FAR_SCRIPTS = bytes(range(0xD9, 0xE2)) + bytes(range(0xE3, 0x100))
# "don't", and "dont" after a verb that takes it: an account is no "accou not"
_NOT = re.compile(
    r"(?<=\w)n['’`]t\b|(?<=\bdo|\bca|\bwo|\bis)nt\b|(?<=\bdid|\bare|\bwas|\bhas|\bhad)nt\b"
    r"|(?<=\bdoes|\bwere|\bhave)nt\b|(?<=\bwould|\bcould)nt\b|(?<=\bshould)nt\b"
)
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
# said to be polite, so that a question with them is the same question; and what apostrophes leave over
_FILLERS_WORDS = """
please pls kindly hi hello hey thanks thank dear sir madam just really actually okay ok prosim ahoj
dakujem diky bitte danke hallo bonjour merci hola gracias prosze dekuji s m d t ll re ve
"""
FILLERS = frozenset(_FILLERS_WORDS.split())
# words that tell nothing however rare they are here; who, when, not, from, before are none of them
_FUNCTION_WORDS_TEXT = """
a an the i me my mine we us our you your he him his she her it its they them their this that these those
is are was were be been being am do does did have has had will would can could shall should may might must
there and or but so as if to of know like tell want wonder der die das den dem ein eine einen einem ich
wir sie es ist sind hat haben wird kann konnen muss und oder auch sa si som sme ste su je by aby ked ze a
aj to tento tato toto moj moja moje mi me le la les un une des est sont je nous vous il elle et ou que el
los las una es son yo y o
"""
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS_TEXT.split())


def words(text: str) -> list[str]:
    """The words in order, without case and accents; "don't" is "do not"."""
    text = text[:LONGEST_COMPARED].casefold()
    if not text.isascii():
        text = _NOT_ASCII.sub(_without_accents, text)
    return _WORD.findall(_NOT.sub(" not", text) if "n" in text and "t" in text else text)


def _without_accents(found: re.Match[str]) -> str:
    return _bare_letter(found[0])


@cache
def _bare_letter(letter: str) -> str:
    # letter by letter is as good as the whole text: what NFKD would reorder is left out
    return "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))


def count_words(text: str) -> int:
    """Words between white space; in scripts without it, about two letters make a word."""
    return len(text.split()) + len(_UNSPACED.findall(text)) // 2


def count_digits(text: str) -> int:
    """Of any script. Every text is asked for them, so ordinary ones are told by their bytes."""
    raw = text.encode(errors="surrogatepass")
    if len(raw.translate(None, _FAR_SCRIPTS)) < len(raw):
        return len(_DIGIT.findall(text))
    return len(raw) - len(raw.translate(None, b"0123456789"))


def asked(row: Candidate) -> str:
    """All that comes before the answer; of plain text the text itself."""
    parts = [*(text for pair in row.context for text in pair), *(text for _, text in row.history), row.prompt]
    return "\n".join(part for part in parts if part) or row.completion


def texts(row: Candidate) -> Iterator[str]:
    """Every text a model would be shown."""
    yield row.prompt
    yield row.completion
    yield from (text for _, text in row.history)
    yield from (text for pair in row.context for text in pair)
