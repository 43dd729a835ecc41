"""The questions of a comparison one by one: filters, who got what right, and all answers side by side."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from studio.approaches import NAMES, in_order
from studio.comparison.filters import ALL, filters, is_right
from studio.web.parts.comparison_words import short_name, shown
from studio.web.parts.safe_text import escaped

MARKS = {True: "✓", False: "–", None: ""}
TOLD = ("content_f1", "token_f1", "label_right", "figures_right", "similarity", "refusal_right")


def show_answers(report: dict[str, Any]) -> None:
    """A table of all questions; the selected one in full below it."""
    st.subheader("Question by question", anchor=False)
    approaches = in_order(report["approaches"])
    kept = _filtered(report["answers"], approaches)
    st.caption(
        "✓: the right label or figures, or half of the words where there are none. "
        "Select a row to read all answers with their sources."
    )
    event = st.dataframe(
        [_row(report["answers"][at], approaches) for at in kept],
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key="comparisons_answers",
        alt="The questions, and which approach got each of them right",
    )
    for position in [one for one in event.selection.rows[:1] if one < len(kept)]:
        _one_question(report["answers"][kept[position]], approaches)


def _filtered(answers: Sequence[dict[str, Any]], approaches: Sequence[str]) -> list[int]:
    found = filters(answers, approaches)
    chosen = st.pills(
        "Show",
        list(found),
        format_func=lambda name: f"{name} ({len(found[name])})",
        default=ALL if ALL in found else None,
        key="comparisons_filter",
    )
    return found.get(chosen or ALL, [])


def _row(answer: dict[str, Any], approaches: Sequence[str]) -> dict[str, str]:
    marks = {NAMES[name]: MARKS[is_right(answer, name)] for name in approaches}
    return {
        "Question": answer["question"],
        **marks,
        "Reference": answer["reference"] or "not answerable",
    }


def _one_question(answer: dict[str, Any], approaches: Sequence[str]) -> None:
    with st.container(border=True):
        st.markdown(f"**{escaped(answer['question'])}**")
        st.markdown(f"Reference: {escaped(answer['reference'] or 'not answerable from the documents')}")
        with st.grid(2, min_column_width=280):
            for approach in approaches:
                with st.container(border=True):
                    mark = " :green-badge[right]" if is_right(answer, approach) else ""
                    st.markdown(f"**{NAMES[approach]}**{mark}{_scores(answer, approach)}")
                    st.text(answer.get(approach) or "–")
        _sources(answer)


def _sources(answer: dict[str, Any]) -> None:
    """What was found for it: the same for all approaches that read passages."""
    found: list[dict[str, Any]] = next(iter((answer.get("sources") or {}).values()), [])
    if not found:
        return
    st.markdown("**Passages found**")
    for number, source in enumerate(found, start=1):
        name = escaped(source["title"] or source["document"])
        with st.expander(f"{number}. {name} · nearness {source['cosine']:.2f}"):
            st.text(source["text"])


def _scores(answer: dict[str, Any], approach: str) -> str:
    scores = (answer.get("scores") or {}).get(approach) or {}
    parts = [f"{short_name(m).lower()} {shown(m, v)}" for m, v in scores.items() if m in TOLD]
    return f"  \n:small[:gray[{' · '.join(parts)}]]" if parts else ""
