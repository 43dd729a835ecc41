"""The wizard's questions as radio buttons. The answers stand in the address (`?needs_sources=yes`).

So they outlive a reload, and a link can be sent. Streamlit's own binding of widgets to the address would
forbid the links that carry other parameters to other pages.
"""

import re
from dataclasses import fields
from typing import Any

import streamlit as st

from studio.advice.answers import ASKED, Answers, Question
from studio.tuning.estimate import GB
from studio.tuning.forecast import this_host

UNKNOWN = "Don't know"
# Asked only when someone wants to: they refine the advice, they do not decide it.
ABOUT_LIMITS = ("latency_seconds", "data_may_leave_host")


def ask(*, trains: bool) -> Answers:
    """Draw every question; None stands for "don't know". Where there is something to train on, this host's
    GPU is not asked but looked up."""
    said: dict[str, Any] = {field.name: None for field in fields(Answers)}
    main = [question for question in ASKED if question.key not in ABOUT_LIMITS]
    rest = [question for question in ASKED if question.key in ABOUT_LIMITS]
    with st.grid(2, min_column_width=300, gap="small"):
        for number, question in enumerate(main, 1):
            said[question.key] = _one(question, f"{number}. {question.text}")
    with st.expander("About your limits (optional)"), st.grid(2, min_column_width=240):
        for question in rest:
            said[question.key] = _one(question, question.text)
    _write_address(said)
    if trains:
        host = this_host()
        said["gpu_memory_gb"] = round(host.memory / GB, 1) if host.gpu else 0.0
    return Answers.read(said)


def _write_address(said: dict[str, Any]) -> None:
    """Only what was answered."""
    for key, value in said.items():
        if value is None:
            st.query_params.pop(key, None)
        elif st.query_params.get(key) != _spelled(value):
            st.query_params[key] = _spelled(value)


def _spelled(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _start_from_address(question: Question, key: str) -> None:
    """What the address answers is where the question starts; what it cannot mean is passed over."""
    asked = st.query_params.get(question.key)
    if asked is None or key in st.session_state:
        return
    if question.options:
        labels = {_spelled(choice): word for choice, word in question.options}
        if asked in labels:
            st.session_state[key] = labels[asked]
    elif re.fullmatch(r"\d{1,6}(\.\d{1,3})?", asked):
        st.session_state[key] = float(asked)


def _one(question: Question, label: str) -> Any:
    key = f"advice_{question.key}"
    _start_from_address(question, key)
    with st.container(border=True, height="stretch", gap="xsmall"):
        if not question.options:
            value = st.number_input(
                label,
                min_value=0.0,
                value=None,
                placeholder=UNKNOWN,
                key=key,
                persist_state="session",
            )
        else:
            words = {word: choice for choice, word in question.options}
            chosen = st.radio(
                label,
                [UNKNOWN, *words],
                horizontal=True,
                key=key,
                persist_state="session",
            )
            value = words.get(chosen)
        st.caption(f"Why we ask: {question.why}")
    return value
