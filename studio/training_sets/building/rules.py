"""Questions and answers made by rule, in the document's own words, where no capable model is at hand.

Called by drafting. What is asked already comes first: a heading that is a question. Then a row of a table, a
sentence that says what its subject is, a sentence that states something, and at last what a section says. The
answer is the sentence or two that hold it, never a whole passage.
"""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from studio.library.answering.wordings import content_words
from studio.library.passages import sentence_ranges
from studio.training_sets.building.cells import asked_for, cells_of
from studio.training_sets.building.passages import Source
from studio.training_sets.building.sentences import how_to, lowered, questions_in

_TICKS = "yes no true false ja nein áno nie oui non sí si x -"
_CODE = re.compile(r"\d|^[A-Z][A-Z-]*$")
_NUMBERED = re.compile(r"^(?:\d+(?:\.\d+)*\.?|[A-Z]\.|[IVX]+\.)\s+")
_DEFINITION = re.compile(
    r"^((?:An?|The) [^,.;:()]{2,50}?|[A-Z][^,.;:()]{2,50}?) (is|are|means) (an?\b|the\b|one\b|any\b)?"
)
_TABLE = re.compile(r"^[^|\n]+ \| ", re.MULTILINE)
_NO_SUBJECT = "it this that there these those they he she we you here such who what one"
DEFINED, ROW = "defining sentence", "row of a table"
_ENGLISH = ("en", "")
_ENDS = (".", "!", "。", "…", ")", "”")
_LONGEST_ANSWER = 300  # characters
_FEWEST_WORDS = 6
_LONGEST_NAME = 80  # characters; what is longer is a text and no name
_TELLING = 2  # words of its own that a question needs to be understood alone
_LITTLE = ("for", "from", "to", "in", "on", "by", "at", "with")
_BEFORE_TOPICS = (
    *_LITTLE,
    "before",
    "after",
    "during",
    "if",
    "when",
    "and",
    "about",
    "under",
    "over",
    "without",
)
_GENERIC = (
    "overview", "introduction", "summary", "conclusion", "next steps", "references", "external links",
    "see also", "further reading", "contents", "index", "readme", "document", "untitled", "notes", "general",
    "appendix",
)  # fmt: skip
_PAPERS = (
    "policy",
    "guide",
    "handbook",
    "manual",
    "report",
    "list",
    "agreement",
    "plan",
    "sheet",
    "contract",
)
# a section's question in the language of the document; where there is none, title and topic alone
_SECTION = {
    "de": "Was sagt {title} über {topic}?",
    "fr": "Que dit {title} sur {topic} ?",
    "es": "¿Qué dice {title} sobre {topic}?",
    "it": "Che cosa dice {title} su {topic}?",
    "sk": "Čo hovorí {title} na tému {topic}?",
    "cs": "Co říká {title} na téma {topic}?",
    "pl": "Co mówi {title} na temat {topic}?",
}
_LONG_UNSPACED = 20  # characters of a question in a script that puts no spaces between words


@dataclass(frozen=True)
class Pair:
    """A drafted question and its answer; `by` is the rule or the model that wrote it."""

    question: str
    answer: str
    by: str


def pair_by_rule(source: Source) -> Pair | None:
    """The first rule that fits; None where the passage holds no question by itself."""
    rules: tuple[Callable[[Source], Pair | None], ...] = (_asked_above, _row, _definition, _stated, _section)
    return next((pair for rule in rules if (pair := rule(source))), None)


def _asked_above(source: Source) -> Pair | None:
    """What is asked often: the heading is the question, the section its answer."""
    asked = _NUMBERED.sub("", source.heading[-1]) if source.heading else ""
    if not source.opens or not _asks(asked):
        return None
    return Pair(asked, _first_sentences(source.text), "question in a heading")


def _row(source: Source) -> Pair | None:
    """One cell of a row, asked for by its column and by what the row is called."""
    cells = cells_of(source.text) if source.kind == "row" else []
    if asked_there := next((value for _, value in cells if _asks(value)), ""):
        answer = max((value for _, value in cells if not _asks(value)), key=len, default="")
        return Pair(asked_there, _uncut(answer), "question in a table") if answer else None
    named = 2 if len(cells) > 2 and _CODE.search(cells[0][1]) else 1
    name = " ".join(value for _, value in cells[:named])
    asked = [cell for cell in cells[named:] if cell[1].casefold() not in _TICKS.split()]
    if not asked or not name or len(name) > _LONGEST_NAME:
        return None
    column, value = random.Random(source.text).choice(asked)
    if source.language not in _ENGLISH:
        table = source.heading[-1] if source.heading else source.title
        return Pair(f"{table}: {name} – {column}?", f"{name} – {column}: {value}", ROW)
    return Pair(*asked_for(column, value, name), ROW)


