"""Questions and answers made by rule, in the document's own words, where no capable model is at hand.

Called by drafting. Four shapes of text hold their question already: a heading that is a question, a sentence
that says what its subject is, the row of a table, and a section under a heading of its own.
"""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from studio.library.passages import sentence_ranges
from studio.training_sets.building.passages import Source

_CELL = re.compile(r"(?:^|; )([^:;\n]{1,60}): ")
_TICKS = "yes no true false ja nein áno nie oui non sí si x -"
_CODE = re.compile(r"\d|^[A-Z][A-Z-]*$")
_NUMBERED = re.compile(r"^(?:\d+(?:\.\d+)*\.?|[A-Z]\.|[IVX]+\.)\s+")
_DEFINITION = re.compile(
    r"^((?:An?|The) [^,.;:()]{2,50}?|[A-Z][^,.;:()]{2,50}?) (is|are|means) (an?\b|the\b|one\b|any\b)?"
)
_TABLE = re.compile(r"^[^|\n]+ \| ", re.MULTILINE)
_NO_SUBJECT = "it this that there these those they he she we you here such who what one"
DEFINED = "defining sentence"
_ENGLISH = ("en", "")
_ENDS = (".", "!", "。", "…", ")", "”")
_LONGEST_ANSWER = 600  # characters
_FEWEST_WORDS = 6
_LONGEST_NAME = 80  # characters; what is longer is a text and no name
_LONG_UNSPACED = 20  # characters of a question in a script that puts no spaces between words


@dataclass(frozen=True)
class Pair:
    """A drafted question and its answer; `by` is the rule or the model that wrote it."""

    question: str
    answer: str
    by: str


def pair_by_rule(source: Source) -> Pair | None:
    """The first rule that fits; None where the passage holds no question by itself."""
    rules: tuple[Callable[[Source], Pair | None], ...] = (_asked_above, _row, _definition, _section)
    return next((pair for rule in rules if (pair := rule(source))), None)


def _asked_above(source: Source) -> Pair | None:
    """What is asked often: the heading is the question, the section its answer."""
    asked = _NUMBERED.sub("", source.heading[-1]) if source.heading else ""
    if not source.opens or not _asks(asked):
        return None
    return Pair(asked, _first_sentences(source.text), "question in a heading")


def _row(source: Source) -> Pair | None:
    """One cell of a row, asked for by its column and by what the row is called."""
    cells = _cells(source.text) if source.kind == "row" else []
    if asked_there := next((value for _, value in cells if _asks(value)), ""):
        answer = max((value for _, value in cells if not _asks(value)), key=len, default="")
        return Pair(asked_there, _uncut(answer), "question in a table") if answer else None
    named = 2 if len(cells) > 2 and _CODE.search(cells[0][1]) else 1
    name = " ".join(value for _, value in cells[:named])
    asked = [cell for cell in cells[named:] if cell[1].casefold() not in _TICKS.split()]
    if not asked or not name or len(name) > _LONGEST_NAME:
        return None
    column, value = random.Random(source.text).choice(asked)
    table = source.heading[-1] if source.heading else source.title
    question = f"What does “{table}” give as “{column}” for {name}?"
    if source.language not in _ENGLISH:
        question = f"{table}: {name} – {column}?"
    return Pair(question, f"{name} – {column}: {value}", "row of a table")


def _cells(row: str) -> list[tuple[str, str]]:
    """Column and value of every cell that says something; none for the rest of a row that was cut."""
    marks = list(_CELL.finditer(row)) if _CELL.match(row) else []
    ends = [*(mark.start() for mark in marks[1:]), len(row)][: len(marks)]
    cells = [(mark[1].strip(), row[mark.end() : end].strip()) for mark, end in zip(marks, ends, strict=True)]
    return [cell for cell in cells if any(letter.isalnum() for letter in cell[1])]


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
    return Pair(f"What {verb} {_lowered(found[1])}?", sentence, DEFINED)


def _section(source: Source) -> Pair | None:
    """What a document says under a heading of its own."""
    under = source.heading[-1] if source.heading else source.title
    topic = _NUMBERED.sub("", under) if under != source.title else ""
    if source.kind != "text" or not topic or not source.opens or _TABLE.search(source.text):
        return None
    answer = _first_sentences(source.text)
    if len(answer.split()) < _FEWEST_WORDS or not _is_told(answer):
        return None
    if source.language in _ENGLISH:
        return Pair(f"What does “{source.title}” say under “{topic}”?", answer, "section under a heading")
    return Pair(f"{source.title}: {topic}?", answer, "section under a heading")


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


def _lowered(words: str) -> str:
    """As it stands in mid-sentence: "The veil" is "the veil", "NC-62" and "Bulletin SB-21" stay."""
    first, _, rest = words.partition(" ")
    article, alone = first in ("A", "An", "The"), not rest and first.istitle()
    return f"{first.lower()} {rest}".strip() if article or alone else words
