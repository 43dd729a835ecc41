"""A kept decision: its record to print, what has changed since, and what the one before said otherwise."""

from collections.abc import Sequence

import streamlit as st

from studio.advice.decisions import DecisionView, compared_with, what_changed
from studio.store.database import Workspace
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import ago

SHOWN = 12


def record_links(decision: DecisionView) -> None:
    """The record as a page to print or save, and as text for a report."""
    with st.container(horizontal=True):
        address = f"/decision/{decision.id}"
        st.link_button("Print or save as PDF", f"{address}.html", icon=":material/print:")
        st.link_button("As Markdown", f"{address}.md", icon=":material/download:")


def since_then(room: Workspace, decision: DecisionView, earlier: Sequence[DecisionView]) -> None:
    """Whether its data still are what they were, and how it differs from the decision before it."""
    changed = what_changed(room, decision)
    if changed:
        st.warning(
            "Its data have changed since: get the advice again and keep it, then compare. \n"
            + _bullets(changed),
            icon=":material/update:",
        )
    elif decision.basis:
        st.caption(":material/check: The data it rests on are unchanged.")
    if not earlier:
        return
    before = earlier[0]
    told = compared_with(before, decision)
    with st.expander(f"What changed from decision {before.id} ({ago(before.created_at)}): {len(told)}"):
        st.markdown(_bullets(told[:SHOWN]) if told else "Nothing: both say the same of the same data.")
        if len(told) > SHOWN:
            st.caption(f"and {len(told) - SHOWN} more, in the records")


def _bullets(sentences: Sequence[str]) -> str:
    return "\n".join(f"- {escaped(sentence)}" for sentence in sentences)
