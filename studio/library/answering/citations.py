"""Which passage supports which sentence of an answer. Called by answers; pure text, no database.

A passage supports a sentence when it shares enough of its words, holds all of its numbers and codes, for
the same things, and does not deny it.
What is said of a whole table (the cheapest, a total) is not supported by a passage about one of its rows.
A mark the model wrote is kept only when that is so; otherwise the sentence gets the passage that supports
it best, or stays without support.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from studio.library.answering.agreement import agree
from studio.library.answering.numerals import missing, stand_in
from studio.library.answering.wordings import content_words
from studio.library.passages import sentence_ranges

_MARK = re.compile(r"\s*\[(\d{1,2}(?:\s*,\s*\d{1,2})*)\]")
_CLOSING = r"[\"'”’)]*(?:\s*\[[\d,\s]+\])*"  # quotes and marks that still belong to a sentence
_ITEM = r"(?:1?\d[.)])"  # the marker of a numbered list, at the start of a sentence or line
_NO_ITEM = r"(?<!\n\d)(?<!\n1\d)"
_SENTENCE = re.compile(
    rf"(?:{_ITEM}\s+)?\S.*?(?:{_NO_ITEM}[.!?…](?={_CLOSING}(?:\s|$)){_CLOSING}|$)", re.DOTALL
)
_ITEMS = re.compile(rf"^\s*{_ITEM}\s+(?=\S)", re.MULTILINE)
_WORD = re.compile(r"\w+")
_ENOUGH = 0.5  # of a sentence's content words must stand in the passage that is said to support it
_QUOTE_CHARACTERS = 300
_ADDS = 2  # words or figures of the answer that one more sentence of a passage must hold to be shown too
# of many things together, in English and German
_OF_ALL = re.compile(
    r"\b(cheapest|priciest|dearest|highest|lowest|largest|smallest|biggest|greatest|longest|shortest|heaviest"
    r"|lightest|oldest|newest|fewest|total|sum|average|altogether|(?<!at )(?:most|least)"
    r"|billigste|günstigste|teuerste|höchste|niedrigste|größte|kleinste|längste|kürzeste|meiste|wenigste"
    r"|insgesamt|gesamt|summe|durchschnitt)(?:[smnr]|lich\w*)?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Source:
    """A numbered passage as it was shown to the model; a passage of kind "sheet" tells of a whole table."""

    number: int
    text: str
    kind: str = "text"


@dataclass(frozen=True)
class Sentence:
    """A sentence of an answer without its marks; no numbers means that nothing found supports it."""

    text: str
    numbers: tuple[int, ...]


def cite(answer: str, sources: Sequence[Source]) -> list[Sentence]:
    """The answer's sentences, each with the numbers of the passages that support it."""
    return [
        Sentence(_unmarked(found.group()), _numbers(found.group(), sources))
        for found in _SENTENCE.finditer(answer.strip())
        if _WORD.search(_unmarked(found.group()))
    ]


def precision(answer: str, sources: Sequence[Source]) -> float | None:
    """The share of the marks a model wrote whose passage does support their sentence; None without marks."""
    named = {source.number: source for source in sources}
    kept = [
        number in named and _shared(_said(found.group()), named[number]) >= _ENOUGH
        for found in _SENTENCE.finditer(answer.strip())
        for number in _written(found.group())
    ]
    return sum(kept) / len(kept) if kept else None


def has_unsupported(marked_answer: str) -> bool:
    """Does a sentence of an answer that was `marked` stand without a mark?"""
    found = [sentence.group() for sentence in _SENTENCE.finditer(marked_answer.strip())]
    return any(_WORD.search(_unmarked(sentence)) and not _MARK.search(sentence) for sentence in found)


def marked(sentences: Sequence[Sentence]) -> str:
    """The answer with a mark such as [1] after every supported sentence."""
    return " ".join(s.text + "".join(f" [{number}]" for number in s.numbers) for s in sentences)


def without_marks(text: str) -> str:
    """The text without marks such as [1]."""
    return _unmarked(text)


def quote_for(sentences: Sequence[str], passage: str) -> str:
    """The parts of the passage that say what these sentences say, each of its own best; cut where long."""
    parts = [part.group().strip() for part in _SENTENCE.finditer(passage)] or [passage]
    held = [_held(part) for part in parts]
    best = {_best_of(sentence, parts, held) for sentence in sentences} or {0}
    quote = " … ".join(parts[at] for at in sorted(best))
    return quote if len(quote) <= _QUOTE_CHARACTERS else quote[:_QUOTE_CHARACTERS].rsplit(" ", 1)[0] + " …"


