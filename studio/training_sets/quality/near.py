"""Near duplicates: which rows say almost word for word what another says. Called by examine.

Two rows are near duplicates when their questions are alike and their answers are: each by at least ALIKE,
or one by FAIRLY where the other is the same and stands in few rows. Where answers are labels, they must be
the same and the questions ALIKE. What alike means is in likeness: the words of a template weigh little,
figures and negations decide. So "What is the price of part 12?" and "... of part 13?" are two questions,
and so are those about a pump and a valve; a misspelling or a "please" makes no new row.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from studio.training_sets.examples import Candidate
from studio.training_sets.quality.likeness import Likeness, likeness, weigher
from studio.training_sets.quality.looking import BUCKETS, Look
from studio.training_sets.quality.one_word import MOST_ROWS, OneWordApart
from studio.training_sets.quality.sketches import SIZE, Sketcher, gram_buckets, promising_pairs
from studio.training_sets.quality.wording import asked, words
from studio.training_sets.ties import Numbers, tied

Batches = Callable[[], Iterator[tuple[int, Sequence[Candidate]]]]

ALIKE, FAIRLY, SAME = 0.8, 0.6, 0.95
FEW_ROWS = 3
LONGEST_WORDS = 1_500
MOST_SKETCHED = 1_000_000
MOST_PAIRS = 500_000
MOST_CHARACTERS, CHARACTERS_A_WORD = 100_000_000, 7
MOST_ANSWERS = 6
_SIDES: tuple[Literal["left", "right"], ...] = ("left", "right")


@dataclass
class NearRows:
    """`parts`: for each row the number of its cluster of near duplicates; `asked_alike`: pairs of rows whose
    questions are alike whatever the answers; `cut`: what was left unlooked at, in words."""

    parts: Numbers
    asked_alike: list[tuple[int, int]] = field(default_factory=list)
    cut: str = ""


class GramCount:
    """In how many texts each bucket of 4-grams occurs."""

    def __init__(self) -> None:
        self.rows_with = np.zeros(BUCKETS, np.int64)

    def add(self, texts: Sequence[str]) -> None:
        buckets, _ = gram_buckets(texts)
        self.rows_with += np.bincount(buckets, minlength=BUCKETS)


def compared(row: Candidate) -> str:
    """The text that is sketched: the question in bare words."""
    return " ".join(words(asked(row)))


def find_near(batches: Batches, look: Look, grams: GramCount, *, labels: bool) -> NearRows:
    """Sketch the rows, pair them, and read the promising pairs again to verify them."""
    chosen, cut = _different_rows(look)
    misspelt = OneWordApart(look.rows_with)
    sketches = _sketches(batches, chosen, Sketcher(grams.rows_with, len(look.column("usable"))), misspelt)
    pairs = chosen[promising_pairs(sketches, look.column("figures")[chosen])]
    pairs = np.concatenate([_other_answers(look, chosen), misspelt.pairs(), pairs])
    verified = _affordable(pairs, look.column("length"))
    if len(verified) < len(pairs):
        cut += f" Of {len(pairs):,} pairs that look alike the {len(verified):,} most alike were compared."
    near, alike = _verify(verified, _texts(batches, verified), _Judge(look, labels=labels))
    ties = (np.array(pair) for pair in near)
    return NearRows(tied(len(look.column("usable")), [_same_words(look)], ties), alike, cut.strip())


def _same_words(look: Look) -> Numbers:
    """Rows whose questions and answers differ by case, accents and punctuation at most have one key."""
    keys = look.column("bare_question") * 31 + look.column("bare_answer")
    return np.where(look.column("usable") == 1, np.where(keys == 0, 1, keys), 0)


def _different_rows(look: Look) -> tuple[Numbers, str]:
    """The first of each kind of row with the same words, all of them or an even sample."""
    keys = _same_words(look)
    first = np.sort(np.unique(keys, return_index=True)[1])
    first = first[look.column("usable")[first] == 1]
    if len(first) <= MOST_SKETCHED:
        return first, ""
    even = first[np.linspace(0, len(first) - 1, MOST_SKETCHED).astype(np.int64)]
    return even, f"Near duplicates were looked for in {MOST_SKETCHED:,} of {len(first):,} rows."


def _sketches(batches: Batches, chosen: Numbers, sketcher: Sketcher, misspelt: OneWordApart) -> Numbers:
    """One for each chosen row; the first MOST_ROWS of them are filed in `misspelt` on the way."""
    wanted = np.zeros(int(chosen[-1]) + 1 if len(chosen) else 0, bool)
    wanted[chosen] = True
    drawn, done = np.empty((len(chosen), SIZE), np.uint8), 0
    for start, rows in batches():
        places = [at for at in range(start, min(start + len(rows), len(wanted))) if wanted[at]]
        texts = [compared(rows[at - start]) for at in places]
        for at, text in zip(places[: max(0, MOST_ROWS - done)], texts, strict=False):
            misspelt.add(at, text.split())
        if texts:
            drawn[done : done + len(texts)] = sketcher.draw(texts)
            done += len(texts)
    return drawn


def _other_answers(look: Look, chosen: Numbers) -> Numbers:
    """Rows with the same question meet too: answers that are nearly the same contradict nothing."""
    questions = look.column("question")[chosen]
    order = np.argsort(questions, kind="stable")
    pairs = []
    for step in range(1, MOST_ANSWERS):
        same = questions[order[step:]] == questions[order[:-step]]
        pairs.append(np.stack([chosen[order[:-step][same]], chosen[order[step:][same]]], axis=1))
    return np.concatenate(pairs)


def _affordable(pairs: Numbers, lengths: Numbers) -> list[list[int]]:
    """The first pairs whose texts fit into memory together."""
    rows: set[int] = set()
    room, affordable = MOST_CHARACTERS, []
    for pair in pairs[:MOST_PAIRS].tolist():
        fresh = set(pair) - rows
        room -= sum(CHARACTERS_A_WORD * min(2 * LONGEST_WORDS, int(lengths[row])) for row in fresh)
        if room < 0:
            break
        rows |= fresh
        affordable.append(pair)
    return affordable


def _texts(batches: Batches, pairs: Sequence[Sequence[int]]) -> dict[int, tuple[str, str]]:
    """Question and answer, in bare words, of all rows in these pairs."""
    wanted = {row for pair in pairs for row in pair}
    texts: dict[int, tuple[str, str]] = {}
    for start, batch in batches() if wanted else ():
        for at, row in enumerate(batch, start):
            if at in wanted:
                texts[at] = _bare(asked(row)), _bare(row.completion)
    return texts


def _bare(text: str) -> str:
    return " ".join(words(text)[:LONGEST_WORDS]) or text


class _Judge:
    """Whether two rows are near duplicates, in the sense told above."""

    def __init__(self, look: Look, *, labels: bool) -> None:
        self._labels = labels
        self._rows_with = look.rows_with
        self._weight = weigher(len(look.column("usable")), look.rows_with)
        self._questions = _Repeats(look.column("bare_question"))
        self._answers = _Repeats(look.column("bare_answer"))

    def alike(self, one: str, other: str) -> Likeness:
        return likeness(one.split(" "), other.split(" "), self._weight, self._rows_with)

    def near(self, question: Likeness, answer: Likeness, row: int) -> bool:
        if self._labels:
            return answer.alike == 1 and question.alike >= ALIKE
        if min(question.alike, answer.alike) >= ALIKE:
            return True
        return self._confirms(question, self._questions.of(row), answer) or self._confirms(
            answer, self._answers.of(row), question
        )

    def _confirms(self, same: Likeness, rows: int, other: Likeness) -> bool:
        """A text that is the same and stands in few rows vouches for the other one."""
        return same.alike >= SAME and rows <= FEW_ROWS and (other.alike >= FAIRLY or other.within >= SAME)


class _Repeats:
    """How many rows have the same key; asked for few of them."""

    def __init__(self, keys: Numbers) -> None:
        self._keys, self._sorted = keys, np.sort(keys)

    def of(self, row: int) -> int:
        first, last = (np.searchsorted(self._sorted, self._keys[row], side) for side in _SIDES)
        return int(last - first)


def _verify(
    pairs: Sequence[Sequence[int]], texts: dict[int, tuple[str, str]], judge: _Judge
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    near, alike = [], []
    for one, other in pairs:
        question = judge.alike(texts[one][0], texts[other][0])
        if question.alike >= ALIKE:
            alike.append((one, other))
        if max(question) >= FAIRLY and judge.near(question, judge.alike(texts[one][1], texts[other][1]), one):
            near.append((one, other))
    return near, alike
