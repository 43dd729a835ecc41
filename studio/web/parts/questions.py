"""The wizard's questions as a form of radio buttons; the answers are kept as a draft while the tab lives."""

from dataclasses import fields
from typing import Any

import streamlit as st

from studio.advice.answers import QUESTIONS, Answers, Question

UNKNOWN = "Don't know"
# Asked only when someone wants to: they refine the advice, they do not decide it.
ABOUT_THE_MACHINE = ("latency_seconds", "data_may_leave_host", "gpu_memory_gb")


def ask() -> Answers:
    """Draw every question; None stands for "don't know"."""
    said: dict[str, Any] = {field.name: None for field in fields(Answers)}
    main = [question for question in QUESTIONS if question.key not in ABOUT_THE_MACHINE]
    rest = [question for question in QUESTIONS if question.key in ABOUT_THE_MACHINE]
    with st.grid(2, min_column_width=300, gap="small"):
        for number, question in enumerate(main, 1):
            said[question.key] = _one(question, f"{number}. {question.text}")
    with st.expander("About your machine and limits (optional)"), st.grid(3, min_column_width=240):
        for question in rest:
            said[question.key] = _one(question, question.text)
    return Answers.read(said)


def _one(question: Question, label: str) -> Any:
    with st.container(border=True, height="stretch", gap="xsmall"):
        if not question.options:
            value = st.number_input(
                label,
                min_value=0.0,
                value=None,
                placeholder=UNKNOWN,
                key=f"advice_{question.key}",
                persist_state="session",
            )
        else:
            words = {word: choice for choice, word in question.options}
            chosen = st.radio(
                label,
                [UNKNOWN, *words],
                horizontal=True,
                key=f"advice_{question.key}",
                persist_state="session",
            )
            value = words.get(chosen)
        st.caption(f"Why we ask: {question.why}")
    return value