def _best_of(sentence: str, parts: Sequence[str], held: Sequence[set[str]]) -> int:
    wanted = _held(sentence)
    return max(range(len(parts)), key=lambda at: len(wanted & held[at]))


def _held(text: str) -> set[str]:
    return content_words(text) | {f"#{one}" for one in missing(text, "")}


def resting_on(sentences: Sequence[str], passage: str) -> list[tuple[int, int]]:
    """Where the passage says what these sentences of an answer say: as few of its own sentences as hold all
    that it holds of their words and figures. Ranges of characters, in order."""
    parts = list(sentence_ranges(passage))
    chosen = {at for sentence in sentences for at in _enough_of(sentence, [passage[a:b] for a, b in parts])}
    return [parts[at] for at in sorted(chosen)]


def _enough_of(sentence: str, parts: Sequence[str]) -> list[int]:
    """The part that holds most of the sentence, then others as long as each adds more than a word."""
    held = [content_words(part) | {f"#{one}" for one in _figures(sentence, part)} for part in parts]
    left = content_words(sentence) | {f"#{one}" for one in missing(sentence, "")}
    chosen: list[int] = []
    while held:
        best = max(range(len(held)), key=lambda at: len(left & held[at]))
        if len(left & held[best]) < (_ADDS if chosen else 1):
            break
        chosen.append(best)
        left -= held[best]
    return chosen


def _figures(sentence: str, part: str) -> set[str]:
    """The numbers and codes of the sentence that the part holds."""
    return set(missing(sentence, "")) - set(missing(sentence, part))


def says_nothing(answer: str) -> bool:
    """Did the model stop before it said anything, or right after announcing it ("The answer is:")?"""
    sentences = cite(answer, [])
    return not sentences or (len(sentences) == 1 and sentences[0].text.endswith(":"))


def repeats_itself(answer: str) -> bool:
    """Has a whole sentence come a second time? Small models then go on with it for ever."""
    sentences = _plain_sentences(answer)[:-1]  # the last may be unfinished
    return len(sentences) > len(set(sentences))


def without_repetition(answer: str) -> str:
    """The answer with every sentence only once, and without an unfinished end after a repetition."""
    found = [sentence.group() for sentence in _SENTENCE.finditer(answer)]
    first: dict[str, str] = {}
    for sentence in found[:-1] if repeats_itself(answer) else found:
        first.setdefault(_plain(sentence), sentence)
    return answer if len(first) == len(found) else " ".join(first.values())


def _plain_sentences(answer: str) -> list[str]:
    return [_plain(found.group()) for found in _SENTENCE.finditer(answer)]


def _plain(sentence: str) -> str:
    return " ".join(_ITEMS.sub("", _unmarked(sentence)).lower().split())


def _unmarked(sentence: str) -> str:
    """Again and again, or [[2]1] would become a mark that nobody checked."""
    while _MARK.search(sentence):
        sentence = _MARK.sub("", sentence)
    return sentence.strip()


def _numbers(sentence: str, sources: Sequence[Source]) -> tuple[int, ...]:
    said = _said(sentence)
    shares = {source.number: _shared(said, source) for source in sources}
    good = {number: share for number, share in shares.items() if share >= _ENOUGH}
    kept = tuple(dict.fromkeys(number for number in _written(sentence) if number in good))
    return kept or tuple(sorted(good, key=lambda number: (-good[number], number))[:1])


def _said(sentence: str) -> str:
    """What it says, without its marks and the number of a list."""
    return _ITEMS.sub("", _unmarked(sentence))


def _written(sentence: str) -> list[int]:
    """The numbers that the model itself wrote behind it."""
    return [int(number) for mark in _MARK.finditer(sentence) for number in re.findall(r"\d+", mark.group(1))]


def _shared(said: str, source: Source) -> float:
    """The share of the content words that stand in the passage; none when it lacks a number or code
    or says otherwise."""
    words = content_words(said)
    if not words or not stand_in(said, source.text) or not _may_know(said, source):
        return 0.0
    share = len(words & content_words(source.text)) / len(words)
    return share if share < _ENOUGH or agree(said, source.text) else 0.0


def _may_know(said: str, source: Source) -> bool:
    """One row cannot tell which is the cheapest or what all cost, unless it says so in that word."""
    return source.kind == "sheet" or _of_all(said) <= _of_all(source.text)


def _of_all(text: str) -> set[str]:
    return {found[1].lower() for found in _OF_ALL.finditer(text)}
