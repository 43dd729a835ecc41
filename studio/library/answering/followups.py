"""What to look up for a question that leans on the conversation ("and in winter?"). Called by answers.

A capable model rewrites the question. For the others a rule adds the words of the question before, which
found the right document in 26 of 30 follow-ups instead of 18 (see DECISIONS.md).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from studio.engine.client import Engine
from studio.engine.prompts import standalone
from studio.library.answering.wordings import LITTLE_WORDS

_SHORT = 4  # words: fewer hardly name a topic
_FEW = 3  # words with meaning; with a pronoun among so few, the topic was named before
_FEWEST_TOPIC_WORDS = 2
_MOST_TOPIC_WORDS = 12
_TURNS_SHOWN = 3
_REWRITTEN_TOKENS = 64
_LONGEST_REWRITTEN = 300
_WORD = re.compile(r"\w[\w'-]*")
_LEANS = re.compile(
    r"(and|but|or|also|then|so|what about|how about|what if|und|aber|oder|et|mais|ou|pero|ale|alebo|nebo"
    r"|a (čo|co|ako|jak|kedy|kdy|kde|kto|kdo|prečo|proč|v|na|pre|pro|po|keď|když))\b",
    re.IGNORECASE,
)
_FINITE = re.compile(
    r"\b(is|are|was|were|do|does|did|can|could|may|must|should|will|would|has|have"
    r"|ist|sind|war|waren|kann|können|muss|müssen|soll|darf|hat|haben|wird|werden|bedeutet|heißt|kostet)\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"\b(?=\w*[^\W\d])[\w-]*\d")  # P-40, E17
_SAID_OF = (
    "it its they them their this that these those he him his she her one ones there then same other such"
    " es ihn ihm ihnen dort dabei dafür davon dazu damit"
)
_SAYS_LITTLE = (
    "after again another before between during else get give happen happened happens here just long many me "
    "mean much my new now often old please same show still tell thing things us whole why"
)
_PRONOUNS = frozenset(_SAID_OF.split())
_POINTING_BACK = _PRONOUNS - {"there"}  # "are there" points nowhere
_EMPTY = frozenset(_SAYS_LITTLE.split())


@dataclass(frozen=True)
class Turn:
    """A question that was asked and answered; `document_id` is that of the first source used, `title` its."""

    question: str
    answer: str
    looked_up: str = ""
    document_id: int | None = None
    title: str = ""


def looked_up(engine: Engine, question: str, earlier: Sequence[Turn]) -> str:
    """The question as it can be understood alone; itself when it can be already."""
    if not earlier:
        return question
    if engine.chat_model.capable:
        return _rewritten(engine, question, earlier) or with_topic(question, earlier[-1])
    return with_topic(question, earlier[-1])


def with_topic(question: str, before: Turn) -> str:
    """By rule: the meaningful words of the turn before are added to a question that leans on it."""
    if not _leans(question):
        return question
    asked = {word.lower() for word in _meaningful(question)}
    words = _meaningful(before.looked_up or before.question)
    if len(words) < _FEWEST_TOPIC_WORDS:
        words = [*words, *_WORD.findall(before.title)]
    new = [word for word in dict.fromkeys(words) if word.lower() not in asked][:_MOST_TOPIC_WORDS]
    return f"{question} ({' '.join(new)})" if new else question


def _leans(question: str) -> bool:
    rest = _without_opening(question)
    words = {word.lower() for word in _WORD.findall(rest)}
    if _FINITE.search(rest) and _CODE.search(rest) and not words & _PRONOUNS:
        return False
    topic = _meaningful(rest)
    if rest != question.strip():  # "and on a Crane?" is no sentence; "and how is a Crane woken?" is one
        return not _FINITE.search(rest) or len(topic) <= 1 or bool(words & _POINTING_BACK)
    few = len(topic) <= _FEW
    return len(question.split()) < _SHORT or len(topic) <= 1 or (few and bool(words & _PRONOUNS))


def _without_opening(question: str) -> str:
    """What follows "and", "but also" and the like; also "what about", which no sentence follows."""
    rest = question.strip()
    while opening := _LEANS.match(rest):
        rest = rest[opening.end() :].lstrip(" ,")
    return rest


def _meaningful(text: str) -> list[str]:
    skipped = LITTLE_WORDS | _EMPTY | _PRONOUNS
    return [word for word in _WORD.findall(text) if word.lower() not in skipped]


def _rewritten(engine: Engine, question: str, earlier: Sequence[Turn]) -> str:
    """What the model made of it; nothing when that is not one line of a question's length."""
    turns = [(turn.question, turn.answer) for turn in earlier[-_TURNS_SHOWN:]]
    said = engine.chat(standalone(question, turns), max_tokens=_REWRITTEN_TOKENS).text.strip().strip('"')
    usable = said and "\n" not in said and len(said) <= max(_LONGEST_REWRITTEN, 2 * len(question))
    return said if usable else ""
