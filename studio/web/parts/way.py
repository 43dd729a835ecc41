"""The way through the studio as the start page draws it: the next step, the six stops, the sample."""

from collections.abc import Sequence

import streamlit as st

from studio.sample import Step
from studio.web.menu import entry_titled
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import pill
from studio.web.path import Stop


def next_step(stop: Stop) -> None:
    """The one thing to do now."""
    with st.container(border=True, height="stretch"):
        st.subheader(f"Next: {stop.call.lower()}", anchor=False)
        st.markdown(stop.why)
        if st.button(stop.call, key="start_next", type="primary", icon=":material/arrow_forward:"):
            st.switch_page(entry_titled(stop.page).file)


def all_stops(stops: Sequence[Stop]) -> None:
    with st.grid(6, min_column_width=150, gap="small"):
        for number, stop in enumerate(stops, 1):
            entry = entry_titled(stop.page)
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.page_link(entry.file, label=f"{number}. {stop.name}", icon=f":material/{entry.icon}:")
                if stop.done:
                    st.markdown(f":green-badge[:material/check: {stop.standing}]")
                else:
                    st.markdown(":gray-badge[nothing yet]")


def sample_steps(steps: Sequence[Step]) -> None:
    """What the sample has brought in so far."""
    done = sum(step.state == "done" for step in steps)
    st.progress(done / max(1, len(steps)), text=f"Sample: {done} of {len(steps)} steps done")
    for step in steps:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(pill(step.state), width="content")
            st.markdown(f"**{escaped(step.name)}** {escaped(step.detail)}", width="stretch")
            if step.page and step.state == "done":
                st.page_link(entry_titled(step.page).file, label="Open", icon=":material/arrow_forward:")


def two_ways() -> None:
    """The question the studio exists for, in five lines."""
    look_up, learn = st.columns(2, gap="large")
    with look_up:
        st.markdown("**RAG looks things up.**")
        st.markdown(
            "The answer is written from passages of your documents. Right when facts change, when they are "
            "spread over many documents, and when every answer must show its source."
        )
    with learn:
        st.markdown("**Fine-tuning changes how the model speaks.**")
        st.markdown(
            "The model practises on your questions and answers. Right for a stable trade vocabulary, a fixed "
            "form or tone; it needs many good examples and cannot show where an answer comes from."
        )
