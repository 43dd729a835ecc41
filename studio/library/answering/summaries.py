"""What a document is about, in its own words: two or three whole sentences, chosen without a model.

Called by ingest when a document becomes ready. The same text always gives the same summary, in any language.
A sentence is central when it shares the words that the document repeats (the centroid method of Radev et
al., 2004). One of the first sentences nearly always says what the document is, so the best of them is taken.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from studio.library.lengths import estimated_tokens
from studio.library.parse.blocks import Block
from studio.library.passages import sentence_ranges

MOST_TOKENS = 60  # what a small model can read beside the passages without losing the thread
_CENTRAL = 2
_FIRST = 4  # of the sentences at the start: one of them says what the document is, others when and by whom
_SHORTEST, _LONGEST = 8, 45  # tokens: below, a label; above, no room for another sentence
_ALIKE = 0.6  # of the words of a sentence that an earlier one holds: it adds nothing
_TITLE_WORD = 0.1
_ROWS = 0.5  # a document is a table when so many of its blocks are rows
_SECTION_TOKENS = 25
_FEWEST_SECTIONS = 3
_LONGEST_HEADING = 60  # characters
_COLUMNS_NAMED = 8
_CELLS_NAMED = 3
_CHARACTERS_ENOUGH = 20  # per token: more than any cut needs

_BLOCKS = re.compile(r"\n{2,}")
_FULL_STOP = re.compile(r"[.!…。！．।][\"'”’»)\]]*$")
_LABEL = re.compile(r"[^\W\d][^.!?:]{0,30}:\s")
_BULLET = re.compile(r"^(?:[-–•*·▪]|\d{1,2}[.)])\s+")
_ROW = re.compile(r"(?:^|; )([^:;\n]{1,60}): ")
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]+|\w+")  # no spaces between words, or spaces
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")

Words = Counter[str]


def summary_of(title: str, text: str, headings: Sequence[str] = ()) -> str:
    """At most about 60 tokens; empty only when the text is. `headings` tell its topics."""
    blocks = [block.strip() for block in _BLOCKS.split(text) if block.strip()]
    rows = [block for block in blocks if len(_ROW.findall(block)) > 1]
    if len(rows) > max(1, _ROWS * len(blocks)):
        return _of_rows(rows)
    sentences = list(dict.fromkeys(sentence for block in blocks for sentence in whole_sentences(block)))
    if not sentences:
        return _beginning(blocks)
    words = [_words(sentence) for sentence in sentences]
    sections = _sections(title, headings)
    room = MOST_TOKENS - _tokens(sections)
    said = [sentences[at] for at in _chosen(title, sentences, words, room)]
    return " ".join([*said, sections] if sections else said)


def _sections(title: str, headings: Sequence[str]) -> str:
    """The topics of a longer document, as far as they fit."""
    topics = [topic for topic in dict.fromkeys(headings) if topic != title]
    if len(topics) < _FEWEST_SECTIONS:
        return ""
    shown = "; ".join(topics)
    while _tokens(shown) > _SECTION_TOKENS and len(topics) > 1:
        topics.pop()
        shown = "; ".join(topics) + " …"
    return f"Sections: {shown}" if _tokens(shown) <= _SECTION_TOKENS else ""


def topics_of(blocks: Sequence[Block]) -> list[str]:
    """The headings of the highest level that has several; long ones are sentences set large."""
    headings = [block for block in blocks if block.kind == "heading" and len(block.text) <= _LONGEST_HEADING]
    levels = Counter(len(block.heading_path) for block in headings)
    level = min((level for level, count in levels.items() if count >= _FEWEST_SECTIONS), default=0)
    return [block.text for block in headings if len(block.heading_path) == level]


def whole_sentences(block: str) -> Iterator[str]:
    """Those that end as statements do: no headings, questions, cells and labelled particulars."""
    for start, end in sentence_ranges(block):
        sentence = _BULLET.sub("", " ".join(block[start:end].split()))
        statement = _FULL_STOP.search(sentence) and not _LABEL.match(sentence) and not sentence[:1].islower()
        if statement and _SHORTEST <= _tokens(sentence) <= _LONGEST:
            yield sentence


def _chosen(title: str, sentences: Sequence[str], words: Sequence[Words], room: int) -> list[int]:
    """Where the best of the first sentences and the most central ones that still fit stand, in order."""
    scores = _centrality(words, set(_words(title)))
    ranked = sorted(range(len(sentences)), key=lambda at: (-scores[at], at))
    chosen = [next(at for at in ranked if at < _FIRST)]
    room -= _tokens(sentences[chosen[0]])
    for at in ranked:
        needed = _tokens(sentences[at])
        if len(chosen) > _CENTRAL or room < _SHORTEST:
            break
        if needed <= room and not any(_alike(words[at], words[other]) for other in chosen):
            chosen.append(at)
            room -= needed
    return sorted(chosen)


def _centrality(words: Sequence[Words], title: set[str]) -> list[float]:
    """Cosine of each sentence with the sum of all, words weighted by their rarity (tf-idf)."""
    inside = Counter(word for counted in words for word in counted)
    rarity = {word: math.log((len(words) + 1) / count) for word, count in inside.items()}
    together: Words = Counter()
    for counted in words:
        together.update(counted)
    centre = {word: times * rarity[word] for word, times in together.items()}
    total = math.hypot(*centre.values()) or 1.0
    near = (_inner(counted, rarity, centre) / total for counted in words)
    return [
        cosine + _TITLE_WORD * len(title & counted.keys())
        for cosine, counted in zip(near, words, strict=True)
    ]


def _inner(counted: Words, rarity: dict[str, float], centre: dict[str, float]) -> float:
    """The inner product of the sentence's weights, brought to length 1, with the centre."""
    weights = {word: times * rarity[word] for word, times in counted.items()}
    length = math.hypot(*weights.values()) or 1.0
    return sum(weight * centre[word] for word, weight in weights.items()) / length


