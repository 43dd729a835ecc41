"""Whether a passage and a sentence of an answer say the same of the words they share: neither denies what the
other says, and a number belongs to the same thing in both. Called by citations; pure text.

A rough sign that looks at words and where they stand: it errs towards letting a sentence pass.
"""

import re
from collections.abc import Set

from studio.library.answering.numerals import missing
from studio.library.answering.wordings import content_words

_MORE = r"(?:more|less|only|later|earlier|longer|until|before|fewer|mehr|weniger|nur|später|länger)\b"
_NEGATION = re.compile(
    rf"\b(?:not|never|no|nor|neither|cannot|nicht|niemals|nie|kein\w*|nikdy|nesmie|nesmú)\b(?!\s+{_MORE})"
    r"|n['’]t\b",
    re.IGNORECASE,
)
# these deny too, but are no sign of it alone: "without oil" is said of many things
_ALSO_DENIES = re.compile(
    rf"{_NEGATION.pattern}|\b(?:without|none|nothing|nobody|forbidden|prohibited|banned|excluded|excludes|except"
    r"|refus\w+|lacks?|fails?|unable|instead|un(?=[a-z]{4})\w+|ohne|verboten|ausgeschlossen|bez|zakáz\w+)\b",
    re.IGNORECASE,
)
_QUANTITY = re.compile(r"[-+]?\d[\d.,]*")
_SCOPE = 3  # content words behind a negation that it denies
_STEM = 5  # letters: what is denied is often another form of what is said (not cover, covers)
_CLAUSE = re.compile(r"[,;]\s+|[.!?]\s+|\n|\s+(?:and|but|while|und|aber|während|oder|or)\s+")
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n")
_WORD = re.compile(r"\w+")
_CLEARLY = 0.1  # more of its words must another clause share


def agree(said: str, passage: str) -> bool:
    """Does the passage not deny the sentence, nor give its numbers to something else?"""
    return not _denied(said, passage) and not any(
        _belongs_elsewhere(number, clause, passage)
        for clause in _CLAUSE.split(said)
        for number in _quantities(clause)
        if not _names(number, clause)
    )


def _denied(said: str, passage: str) -> bool:
    """Is it denied by all the sentences of the passage that share most words with it, or the other way?"""
    words = content_words(said)
    shared = [(len(words & content_words(part)), part) for part in _SENTENCE.split(passage)]
    most = max(count for count, _ in shared)
    return most > 1 and all(_opposed(said, part) for count, part in shared if count == most)


def _opposed(said: str, part: str) -> bool:
    return (_denies(part, of=said) and not _ALSO_DENIES.search(said)) or (
        _denies(said, of=part) and not _ALSO_DENIES.search(part)
    )


def _denies(text: str, of: str) -> bool:
    """Is the first word that a negation denies, and most of the next, also in the other text?"""
    words = {word[:_STEM] for word in content_words(of)}
    for found in _NEGATION.finditer(text):
        clause = _CLAUSE.split(text[found.end() :])[0]
        scope = [word[:_STEM] for each in _WORD.findall(clause) for word in content_words(each)][:_SCOPE]
        if scope and scope[0] in words and 2 * sum(word in words for word in scope) > len(scope):
            return True
    return False


def _belongs_elsewhere(number: str, said: str, passage: str) -> bool:
    """Does another clause, with another number of the same unit, fit what is said of this number better?"""
    words, own = _plain(said), _quantities(said)
    clauses = _CLAUSE.split(passage)
    holding = [clause for clause in clauses if not missing(number, clause)]
    if not holding or not words:
        return False
    units = {_unit(number, clause) for clause in (said, *holding)}
    here = set[str]().union(*map(_plain, holding))
    most = max(_fit(words, clause) for clause in holding)
    return any(
        _fit(words, clause) > most + _CLEARLY and (_plain(clause) & words) - here
        for clause in clauses
        if any(_unit(other, clause) in units for other in _quantities(clause) - own)
    )


def _quantities(text: str) -> set[str]:
    """Its numbers without codes."""
    return {one for one in missing(text, "") if _QUANTITY.fullmatch(one)}


def _names(number: str, text: str) -> bool:
    """Does the number only name a thing (Section 2.2)?"""
    found = re.search(rf"\b([^\W\d_]{{3,}})\s+{re.escape(number)}(?!\w)", text)
    return found is not None and found[1][0].isupper()


def _fit(words: Set[str], clause: str) -> float:
    """The share of a clause's words that are said."""
    held = _plain(clause)
    return len(held & words) / len(held) if held else 0.0


def _plain(text: str) -> set[str]:
    """Content words without numbers and codes."""
    return {word for word in content_words(text) if not any(map(str.isdigit, word))}


def _unit(number: str, clause: str) -> str:
    """The word or sign right behind the number, "" where there is none."""
    found = re.search(rf"{re.escape(number)}\s*([^\W\d_]+|[%€$£°])?", clause)
    return (found[1] or "").lower()[:6] if found else ""
