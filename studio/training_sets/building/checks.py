"""What may be wrong with a drafted question and answer. Pure text; called by drafting.

A fault is certain and the draft is dropped; a doubt is shown to who reviews it.
"""

import re
from dataclasses import dataclass, field

from studio.library.answering.citations import Source as Shown
from studio.library.answering.citations import cite
from studio.library.answering.numerals import missing
from studio.library.answering.wordings import content_words
from studio.library.parse.language import likely_language
from studio.training_sets.building.passages import Source
from studio.training_sets.building.rules import DEFINED, Pair

INVENTED = "The answer holds a number or code that the passage does not."
NOTHING_SHARED = "Nothing of the answer stands in the passage."
GIVEN_AWAY = "The question holds its own answer."
REPEATED = "The same question was suggested before."
NO_QUESTION = "It is no question."

UNSUPPORTED = "Part of the answer does not stand in the passage."
ELSEWHERE = "The question asks about something else than the passage."
LEANS = "The question cannot be understood without the passage."
FOREIGN = "The question is in another language than the passage."
LONG = "The answer is long."

_LEANING = re.compile(
    r"\b(?:this|that|these|those|the|above|following|given|provided)\s+"
    r"(?:text|passage|document|section|paragraph|sentence|context|excerpt|table|list|article|page|example)s?\b"
    r"|\b(?:mentioned|described|listed|shown|stated) (?:above|below|here)\b"
    r"|^(?:and|but|so)\b|^(?:what|who|when|where|why|how)(?: \w+)? (?:it|they|he|she|this|that|these|those)\b"
    r"|\b(?:diese[rsmn]?|der|dem|des|im) (?:text|abschnitt|dokument|absatz|tabelle|auszug)s?\b"
    r"|\b(?:tento|tomto|tejto|táto|tohto) \w+",
    re.IGNORECASE,
)
_MOST_WORDS = 120
_FEWEST_TOLD = 40  # characters whose language can be told
_SURE = 0.9
_HALF = 0.5


@dataclass
class Known:
    """Questions that exist already, as sets of words: their order does not make another question."""

    questions: set[frozenset[str]] = field(default_factory=set)

    def add(self, question: str) -> None:
        self.questions.add(frozenset(content_words(question)))

    def holds(self, question: str) -> bool:
        return frozenset(content_words(question)) in self.questions


def fault(pair: Pair, source: Source, known: Known) -> str | None:
    """Why the draft is worth nobody's time."""
    asked, answered = content_words(pair.question), content_words(pair.answer)
    whole = f"{source.headed}\n{source.text}"
    if not asked or not answered or len(pair.question.split()) < 2:
        return NO_QUESTION
    if known.holds(pair.question):
        return REPEATED
    if answered <= asked:
        return GIVEN_AWAY
    if missing(pair.answer, whole):
        return INVENTED
    return None if answered & content_words(whole) else NOTHING_SHARED


def doubts(pair: Pair, source: Source) -> list[str]:
    """Where to look twice."""
    whole = f"{source.headed}\n{source.text}"
    said = cite(pair.answer, [Shown(1, whole, source.kind)])
    asked = content_words(pair.question)
    found = {
        UNSUPPORTED: not all(sentence.numbers for sentence in said),
        ELSEWHERE: len(asked & content_words(whole)) < _HALF * len(asked),
        LEANS: bool(_LEANING.search(pair.question)) or (len(asked) < 2 and not pair.by.endswith(DEFINED)),
        FOREIGN: _other_language(pair.question, source),
        LONG: len(pair.answer.split()) > _MOST_WORDS,
    }
    return [doubt for doubt, true in found.items() if true]


def _other_language(question: str, source: Source) -> bool:
    """Only where both are long enough to tell."""
    if min(len(question), len(source.text)) < _FEWEST_TOLD:
        return False
    (asked, sure), (written, surely) = likely_language(question), likely_language(source.text)
    return asked != written and min(sure, surely) >= _SURE
