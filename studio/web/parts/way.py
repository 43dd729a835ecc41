"""The way through the studio as the start page draws it: the next step, the six stops, the sample."""

from collections.abc import Sequence

import streamlit as st

from studio.jobs.worker import has_worker
from studio.sample import Step, load_sample
from studio.store.database import Workspace
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
    """Six tiles; each leads to its page and says what is there."""
    with st.grid(6, min_column_width=150, gap="small"):
        for number, stop in enumerate(stops, 1):
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.page_link(entry_titled(stop.page).file, label=f"**{number}. {stop.name}**")
                if stop.done:
                    st.markdown(f":green-badge[:material/check: {stop.standing}]")
                else:
                    st.markdown(":gray-badge[nothing yet]")


def going_on(steps: Sequence[Step]) -> bool:
    return any(step.state in ("waiting", "working") for step in steps)


def sample_offer(room: Workspace, steps: Sequence[Step]) -> None:
    """Load it, or say that it is there."""
    with st.container(border=True, height="stretch"):
        st.subheader("See it with the sample", anchor=False)
        st.markdown(
            "A made-up trade no model can know: documents, examples and test questions, then a real run and "
            "a real comparison on this machine. It takes some minutes; you can look around meanwhile."
        )
        if not steps and not st.session_state.get("start_asked"):
            if st.button("Load the sample", key="start_sample", icon=":material/download:"):
                load_sample(room)
                st.session_state["start_asked"] = True
                st.rerun()
        elif steps and not going_on(steps):
            st.badge("The sample is in this workspace", icon=":material/check:", color="green")
        else:
            st.badge("The sample is being brought in", icon=":material/progress_activity:", color="blue")


def sample_steps(room: Workspace, steps: Sequence[Step]) -> None:
    """What the sample has brought in so far."""
    if not steps:
        if has_worker(room.settings, "documents"):
            st.progress(0.0, text="Sample: making the library…")
        else:
            st.warning("No worker is running: start everything with `python -m studio up`.")
        return
    done = sum(step.state == "done" for step in steps)
    st.progress(done / len(steps), text=f"Sample: {done} of {len(steps)} steps done")
    for step in steps:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(pill(step.state), width=110)
            st.markdown(f"**{escaped(step.name)}:** {escaped(step.detail)}", width="stretch")
            st.page_link(step.page, label="Open", icon=":material/arrow_forward:")


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
