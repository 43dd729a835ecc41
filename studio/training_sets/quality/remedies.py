"""What can be done about each kind of defect, and doing it. Used by pages and by saving a version."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from studio.training_sets.examples import Candidate
from studio.training_sets.quality.marks import Marks
from studio.training_sets.quality.mending import MENDERS, mended

__all__ = ["DEFAULT", "REMEDIES", "Remedy", "apply", "as_done", "changes_rows", "left_out", "mended"]

Action = Literal["drop", "mend"]


@dataclass(frozen=True)
class Remedy:
    """One click against a `kind` of defect; `default`: done unless a person says otherwise.

    `done` is what the step of a draft is called afterwards, with the number of its examples for {rows}.
    """

    kind: str
    label: str
    action: Action
    text: str
    done: str
    default: bool = False


def _left_out(
    kind: str, which: str, text: str = "These rows are left out.", *, default: bool = False
) -> Remedy:
    return Remedy(kind, "Leave out", "drop", text, f"Removed {{rows}} {which}", default)


def _one_kept(kind: str, which: str, *, default: bool = False) -> Remedy:
    return Remedy(
        kind, "Keep one of each", "drop", "The first of each is kept.", f"Removed {{rows}} {which}", default
    )


_MENDABLE = {
    "broken_text": Remedy(
        "broken_text",
        "Repair",
        "mend",
        "Ã© becomes é again; what � or ? was is lost.",
        "Damaged characters repaired in {rows}",
    ),
    "html": Remedy(
        "html",
        "Take tags out",
        "mend",
        "Tags are taken out, lists and paragraphs stay lines.",
        "HTML taken out of {rows}",
    ),
    "personal_data": Remedy(
        "personal_data",
        "Mask",
        "mend",
        "Each is replaced by its kind, such as [email].",
        "Personal data masked in {rows}",
    ),
    "secret": Remedy(
        "secret", "Mask", "mend", "Each is replaced by [secret].", "Passwords and keys masked in {rows}"
    ),
    "special_token": Remedy(
        "special_token",
        "Take apart",
        "mend",
        "<|end|> becomes < |end| >: plain letters.",
        "Control words taken apart in {rows}",
    ),
    "bidi": Remedy(
        "bidi",
        "Take out",
        "mend",
        "Invisible characters are taken out, visible text stays.",
        "Invisible characters taken out of {rows}",
    ),
}
_SHOWN_BY = {
    "broken_text": "with damaged characters",
    "html": "with HTML",
    "personal_data": "with personal data",
    "secret": "with passwords or keys",
    "special_token": "with control words of models",
    "bidi": "with invisible characters",
}
_USUAL = "Of each question the most frequent answer is kept, the newest or last of equally frequent ones."
_NEWEST = "Of each question the answer with the latest date is kept, of equally new ones that furthest down."
_LAST = "These rows have no dates: of each question the answer furthest down is kept."
_THINNED = "Of the commonest answer as many rows are kept as of all others."
_UNTRAINED = "These rows are not trained on."
# the name is the kind, with a word after it where a kind has a second remedy
REMEDIES: dict[str, Remedy] = {
    "unreadable": _left_out("unreadable", "that could not be read", default=True),
    "empty_question": _left_out("empty_question", "without a question", default=True),
    "empty_answer": _left_out("empty_answer", "without an answer", default=True),
    "duplicate": _one_kept("duplicate", "that repeated others", default=True),
    "near_duplicate": _one_kept("near_duplicate", "that nearly repeated others"),
    "contradiction": Remedy(
        "contradiction",
        "Keep the usual answer",
        "drop",
        _USUAL,
        "Removed {rows} that contradicted the usual answer",
    ),
    "contradiction_newest": Remedy(
        "contradiction",
        "Keep the newest answer",
        "drop",
        _NEWEST,
        "Removed {rows} that contradicted the newest answer",
    ),
    "tool_turns": _left_out("tool_turns", "with turns of tools"),
    "one_word_answer": _left_out("one_word_answer", "with an answer of one word"),
    "too_long": _left_out("too_long", "that would be cut", "Rows that would be cut are left out."),
    "mixed_language": _left_out(
        "mixed_language", "in another language", "Rows in other languages are left out."
    ),
    "imbalance": Remedy(
        "imbalance", "Thin it out", "drop", _THINNED, "Removed {rows} with the commonest answer"
    ),
    "leakage": _left_out("leakage", "with a question that is held out", _UNTRAINED),
    "near_leakage": _left_out("near_leakage", "with almost a question that is held out", _UNTRAINED),
    "reworded_leakage": _left_out("reworded_leakage", "with a held-out question in other words", _UNTRAINED),
    "unsupported": _left_out("unsupported", "that no passage supports", "Rows without support are left out."),
    "known": _left_out(
        "known", "that the base model knows already", "Rows that need no training are left out."
    ),
    **_MENDABLE,
    **{f"{kind}_drop": _left_out(kind, which) for kind, which in _SHOWN_BY.items()},
}
DEFAULT = tuple(name for name, remedy in REMEDIES.items() if remedy.default)


def as_done(name: str, facts: Mapping[str, Any]) -> Remedy:
    """The remedy as it works on rows with these facts: where none is dated, the newest answer is the last."""
    if name != "contradiction_newest" or facts.get("dated", True):
        return REMEDIES[name]
    done = "Removed {rows} that contradicted the last answer"
    return replace(REMEDIES[name], label="Keep the last answer", text=_LAST, done=done)


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