def _alike(words: Words, others: Words) -> bool:
    return len(words.keys() & others.keys()) >= _ALIKE * max(1, min(len(words), len(others)))


def _tokens(text: str) -> int:
    """In scripts without spaces nearly every character is a token of its own."""
    return estimated_tokens(text) + len(_UNSPACED.findall(text))


def _words(text: str) -> Words:
    """First six letters of each word of three and more; pairs of characters where no spaces divide words."""
    found: Words = Counter()
    for word in _WORD.findall(text.lower()):
        if _UNSPACED.match(word):
            found.update(word[at : at + 2] for at in range(max(1, len(word) - 1)))
        elif len(word) > 2:
            found[word[:6]] += 1
    return found


def _of_rows(rows: Sequence[str]) -> str:
    """A table: how many rows, which columns, and what its first rows are called."""
    columns = Counter(name.strip() for row in rows for name in _ROW.findall(row))
    order = {name: at for at, name in enumerate(columns)}
    common = [name for name, count in columns.items() if count > len(rows) * 0.05]
    named = sorted(common, key=order.__getitem__)[:_COLUMNS_NAMED]
    cells = (row.split("; ")[0].partition(": ")[2] for row in rows)
    first = list(islice(filter(None, cells), _CELLS_NAMED))
    said = f"A table of {len(rows):,} rows with {', '.join(named)}, such as {', '.join(first)}."
    return said if _tokens(said) <= MOST_TOKENS else _cut(said)


def _beginning(blocks: Sequence[str]) -> str:
    """A document without sentences: its first words."""
    start = " ".join(blocks[:MOST_TOKENS])[: MOST_TOKENS * _CHARACTERS_ENOUGH]
    return _cut(" ".join(start.split()))


def _cut(text: str) -> str:
    while _tokens(text) > MOST_TOKENS:
        shorter = text[: len(text) * 9 // 10].rsplit(" ", 1)[0]
        text = f"{shorter.rstrip(' …')} …"
    return text
