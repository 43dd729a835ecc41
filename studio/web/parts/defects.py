"""What a quality report says to people: one verdict, then each kind of defect and its remedy."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from studio.training_sets.quality.remedies import REMEDIES, Remedy, as_done
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import count, pill

NAMES = {
    "unreadable": "Rows that cannot be read",
    "empty_question": "Empty questions",
    "empty_answer": "Empty answers",
    "duplicate": "Duplicates",
    "near_duplicate": "Near duplicates",
    "contradiction": "Same question, different answers",
    "one_word_answer": "One-word answers",
    "too_long": "Too long",
    "broken_text": "Damaged characters",
    "html": "HTML in the text",
    "mixed_language": "Another language",
    "imbalance": "One answer prevails",
    "personal_data": "Personal data",
    "secret": "Passwords and keys",
    "special_token": "Control words of models",
    "bidi": "Invisible characters",
    "tool_turns": "Turns of tools",
    "leakage": "Also among the held-out questions",
    "near_leakage": "Almost a held-out question",
    "reworded_leakage": "A held-out question in other words",
    "unsupported": "Not supported by the library",
    "known": "Known already",
    "few_rows": "Few examples",
}
# of the whole set, not of single rows: shown in the verdict
OF_THE_WHOLE = ("few_rows",)


@dataclass(frozen=True)
class Defect:
    """A finding of a stored report."""

    kind: str
    count: int
    share: float
    rows: Sequence[int]
    text: str
    facts: Mapping[str, Any]

    @property
    def name(self) -> str:
        return NAMES.get(self.kind, self.kind.replace("_", " ").capitalize())

    @property
    def remedies(self) -> list[tuple[str, Remedy]]:
        """The remedies against it, by their names."""
        found = [name for name, remedy in REMEDIES.items() if remedy.kind == self.kind]
        return [(name, as_done(name, self.facts)) for name in found]


def defects_of(report: Mapping[str, Any]) -> list[Defect]:
    """Those that single rows show, in the order of the report."""
    facts = report.get("facts", {})
    found = [
        Defect(one["kind"], one["count"], one["share"], tuple(one["rows"]), one["text"], facts)
        for one in report.get("findings", ())
    ]
    return [one for one in found if one.kind not in OF_THE_WHOLE]


def verdict(report: Mapping[str, Any]) -> None:
    """Enough, thin or not usable, and why, before any figure."""
    st.markdown(f"{pill(str(report.get('verdict', '')))} **{escaped(str(report.get('why', '')))}**")


def show_defects(
    found: Sequence[Defect], remedy: Callable[[Defect], None], rows: Callable[[Defect], None]
) -> None:
    """A card for each; `remedy` draws what can be done about it, `rows` what shows it, once asked for."""
    if not found:
        st.markdown(":green-badge[:material/check: nothing was found in the rows]")
        return
    with st.grid(2, min_column_width=340, gap="small"):
        for defect in found:
            with st.container(border=True, gap="xsmall", height="stretch"):
                st.markdown(f"**{defect.name}** · {count(defect.count, 'row')} · {share(defect.share)}")
                st.caption(escaped(defect.text))
                remedy(defect)
                if defect.rows:
                    rows(defect)


def share(part: float) -> str:
    """A share as people read it; what is there is never called nothing."""
    return "under 0.1 %" if 0 < part < 0.001 else f"{part:.1%}".replace("%", " %")