def _definition(source: Source) -> Pair | None:
    """ "A bead is one drop of equal weight" answers what a bead is; English only.

    What follows "is" must name a thing, or the heading must be the thing itself, as it is in a glossary.
    """
    if source.language not in _ENGLISH or source.kind != "text":
        return None
    start, end = next(sentence_ranges(source.text), (0, 0))
    sentence = " ".join(source.text[start:end].split())
    found = _DEFINITION.match(sentence)
    if not found or found[1].split()[0].lower() in _NO_SUBJECT.split():
        return None
    entry = bool(source.heading) and found[1].lower().endswith(source.heading[-1].lower())
    if not (found[3] or entry) or len(sentence.split()) < _FEWEST_WORDS:
        return None
    verb = "are" if found[2] == "are" else "is"
    return Pair(f"What {verb} {lowered(found[1], source.text)}?", sentence, DEFINED)


def _stated(source: Source) -> Pair | None:
    """The best question that a sentence of the passage answers; where its subject says little, by topic."""
    if source.language not in _ENGLISH or source.kind != "text" or _TABLE.search(source.text):
        return None
    found = min(questions_in(source.text), key=lambda one: one.rank, default=None)
    if found is None:
        return None
    question, topic = found.question, _topic(source)
    if (
        len(content_words(question)) < _TELLING
        and topic
        and not content_words(topic) <= content_words(question)
    ):
        question = f"{topic}: {question[:1].lower()}{question[1:]}"
    return Pair(question, found.sentence, "a sentence")


def _topic(source: Source) -> str:
    """The last heading without its number, where that is not the title."""
    under = source.heading[-1] if source.heading else source.title
    topic = _NUMBERED.sub("", under) if under != source.title else ""
    return "" if topic.lower() in _GENERIC else topic


def _section(source: Source) -> Pair | None:
    """What a document says under a heading of its own."""
    topic = _topic(source)
    if source.kind != "text" or not topic or not source.opens or _TABLE.search(source.text):
        return None
    answer = _first_sentences(source.text)
    if len(answer.split()) < _FEWEST_WORDS or not _is_told(answer):
        return None
    if source.language in _ENGLISH:
        return Pair(_about(source.title, topic, source.text), answer, "section under a heading")
    asked = _SECTION.get(source.language, "{title}: {topic}?")
    return Pair(asked.format(title=source.title, topic=topic), answer, "section under a heading")


def _about(title: str, topic: str, text: str) -> str:
    """What a person asks who wants to know what is said of a topic."""
    if asked := how_to(topic):
        return asked
    first = topic.split()[0].lower()
    topic = f"“{topic}”" if first in _BEFORE_TOPICS else lowered(topic, text, phrase=True)
    name = title.partition(":")[0]
    if name.lower() in _GENERIC or len(name) > _LONGEST_NAME:
        return f"What should I know about {topic}?"
    name = f"the {name[4:]}" if name.startswith("The ") else name
    name = f"the {name}" if name.split()[-1].lower() in _PAPERS and name[:4] != "the " else name
    return f"What does {name} say about {topic}?"


def _asks(text: str) -> bool:
    """A question that says what it is about."""
    return text.endswith(("?", "？", "؟")) and (len(text.split()) > 2 or len(text) > _LONG_UNSPACED)


def _uncut(answer: str) -> str:
    """Without a last sentence that was cut with the passage."""
    ends = [end for _, end in sentence_ranges(answer)]
    cut = len(ends) > 1 and not answer.endswith(_ENDS)
    return answer[: ends[-2]] if cut else answer


def _is_told(answer: str) -> bool:
    """Sentences, not a list of links or names, and no question in its turn."""
    lines = [line for line in answer.splitlines() if line.strip()]
    whole = sum(line.rstrip().endswith(_ENDS) for line in lines)
    return 2 * whole >= len(lines) and not answer.endswith(("?", "？"))


def _first_sentences(text: str) -> str:
    """Whole sentences from the start, as many as an answer may have."""
    ends = [end for _, end in sentence_ranges(text) if end <= _LONGEST_ANSWER]
    return text[: max(ends, default=_LONGEST_ANSWER)].strip()
