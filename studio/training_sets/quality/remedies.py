"""What can be done about each kind of defect, and doing it. Used by pages and by saving a version."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from studio.training_sets.examples import Candidate
from studio.training_sets.quality.examine import examine
from studio.training_sets.quality.marks import Marks

Action = Literal["drop", "mend"]


@dataclass(frozen=True)
class Remedy:
    """One click against a `kind` of defect; `default`: done unless a person says otherwise."""

    kind: str
    label: str
    action: Action
    text: str
    default: bool = False


def _by_kind(*remedies: Remedy) -> dict[str, Remedy]:
    return {remedy.kind: remedy for remedy in remedies}


REMEDIES = _by_kind(
    Remedy("unreadable", "Leave out", "drop", "Rows that could not be read are left out.", default=True),
    Remedy("empty_question", "Leave out", "drop", "Rows without a question are left out.", default=True),
    Remedy("empty_answer", "Leave out", "drop", "Rows without an answer are left out.", default=True),
    Remedy(
        "duplicate", "Keep one of each", "drop", "The first is kept, repetitions are left out.", default=True
    ),
    Remedy("one_word_answer", "Leave out", "drop", "Rows with a one-word answer are left out."),
    Remedy("too_long", "Leave out", "drop", "Rows that would be cut are left out."),
)
DEFAULT = tuple(name for name, remedy in REMEDIES.items() if remedy.default)


def apply(rows: Iterable[Candidate], marks: Marks, chosen: Collection[str] = DEFAULT) -> Iterator[Candidate]:
    """The rows after the chosen remedies, in order; names that are no remedies change nothing."""
    gone = left_out(marks, chosen)
    mended_kinds = [name for name in chosen if name in REMEDIES and REMEDIES[name].action == "mend"]
    last, turn = None, 0
    for row in rows:
        turn = turn + 1 if row.number == last else 0
        last = row.number
        if (row.number, turn) not in gone:
            yield mended(row, mended_kinds)


def mended(row: Candidate, kinds: Collection[str]) -> Candidate:
    """The row with these kinds of defects mended; the same row where there is nothing to mend."""
    return row


def left_out(marks: Marks, chosen: Collection[str] = DEFAULT) -> set[tuple[int, int]]:
    """Row number and turn of every example that the chosen remedies drop."""
    gone: set[tuple[int, int]] = set()
    for name in chosen:
        if name in marks.dropped:
            gone |= set(marks.dropped[name])
        elif name in REMEDIES and REMEDIES[name].action == "drop":
            gone |= marks.places(REMEDIES[name].kind)
    return gone


def mark(rows: Sequence[Candidate]) -> Marks:
    """The marks of rows in memory."""
    return examine(lambda: iter(rows))


def usable(rows: Sequence[Candidate], marks: Marks) -> list[Candidate]:
    """The rows worth training on: neither empty nor a repetition."""
    return list(apply(rows, marks))
