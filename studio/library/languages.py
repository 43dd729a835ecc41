"""Words of a text as the lexical side counts them: stemmed where PostgreSQL has a stemmer, else cut short.

Called when passages are stored and when questions are asked, so that both are treated alike.
"""

import re

from studio.errors import BadInput

# PostgreSQL 14 and newer bring these Snowball stemmers
_STEMMED_NAMES = (
    "arabic armenian basque catalan danish dutch english finnish french german greek hindi hungarian "
    "indonesian irish italian lithuanian nepali norwegian portuguese romanian russian serbian spanish "
    "swedish tamil turkish yiddish"
)
STEMMED = frozenset(_STEMMED_NAMES.split())
# offered as well; any other name is treated the same way
CUT_SHORT = ("bulgarian", "croatian", "czech", "polish", "slovak", "slovenian", "ukrainian")

# Without a stemmer the first five letters of each word found 10 points more of Slovak text than whole words.
_AFTER_FIVE_LETTERS = re.compile(r"(\w{5})\w+")


def checked_language(language: str) -> str:
    """The language's name as stored."""
    name = language.strip().lower()
    if not name.isalpha() or len(name) > 30:
        raise BadInput(f"A library's language is one word such as english or slovak, not {language!r}.")
    return name


def text_search_configuration(language: str) -> str:
    """The PostgreSQL configuration that turns `indexed_words` into lexemes."""
    return language if language in STEMMED else "simple"


def indexed_words(language: str, text: str) -> str:
    """The text as given to PostgreSQL. Lower case is made here, so the server's locale does not matter;
    a slash would make one term of "kidney/liver"."""
    words = text.lower().replace("/", " ")
    return words if language in STEMMED else _AFTER_FIVE_LETTERS.sub(r"\1", words)
