"""What was measured on the chosen data: each value, which way it pushes, and the way to what is behind it."""

from collections.abc import Sequence

import streamlit as st

from studio.advice.explained import NEITHER, SignalView
from studio.advice.measuring.measurements import Data
from studio.web.menu import TRAINING_SET, entry_titled
from studio.web.parts.recommendation import signal_value
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import count

DOCUMENTS = ("documents", "document_tokens", "answer_coverage", "changed_share")
EXAMPLES = (
    "examples",
    "distinct_answers",
    "same_form",
    "vocabulary_distance",
    "duplicate_share",
    "contradiction_share",
)
COUNTS = ("documents", "document_tokens", "examples", "distinct_answers")


def show_signals(signals: Sequence[SignalView], data: Data) -> None:
    """By where they come from; those that say nothing either way are folded up."""
    if not signals:
        st.caption("Nothing is measured yet: choose a library or a training set above.")
        return
    moving = [one for one in signals if one.direction != NEITHER]
    _group("Your documents", [one for one in moving if one.key in DOCUMENTS], data)
    _group("Your examples", [one for one in moving if one.key in EXAMPLES], data)
    others = [one for one in moving if one.key not in (*DOCUMENTS, *EXAMPLES)]
    _group("Search and the base model", others, data)
    silent = [one for one in signals if one.direction == NEITHER]
    if silent:
        said = count(len(silent), "value says", "values say")
        with st.expander(f"{said} nothing either way", key="advice_other_signals"):
            for one in silent:
                _signal(one)


def _group(title: str, signals: Sequence[SignalView], data: Data) -> None:
    if not signals:
        return
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{title}**", width="content")
        _behind(signals[0], data)
    for one in signals:
        _signal(one)


def _signal(one: SignalView) -> None:
    size = f" (n = {one.n:,})" if one.n and one.key not in COUNTS else ""
    value, name = signal_value(one.key, one.value), escaped(one.name.removeprefix("share "))
    value = escaped(f"{value.capitalize()}:" if isinstance(one.value, bool) else value)
    badge = "" if one.direction == NEITHER else f" :blue-badge[{escaped(one.direction)}]"
    st.markdown(f"**{value}** {name}{size}{badge}  \n:small[:gray[{escaped(one.sentence)}]]")


def _behind(one: SignalView, data: Data) -> None:
    """The way to the documents, the rows or the search; what the model was asked stands on this page."""
    if one.key in DOCUMENTS and data.library_id:
        file, label, named = entry_titled("Documents").file, "See the documents", {"library": data.library_id}
    elif one.key in EXAMPLES and data.version_id:
        file, label, named = TRAINING_SET.file, "See the rows", {"version": data.version_id}
    elif data.library_id:
        file, label, named = entry_titled("Search lab").file, "Try the search", {"library": data.library_id}
    else:
        return
    st.page_link(
        file,
        label=label,
        query_params={name: str(one) for name, one in named.items()},
        icon=":material/visibility:",
        width="content",
    )
