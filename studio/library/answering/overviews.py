"""About a whole document: "what is the warranty policy about?", "summarise it". Called by grounds."""

import re
from collections.abc import Mapping, Sequence

from studio.library.answering.wordings import LITTLE_WORDS
from studio.library.finding.search import Hit

_ASKED = re.compile(
    r"\bwhat(?:'s| is| are| was)\b.{0,200}\babout\s*\??$|\bsummar(?:y|ies|ise|ize)\b|\boverview\b"
    r"|\b(?:the gist|main points?|key points?|in a nutshell)\b"
    r"|\bworum geht\b|\bwovon handelt\b|\bzusammenfass|\bfass(?:e|en)?\b.{0,200}\bzusammen\b|\büberblick\b"
    r"|\bo čom\b|\bo čem\b|\bzhrň|\bzhrnu|\bshrň|\bshrnu|\bde quoi (?:parle|traite|s'agit)|\brésum"
    r"|\bde qué trata|\bresum(?:e|en)\b|\bdi cosa (?:parla|tratta)|\briassu|\bo czym\b|\bstreść|\bstreszcz",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w{3,}")
# first five letters of words that ask for a whole document without saying which, in the languages above
_SAY_NOTHING = (
    "summa overv gist main point key nutsh docum file files text texts paper page pages libra conte every "
    "whole entir here give tell show pleas short brief quick "
    "worum geht wovon hande dokum datei diese dies hier dem der das den zusam fass fasse überb bitte kurz "
    "gib mir einen eine ganze inhal "
    "čom čem zhrň zhrnu shrň shrnu súbor soubo tento toto tohto tohot textu prosí struč obsah "
    "quoi parle trait agit cette fichi texte résum ici "
    "qué trata este esto esta resum archi texto cosa parla tratt quest riass testo "
    "czym jest stres streś ten tym plik tekst"
)
_NAMELESS = frozenset(_SAY_NOTHING.split())
_NAMED = 0.5  # of the words of a document's title stand in the question
_SUFFIX = re.compile(r"\.\w{1,5}$")


def asks_for_overview(question: str) -> bool:
    """Does the question ask what a whole document says?"""
    return _ASKED.search(question.strip()) is not None


def names_nothing(question: str) -> bool:
    """Does a question for an overview leave open of what? "What is this about?", "Summarise the document"."""
    words = _WORD.findall(question.lower())
    return all(word in LITTLE_WORDS or word[:5] in _NAMELESS for word in words)


def document_meant(question: str, hits: Sequence[Hit], opened: int | None) -> int | None:
    """The document that is named, else the one the conversation is about, else the only one that holds
    anything of what the question names."""
    words = _words(question)
    shares = {hit.document_id: max(_share(hit.title, words), _share(hit.document, words)) for hit in hits}
    best = max(shares, key=lambda document: shares[document], default=None)
    if best is not None and (shares[best] >= _NAMED or _only_one(question, shares, opened)):
        return best
    return opened


def _only_one(question: str, shares: Mapping[int, float], opened: int | None) -> bool:
    return opened is None and len(shares) == 1 and not names_nothing(question)


def _share(name: str, words: set[str]) -> float:
    wanted = _words(_SUFFIX.sub("", name))
    return len(wanted & words) / len(wanted) if wanted else 0.0


def _words(text: str) -> set[str]:
    """The first five letters tell most word forms together."""
    return {word[:5] for word in _WORD.findall(text.lower().replace("_", " "))}
