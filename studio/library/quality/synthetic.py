"""Questions made from a library's own passages: its heading, its first sentence, five words of another one,
and look-ups by a row's key or a code.

But for look-ups, what is asked with is taken out of the passage first, so that the passage must be found by
what is left. Called by measuring. The same library gives the same questions.
"""

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from studio.library.parse.blocks import CELL_END
from studio.library.passages import searchable_text, sentence_ranges

Kind = Literal["heading", "first sentence", "five words", "look-up"]
KINDS: tuple[Kind, ...] = ("heading", "first sentence", "five words", "look-up")
MOST_OF_A_KIND = 60
MOST_OF_A_TABLE = 12  # of a kind: the rows of a table are alike, and so is what can be asked of them
MOST_WORDS = 25  # of a first sentence: people ask no longer questions
_FEWEST_SENTENCES = 3
_FEWEST_WORDS = 5  # in a sentence that counts as one
_ASKED_WORDS, _FEWEST_ASKED = 5, 3
_BESIDE = 60  # characters behind a code in which its word is looked for
_LONG_WORD = re.compile(r"\w{4,}")
_CODE = re.compile(r"\b(?=[\w-]*\d{3})(?=[\w-]*[A-Z])[A-Z0-9]+(?:-[A-Z0-9]+)*\b")  # TK-10437, U4711


@dataclass(frozen=True)
class Source:
    """A passage to ask for; `title` is empty where it is only a name, `table` where it is not a row."""

    passage: int
    document: int
    title: str
    heading: tuple[str, ...]
    text: str
    table: str = ""


@dataclass(frozen=True)
class Synthetic:
    """`rest` is the passage's searchable text without what the question is made of (all of it, for a
    look-up: people know the key of what they look up)."""

    kind: Kind
    question: str
    source: Source
    rest: str


def make_questions(sources: Iterable[Source]) -> list[Synthetic]:
    """At most 60 of each kind and 12 of them on one table, no two alike, none that several documents
    answer."""
    made: dict[str, dict[str, list[Synthetic]]] = {kind: {} for kind in KINDS}
    for source in sources:
        for one in _questions(source):
            made[one.kind].setdefault(one.question.casefold(), []).append(one)
    clear = [[alike[0] for alike in kind.values() if _is_clear(alike)] for kind in made.values()]
    return [one for kind in clear for one in _of_many_tables(kind)[:MOST_OF_A_KIND]]


def _of_many_tables(asked: Sequence[Synthetic]) -> list[Synthetic]:
    seen: Counter[str] = Counter()
    kept = []
    for one in asked:
        seen[one.source.table] += 1
        if not one.source.table or seen[one.source.table] <= MOST_OF_A_TABLE:
            kept.append(one)
    return kept


def _is_clear(alike: Sequence[Synthetic]) -> bool:
    """A heading asks for its document, where it stands above many passages; the rest for one passage."""
    return len({(one.source.document, one.kind == "heading" or one.source.passage) for one in alike}) == 1


def _questions(source: Source) -> Iterator[Synthetic]:
    asked = " ".join(dict.fromkeys(part for part in (source.title, *source.heading[-1:]) if part))
    if len(asked.split()) > 1:
        yield Synthetic("heading", asked, source, _without_heading(source))
    if known := _looked_up(source):
        yield Synthetic("look-up", known, source, searchable_text(source.title, source.heading, source.text))
    sentences = [source.text[start:end] for start, end in sentence_ranges(source.text)]
    sentences = [sentence for sentence in sentences if len(sentence.split()) >= _FEWEST_WORDS]
    if len(sentences) < _FEWEST_SENTENCES:
        return
    first = " ".join(sentences[0].split()[:MOST_WORDS])
    yield Synthetic("first sentence", first, source, _without(source, sentences[0]))
    chance = random.Random(source.text)
    other = chance.choice(sentences[1:])
    words = sorted(set(_LONG_WORD.findall(other)))
    if len(words) >= _FEWEST_ASKED:
        few = chance.sample(words, min(_ASKED_WORDS, len(words)))
        yield Synthetic("five words", " ".join(few), source, _without(source, other))


def _looked_up(source: Source) -> str:
    """The first cell of a row with the name of another column; in a text a code with a word beside it."""
    chance = random.Random(source.text)
    if source.table:
        cells = [cell.partition(": ")[::2] for cell in source.text.split(CELL_END)]
        key, others = cells[0][1], [name for name, value in cells[1:] if value]
        short = 0 < len(key.split()) <= MOST_WORDS
        return f"{chance.choice(others)} {key}" if others and short else ""
    if code := _CODE.search(source.text):
        words = _LONG_WORD.findall(source.text[code.end() : code.end() + _BESIDE])
        return " ".join([code.group(), *words[:1]])
    return ""


def _without(source: Source, sentence: str) -> str:
    return searchable_text(source.title, source.heading, source.text.replace(sentence, " "))


def _without_heading(source: Source) -> str:
    """Neither title nor last heading, not even where the text repeats them."""
    gone = [part for part in (source.title, *source.heading[-1:]) if part]
    text = source.text
    for part in gone:
        text = text.replace(part, " ")
    return searchable_text("", [part for part in source.heading if part not in gone], text)
