"""Turns a sentence that states something into the question it answers. English only; called by rules.

Every pattern leaves the sentence's subject in the question, so that it can be understood by itself.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from studio.library.passages import sentence_ranges

_FEWEST_WORDS, _MOST_WORDS = 6, 45
_MOST_SUBJECT = 7  # words
# whom these mean stands outside the sentence, or they bind it to the one before
_STRANGE = (
    "it its this that these those they their he she we you i here there such who what which one ones both "
    "another others however also then thus therefore so but and or yet moreover furthermore besides note "
    "see for example in on at with by from to of as because while although since once unless until only "
    "not if when whenever where before after during between under over above below beyond without within per "
    "no nothing none nobody my your our his her please either neither instead otherwise"
)
_NO_SUBJECT = frozenset(_STRANGE.split())
_ABOUT = r"(?:about |around |at least |at most |up to |only |nearly |roughly |over |more than )?"
_NUMBER = rf"{_ABOUT}(?:[\d][\d.,]*|one|two|three|four|five|six|seven|eight|nine|ten|twelve)"
_IRREGULAR = (
    "made done kept held sent paid sold told built bought brought found given taken written shown known worn "
    "woven drawn cut put set left lent lost met read run seen spent stood taught thrown understood won wound "
    "hung hidden frozen chosen driven fed laid led bound begun broken caught dealt grown heard hit shut "
    "split spread sunk swept torn melted"
)
_PARTICIPLE = rf"(?:[a-z]+ed|{_IRREGULAR.replace(' ', '|')})"
_PARTICLE = (
    r"(?: (?:in|out|off|back|up|down|away)(?= (?:at|to|by|with|from|in|on|within|before|after|when)\b))?"
)
_SUBJECT = r"(?P<subject>[A-Z][^,.;:()]*?)"
_MONTH = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tues|wednes|thurs|fri|satur|sun"
_TIME = rf"the (?:first|last|same day|\w+th) |\d|(?:{_MONTH})\w*|spring|summer|autumn|winter"
_WHEN = re.compile(
    "(?:within|before|after|until|every|each|once|twice|daily|weekly|monthly|yearly|annually|when|as soon as"
    rf"|(?:on|in|at|by|from|since) (?:{_TIME}))\b",
    re.IGNORECASE,
)
_UNIT_OF_TIME = r"(?:second|minute|hour|day|night|week|month|year)s?"
_LENGTH = re.compile(rf"for {_NUMBER} (?:\w+ )?{_UNIT_OF_TIME}\b")
_HAVE_AMOUNTS = (
    "is|was|has|have|holds|takes|lasts|costs|weighs|contains|measures|uses|needs|requires|pays|gives|makes|adds"
    "|stores|carries|covers|employs|serves|counts|earns|receives|loses|gains|includes"
)
_PEOPLE = re.compile(r"(?:[a-z](?:ers?|ors?|ists?|ees|ants?|members?)|staff|people|company|team|works)$")
_MEASURES = ("wide", "long", "high", "tall", "deep", "thick", "old", "heavy")
_TAKES = (
    "covers|includes|contains|needs|requires|drives|feeds|gathers|stores|replaces|protects|carries|means|causes"
    "|offers|provides|supports|allows|measures|corrects|shows|decides|pays|produces|prevents|describes"
    "|dissolves|marks|connects|removes|controls|reports"
)
_ORDERS = (
    "add adjust apply ask attach bring brush call cancel change check choose clean clear click close "
    "configure connect cool copy count cover create cut delete disconnect download drain dry edit empty "
    "enter fill fit hang heat hold insert install keep lay leave lift loosen lower lubricate make mark "
    "measure mix move note open order pour press pull push put raise read record release remove repeat "
    "replace report rinse rub save screw select send set shade shake show slide start stop store switch "
    "take tell tighten touch turn unplug unscrew update upload use view wait wash wear wipe write"
)
_BEGINS = frozenset(_ORDERS.split())
_OBJECT_ENDS = re.compile(
    r"[,;:]| (?:with|by|to|until|before|after|for|in|into|from|at|on|onto|when|while|if|so|and|every|once|as|"
    r"through|under|over|where|without) "
)
_OTHER_CLAUSES = frozenset("that which who and but if when is are was were has have".split())  # noqa: SIM905
_HOW = re.compile("(?:with|by|to|from|through|in|at|on|into|as|using|under|against) ")


class Asked(NamedTuple):
    """A question, the sentence that answers it, and how good the pattern is; 0 is best."""

    question: str
    sentence: str
    rank: int


def questions_in(text: str) -> Iterator[Asked]:
    """The question of every sentence that one of the patterns fits."""
    for start, end in sentence_ranges(text):
        sentence = " ".join(text[start:end].split())
        if (
            not sentence.endswith(".")
            or " - " in sentence
            or not _FEWEST_WORDS <= len(sentence.split()) <= _MOST_WORDS
        ):
            continue
        for rank, pattern in enumerate(_PATTERNS):
            question = pattern(sentence[:-1], text)
            if question:
                yield Asked(question[:1].upper() + question[1:], sentence, rank)
                break


def _amount(said: str, text: str) -> str | None:
    """ "The brim of a Heron holds 1.26 litres": how many litres does it hold?"""
    pattern = rf"{_SUBJECT} (?P<verb>{_HAVE_AMOUNTS}) {_NUMBER} (?P<unit>[a-z]+)(?P<rest>.*)"
    found = re.match(pattern, said)
    subject = _named(found["subject"], text) if found else None
    if not found or not subject:
        return None
    verb, unit, rest = found["verb"], found["unit"], found["rest"].split()
    if verb in ("is", "was"):
        if rest and rest[0] in _MEASURES:
            return f"How {rest[0]} {verb} {subject}?"
        return None if rest else f"What {verb} {subject}?"
    if verb in ("costs", "weighs") or (verb in ("lasts", "takes") and re.fullmatch(_UNIT_OF_TIME, unit)):
        return f"How {'much' if verb in ('costs', 'weighs') else 'long'} does {subject} {_base(verb)}?"
    if unit[-1:] != "s":
        return None
    return f"How many {unit} {'do' if verb == 'have' else 'does'} {subject} {_base(verb)}?"


def _case(said: str, text: str) -> str | None:
    """ "If the wheel stops, clear the nib": what should be done if it stops?"""
    found = re.match(r"(?P<word>If|When|Before|After) (?P<case>[^,:;]{8,110}), (?P<rest>.+)", said)
    if not found or found["case"].split()[0].lower() in _NO_SUBJECT - {"you", "your"}:
        return None
    first, word = found["rest"].split()[0].lower(), found["word"].lower()
    case = _mine(found["case"])
    if first in _BEGINS or re.match(r"(?:you|we) (?:must|should|have to|need to) ", found["rest"].lower()):
        return f"What should I do {word} {case}?"
    return f"What happens {word} {case}?" if word in ("if", "when") else None


def _passive(said: str, text: str) -> str | None:
    """ "The veil is woven with 44 threads": how is it woven? "... within 30 days": when?"""
    found = re.match(
        rf"{_SUBJECT} (?P<be>is|are|was|were|must be|may be|can be|should be) "
        rf"(?P<how>never |not |always |also )?(?P<verb>{_PARTICIPLE}{_PARTICLE}) (?P<rest>\w.+)",
        said,
    )
    subject = _named(found["subject"], text) if found else None
    if not found or not subject:
        return None
    first, _, tail = found["be"].partition(" ")
    about = f"{first} {subject} {f'{tail} ' if tail else ''}{found['verb']}"
    rest = found["rest"]
    if found["how"] in ("never ", "not "):
        return f"{about} {_clause(rest)}?"
    if _LENGTH.match(rest):
        return f"For how long {about}?"
    if _WHEN.match(rest):
        return f"When {about}?"
    if rest.startswith("for "):
        return f"What {about} for?"
    return f"How {about}?" if _HOW.match(rest) else None


def _order(said: str, text: str) -> str | None:
    """ "Wipe the glass with a dry cloth": how do I wipe the glass?"""
    first = said.split()[0]
    if first.lower() not in _BEGINS or not first.istitle():
        return None
    ends = _OBJECT_ENDS.search(said)
    what = said[: ends.start()] if ends else said
    if not ends or not 3 <= len(what.split()) <= _MOST_SUBJECT:
        return None
    return f"How do I {_mine(what[:1].lower() + what[1:])}?"


def how_to(topic: str) -> str | None:
    """ "Delete a blob" as a heading asks how that is done."""
    first, _, rest = topic.partition(" ")
    return f"How do I {first.lower()} {_mine(rest)}?" if first.lower() in _BEGINS and rest else None


def _duty(said: str, text: str) -> str | None:
    """ "Keepers must report a fault": what must they do? "Veils may not be washed": may they be washed?"""
    found = re.match(
        rf"{_SUBJECT} (?P<modal>may not|must not|must|should|may|cannot|can) (?P<rest>[a-z].+)", said
    )
    subject = _named(found["subject"], text) if found else None
    if not found or not subject:
        return None
    modal, rest = found["modal"], found["rest"]
    if modal.startswith(("must", "should")):
        return f"What {modal} {subject} do?" if _PEOPLE.search(subject) else None
    asked = "can" if modal.startswith("can") else "may"
    return f"{asked} {subject} {_clause(rest)}?"


def _taken(said: str, text: str) -> str | None:
    """ "The warranty covers the movement": what does it cover?"""
    found = re.match(rf"{_SUBJECT} (?P<verb>{_TAKES}) (?P<rest>\w+ .+)", said)
    subject = _named(found["subject"], text) if found else None
    return f"What does {subject} {_base(found['verb'])}?" if found and subject else None


_PATTERNS: tuple[Callable[[str, str], str | None], ...] = (_amount, _case, _passive, _order, _duty, _taken)


def _named(subject: str, text: str) -> str | None:
    """The subject as it stands in mid-sentence; None where it names nothing by itself."""
    words = subject.split()
    if words[0].lower() in _NO_SUBJECT or len(words) > _MOST_SUBJECT or _OTHER_CLAUSES & set(words):
        return None
    return lowered(subject, text)


def lowered(words: str, text: str, *, phrase: bool = False) -> str:
    """As it stands in mid-sentence: "The veil" is "the veil", "NC-62" and "Bulletin SB-21" stay.

    `phrase`: it may be any words, of which the second tells whether the first is a name.
    """
    first, _, rest = words.partition(" ")
    article = first in ("A", "An", "The", "Every", "Each", "All", "Most", "Some", "Any")
    alone = rest[:1].islower() or not rest
    common = (
        alone
        and first.istitle()
        and re.search(rf"(?<![\w.@/-]){re.escape(first.lower())}(?![\w@/-]|\.\w)", text)
    )
    plural = not rest and first.istitle() and first.endswith(("s", "ing")) and not first.endswith("ss")
    begun = phrase and first.istitle() and rest[:1].islower()
    return f"{first.lower()} {rest}".strip() if article or common or plural or begun else words


def _mine(words: str) -> str:
    """What is said to "you" as whoever asks says it."""
    swapped = re.sub(r"\byours\b", "mine", re.sub(r"\byour\b", "my", words))
    return (
        re.sub(r"\byou are\b", "I am", swapped).replace("you", "I")
        if re.search(r"\byou\b", swapped)
        else swapped
    )


def _clause(rest: str) -> str:
    """Up to where another clause begins."""
    return re.split(r"[,;:]| (?:but|because|so that|unless|and|if|when) ", rest)[0]


def _base(verb: str) -> str:
    """ "covers" is "cover", "carries" is "carry", "passes" is "pass"."""
    if verb in ("has", "have"):
        return "have"
    if verb.endswith("ies"):
        return f"{verb[:-3]}y"
    return verb[:-2] if verb.endswith(("sses", "shes", "ches", "xes", "zes", "oes")) else verb[:-1]
