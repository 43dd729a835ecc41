"""Looks at every row of a would-be training set and marks its defects. Called by reports and imports."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from studio.training_sets.examples import Candidate, plain
from studio.training_sets.quality.marks import Marks

LONG_WORDS = 1_000


@dataclass(frozen=True)
class Checking:
    """What to check against.

    `max_length` in tokens as `count_tokens` counts them, else in words; `main_language` is an ISO 639-1 code,
    found out when missing. `against` are questions that must not be trained on; `held_out` the numbers of
    rows that are not trained on. `plain_text`: rows have no question.
    """

    max_length: int | None = None
    count_tokens: Callable[[str], int] | None = None
    main_language: str | None = None
    against: Sequence[str] = ()
    held_out: frozenset[int] = frozenset()
    plain_text: bool = False


USUAL = Checking()


def quiet(done: float) -> None:
    """For callers who do not want to know how far it is."""


def examine(
    rows: Callable[[], Iterator[Candidate]],
    options: Checking = USUAL,
    tell: Callable[[float], None] = quiet,
) -> Marks:
    """Mark the defects of rows; `rows` gives them anew at every call, `tell` hears a share from 0 to 1."""
    found = list(rows())
    marked: dict[str, list[int]] = defaultdict(list)
    wordy = _mostly_sentences(found)
    seen: set[tuple[str, str]] = set()
    for row in found:
        key = (row.prompt, row.completion)
        for kind in _defects(row, options, wordy=wordy):
            marked[kind].append(row.number)
        if row.prompt and row.completion and key in seen:
            marked["duplicate"].append(row.number)
        seen.add(key)
    marked["contradiction"] = list(_contradicting(found))
    tell(1.0)
    answers = {row.completion for row in found if row.completion}
    facts = {"distinct_answers": len(answers)}
    return Marks(len(found), {kind: numbers for kind, numbers in marked.items() if numbers}, facts=facts)


def _defects(row: Candidate, options: Checking, *, wordy: bool) -> Iterable[str]:
    if row.fault:
        yield "unreadable"
        return
    if not row.prompt and not options.plain_text:
        yield "empty_question"
    if not row.completion:
        yield "empty_answer"
    elif wordy and len(row.completion.split()) == 1:
        yield "one_word_answer"
    if len(row.prompt.split()) + len(row.completion.split()) > LONG_WORDS:
        yield "too_long"
    if "\ufffd" in row.prompt or "\ufffd" in row.completion:
        yield "broken_text"


def _mostly_sentences(rows: Sequence[Candidate]) -> bool:
    """Single words are defects only where answers are sentences, not labels."""
    answered = [row.completion for row in rows if row.completion]
    return sum(len(answer.split()) > 1 for answer in answered) > len(answered) / 2


def _contradicting(rows: Sequence[Candidate]) -> Iterable[int]:
    answers: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.prompt and row.completion:
            answers[plain(row.prompt)].add(plain(row.completion))
    return (row.number for row in rows if row.completion and len(answers[plain(row.prompt)]) > 1)
