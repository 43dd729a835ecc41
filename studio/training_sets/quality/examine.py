"""Looks at every row of a would-be training set and marks its defects. Called by reports and imports.

Rows are read three times and never kept: once to look at each, once to sketch the questions, once to verify
what the sketches suggest. What is kept are some 80 bytes a row.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from studio.training_sets.examples import Candidate
from studio.training_sets.quality.kinds import WORTH_TRYING
from studio.training_sets.quality.labels import Answers, length_facts
from studio.training_sets.quality.languages import differs, main_language
from studio.training_sets.quality.looking import Checking, Look, limit
from studio.training_sets.quality.marks import Marks
from studio.training_sets.quality.near import GramCount, NearRows, find_near
from studio.training_sets.quality.repeated import clusters, contradictions, leaks, repetitions
from studio.training_sets.quality.texts.lost_letters import LOST, MAY_BE_LOST

__all__ = ["USUAL", "Checking", "examine", "quiet"]

USUAL = Checking()
BATCH = 1_000
UNKNOWN_ROWS = 20_000
LOOKED, SKETCHED = 0.6, 0.85


def quiet(done: float) -> None:
    """For callers who do not want to know how far it is."""


def examine(
    rows: Callable[[], Iterator[Candidate]],
    options: Checking = USUAL,
    tell: Callable[[float], None] = quiet,
) -> Marks:
    """Mark the defects of rows; `rows` gives them anew at every call, `tell` hears a share from 0 to 1.

    `tell` is called every thousand rows and may raise to stop the work.
    """
    look, grams = Look(options), GramCount()
    for start, batch in _batches(rows):
        grams.add([look.add(row) for row in batch])
        done = start + len(batch)
        tell(LOOKED * min(1.0, done / (options.expected or done + UNKNOWN_ROWS)))
    for question in options.against:
        look.add_question(question)
    answers = Answers(look)
    near = find_near(_Reading(rows, look, tell), look, grams, labels=answers.are_labels)
    marks = _marks(look, near, answers)
    marks.facts["labels"] = _labels(rows, answers)
    tell(1.0)
    return marks


class _Reading:
    """Reads the rows again, first to sketch and then to verify, with the questions they are held against."""

    def __init__(
        self, rows: Callable[[], Iterator[Candidate]], look: Look, tell: Callable[[float], None]
    ) -> None:
        self._rows, self._look, self._tell = rows, look, tell
        self._from = LOOKED

    def __call__(self) -> Iterator[tuple[int, Sequence[Candidate]]]:
        begin, end = self._from, SKETCHED if self._from == LOOKED else 1.0
        self._from = end
        for start, batch in _batches(self._rows):
            yield start, batch
            self._tell(begin + (end - begin) * min(1.0, (start + len(batch)) / max(1, self._look.own)))
        if self._look.options.against:
            yield self._look.own, [Candidate(0, question, "") for question in self._look.options.against]


def _batches(rows: Callable[[], Iterator[Candidate]]) -> Iterator[tuple[int, Sequence[Candidate]]]:
    start, batch = 0, []
    for row in rows():
        batch.append(row)
        if len(batch) == BATCH:
            yield start, batch
            start, batch = start + BATCH, []
    if batch:
        yield start, batch


def _marks(look: Look, near: NearRows, answers: Answers) -> Marks:
    found: dict[str, list[int]] = {kind: list(rows) for kind, rows in look.found.items()}
    found["broken_text"] = _damaged(found)
    if not _mostly_sentences(look):
        found.pop("one_word_answer", None)
    found["too_long"] = np.flatnonzero(look.column("length")[: look.own] > limit(look.options)).tolist()
    found |= repetitions(look, near) | leaks(look, near)
    found["contradiction"], dropped = contradictions(look, near)
    found["imbalance"], dropped["imbalance"] = answers.surplus()
    main = {part: main_language(told) for part, told in look.languages.items()}
    found["mixed_language"] = look.in_other_languages(main, differs)
    return Marks(
        total=look.own,
        rows={kind: _numbers(look, rows) for kind, rows in found.items() if rows},
        turns={kind: turns for kind, rows in found.items() if any(turns := _turns(look, rows))},
        dropped={
            name: list(zip(_numbers(look, rows), _turns(look, rows), strict=True))
            for name, rows in dropped.items()
            if rows
        },
        clusters=clusters(look, near),
        facts=_facts(look, near, answers) | {"dated": bool(look.column("day")[found["contradiction"]].any())},
    )


def _damaged(found: dict[str, list[int]]) -> list[int]:
    """Question marks between two words are lost letters too where many rows surely have those: else they are
    sentences that go on without a blank."""
    lost, perhaps = found.pop(LOST, []), found.pop(MAY_BE_LOST, [])
    if 2 * len(lost) >= len(perhaps):
        lost = lost + perhaps
    return sorted({*found.get("broken_text", ()), *lost})


def _mostly_sentences(look: Look) -> bool:
    """Single words are defects only where answers are sentences, not labels."""
    return len(look.found["one_word_answer"]) < (look.own - len(look.found["empty_answer"])) / 2


def _numbers(look: Look, rows: Sequence[int]) -> list[int]:
    return [int(number) for number in look.column("number")[list(rows)]]


def _turns(look: Look, rows: Sequence[int]) -> list[int]:
    return [int(turn) for turn in look.column("turn")[list(rows)]]


def _facts(look: Look, near: NearRows, answers: Answers) -> dict[str, Any]:
    sizes = np.unique(near.parts[: look.own][look.column("usable")[: look.own] == 1])
    return {
        "distinct_answers": len(answers.keys),
        "distinct_rows": _different(look, len(sizes)),
        "short_and_repeated": answers.short_and_repeated,
        "measuring": int((look.column("held_out") & look.column("usable")).sum()),
        **_plain_text(look),
        "majority": round(answers.majority, 4),
        "lengths": length_facts(look),
        "languages": {part: dict(told.most_common(10)) for part, told in look.languages.items()},
        "notes": [
            *(f"Row {number}: {fault}" for fault, number in look.faults.items()),
            *look.left_away,
            *look.sampled,
            *([near.cut] if near.cut else []),
        ],
    }


def _different(look: Look, clusters: int) -> int:
    """Rows that say something of their own; plain texts that differ in figures alone say the same."""
    plain, rows = look.plain, int(look.column("usable")[: look.own].sum())
    same = 0 < plain.count == rows and plain.kinds < WORTH_TRYING
    return min(clusters, plain.kinds) if same else clusters


def _plain_text(look: Look) -> dict[str, Any]:
    plain = look.plain
    if not plain.count or plain.count < int(look.column("usable")[: look.own].sum()):
        return {}
    return {"words_of_text": plain.words, "asking": round(plain.asking / plain.count, 4)}


def _labels(rows: Callable[[], Iterator[Candidate]], answers: Answers) -> list[dict[str, Any]]:
    """The most frequent labels with their counts; empty where answers are no labels."""
    wanted = dict(zip(answers.shown(), answers.counts.tolist(), strict=False))
    if not wanted:
        return []
    named = {index: row.completion for index, row in enumerate(rows()) if index in wanted}
    return [{"label": named[index], "count": count} for index, count in wanted.items()]
