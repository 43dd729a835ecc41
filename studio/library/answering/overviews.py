"""About a whole document: "what is the warranty policy about?", "summarise it". Called by grounds."""

import re
from collections.abc import Sequence

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
_NAMED = 0.5  # of the words of a document's title stand in the question
_SUFFIX = re.compile(r"\.\w{1,5}$")


def asks_for_overview(question: str) -> bool:
    """Does the question ask what a whole document says?"""
    return _ASKED.search(question.strip()) is not None


def document_meant(question: str, hits: Sequence[Hit], opened: int | None) -> int | None:
    """The document that is named, else the one the conversation is about, else the only one there is."""
    words = _words(question)
    shares = {hit.document_id: max(_share(hit.title, words), _share(hit.document, words)) for hit in hits}
    best = max(shares, key=lambda document: shares[document], default=None)
    if best is not None and (shares[best] >= _NAMED or (opened is None and len(shares) == 1)):
        return best
    return opened


def _share(name: str, words: set[str]) -> float:
    wanted = _words(_SUFFIX.sub("", name))
    return len(wanted & words) / len(wanted) if wanted else 0.0


def _words(text: str) -> set[str]:
    """The first five letters tell most word forms together."""
    return {word[:5] for word in _WORD.findall(text.lower().replace("_", " "))}
