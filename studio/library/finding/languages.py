"""Words of a text as the lexical side counts them: stemmed, or with the pieces of four letters in them.

Called when passages are stored and when questions are asked, so that both are treated alike.
"""

import re
import unicodedata
from functools import lru_cache

from studio.errors import BadInput

# Snowball stemmers that PostgreSQL 14 and newer bring.
_STEMMED_NAMES = (
    "arabic armenian catalan english french greek hindi indonesian irish italian lithuanian nepali "
    "portuguese romanian russian serbian spanish tamil yiddish"
)
STEMMED = frozenset(_STEMMED_NAMES.split())
# Offered as well; any other name is treated the same way. The first line has stemmers too, but they leave
# compounds (Haustürschlüssel) and long chains of endings whole; pieces of four letters do not, and were found
# better for such languages (McNamee and Mayfield 2004, "Character n-gram tokenization for European language
# text retrieval"; German here: +0.02 of nDCG@10 over its stemmer).
IN_PIECES = (
    *("basque", "danish", "dutch", "finnish", "german", "hungarian", "norwegian", "swedish", "turkish"),
    *("bulgarian", "croatian", "czech", "polish", "slovak", "slovenian", "ukrainian"),
)
AUTOMATIC = "automatic"  # until a library's first documents tell
OTHER = "other"
_CODES = (
    "ar arabic, bg bulgarian, ca catalan, cs czech, da danish, de german, el greek, en english, es spanish, "
    "eu basque, fi finnish, fr french, ga irish, hi hindi, hr croatian, hu hungarian, hy armenian, "
    "id indonesian, it italian, lt lithuanian, nb norwegian, ne nepali, nl dutch, no norwegian, "
    "nn norwegian, pl polish, pt portuguese, ro romanian, ru russian, sk slovak, sl slovenian, sr serbian, "
    "sv swedish, ta tamil, tr turkish, uk ukrainian, yi yiddish"
)
_NAMES = dict(pair.split() for pair in _CODES.split(", "))  # by ISO 639-1 code
_PIECE = 4
_END = "0"  # marks both ends of a word; a digit, since PostgreSQL would take most signs for spaces

_WORD = re.compile(r"[^\W_]+")
_ACCENT = re.compile(r"[\u0300-\u036f]")
_WITHOUT_STROKE = str.maketrans("łđøı", "ldoi")  # letters whose stroke or missing dot is no accent to Unicode


def checked_language(language: str) -> str:
    """The language's name as stored."""
    name = language.strip().lower()
    if not name.isalpha() or len(name) > 30:
        raise BadInput(f"A library's language is one word such as english or slovak, not {language!r}.")
    return name


def language_named(code: str) -> str:
    """The name of the language with this ISO 639-1 code; `other` languages are counted in pieces."""
    return _NAMES.get(code, OTHER)


def text_search_configuration(language: str) -> str:
    """The PostgreSQL configuration that turns `indexed_words` into lexemes."""
    return language if language in STEMMED else "simple"


def indexed_words(language: str, text: str) -> str:
    """The text as given to PostgreSQL, words apart by spaces. Lower case is made here, so the server's locale
    does not matter; a slash would make one term of "kidney/liver"."""
    if language in STEMMED:
        return text.lower().replace("/", " ")
    return " ".join(_word_and_pieces(word) for word in _WORD.findall(_plain_letters(text)))


def _plain_letters(text: str) -> str:
    """Without accents: many people type without them, and related languages differ in them most."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return _ACCENT.sub("", decomposed).translate(_WITHOUT_STROKE)


@lru_cache(maxsize=100_000)
def _word_and_pieces(word: str) -> str:
    """ "mesto" becomes "mesto 0mes mest esto sto0": "mestom" and "mestá" share most of it."""
    marked = f"{_END}{word}{_END}"
    return " ".join([word, *(marked[at : at + _PIECE] for at in range(len(marked) - _PIECE + 1))])
