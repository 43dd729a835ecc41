"""What can be done about each kind of defect, and doing it. Used by pages and by saving a version."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from studio.training_sets.examples import Candidate
from studio.training_sets.quality.marks import Marks
from studio.training_sets.quality.mending import MENDERS, mended

__all__ = ["DEFAULT", "REMEDIES", "Remedy", "apply", "changes_rows", "left_out", "mended"]

Action = Literal["drop", "mend"]


@dataclass(frozen=True)
class Remedy:
    """One click against a `kind` of defect; `default`: done unless a person says otherwise."""

    kind: str
    label: str
    action: Action
    text: str
    default: bool = False


_LEAVE = "Leave out"
_MENDABLE = {
    "broken_text": Remedy("broken_text", "Repair", "mend", "Ã© becomes é again; what � was is lost."),
    "html": Remedy("html", "Take tags out", "mend", "Tags are taken out, lists and paragraphs stay lines."),
    "personal_data": Remedy(
        "personal_data", "Mask", "mend", "Each is replaced by its kind, such as [email]."
    ),
    "secret": Remedy("secret", "Mask", "mend", "Each is replaced by [secret]."),
    "special_token": Remedy(
        "special_token", "Take apart", "mend", "<|end|> becomes < |end| >: plain letters."
    ),
    "bidi": Remedy("bidi", "Take out", "mend", "Invisible characters are taken out, visible text stays."),
}
# the name is the kind, with a word after it where a kind has a second remedy
REMEDIES: dict[str, Remedy] = {
    "unreadable": Remedy("unreadable", _LEAVE, "drop", "These rows are left out.", default=True),
    "empty_question": Remedy("empty_question", _LEAVE, "drop", "These rows are left out.", default=True),
    "empty_answer": Remedy("empty_answer", _LEAVE, "drop", "These rows are left out.", default=True),
    "duplicate": Remedy("duplicate", "Keep one of each", "drop", "The first of each is kept.", default=True),
    "near_duplicate": Remedy("near_duplicate", "Keep one of each", "drop", "The first of each is kept."),
    "contradiction": Remedy(
        "contradiction",
        "Keep the usual answer",
        "drop",
        "Of each question the most frequent answer is kept, the newest of equally frequent ones.",
    ),
    "contradiction_newest": Remedy(
        "contradiction",
        "Keep the newest answer",
        "drop",
        "Of each question the answer with the latest date is kept; without dates, the one furthest down.",
    ),
    "one_word_answer": Remedy("one_word_answer", _LEAVE, "drop", "These rows are left out."),
    "too_long": Remedy("too_long", _LEAVE, "drop", "Rows that would be cut are left out."),
    "mixed_language": Remedy("mixed_language", _LEAVE, "drop", "Rows in other languages are left out."),
    "imbalance": Remedy(
        "imbalance", "Thin it out", "drop", "Of the commonest answer as many rows are kept as of all others."
    ),
    "leakage": Remedy("leakage", _LEAVE, "drop", "These rows are not trained on."),
    "near_leakage": Remedy("near_leakage", _LEAVE, "drop", "These rows are not trained on."),
    "unsupported": Remedy("unsupported", _LEAVE, "drop", "Rows without support are left out."),
    "known": Remedy("known", _LEAVE, "drop", "Rows that need no training are left out."),
    **_MENDABLE,
    **{f"{kind}_drop": Remedy(kind, _LEAVE, "drop", "These rows are left out.") for kind in _MENDABLE},
}
DEFAULT = tuple(name for name, remedy in REMEDIES.items() if remedy.default)


def apply(rows: Iterable[Candidate], marks: Marks, chosen: Collection[str] = DEFAULT) -> Iterator[Candidate]:
    """The rows after the chosen remedies, in order; names that are no remedies change nothing.

    Mending finds what is to be mended by itself, so that it reaches rows added since the marks were made.
    """
    gone = left_out(marks, chosen)
    kinds = [name for name in chosen if name in MENDERS]
    last, turn = None, 0
    for row in rows:
        turn = turn + 1 if row.number == last else 0
        last = row.number
        if (row.number, turn) not in gone:
            yield mended(row, kinds) if kinds else row


def left_out(marks: Marks, chosen: Collection[str] = DEFAULT) -> set[tuple[int, int]]:
    """Row number and turn of every example that the chosen remedies drop."""
    gone: set[tuple[int, int]] = set()
    for name in chosen:
        if name in marks.dropped:
            gone |= set(marks.dropped[name])
        elif name in REMEDIES and REMEDIES[name].action == "drop":
            gone |= marks.places(REMEDIES[name].kind)
    return gone


def changes_rows(marks: Marks, chosen: Collection[str]) -> bool:
    """Whether the chosen remedies drop or mend any of the marked rows."""
    return bool(left_out(marks, chosen)) or any(marks.rows.get(name) for name in chosen if name in MENDERS)
