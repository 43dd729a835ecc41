"""Where the workspace stands, the one next step, and the sample."""

import streamlit as st

from studio.sample import load_sample, sample_progress
from studio.web.parts.live import live
from studio.web.parts.way import all_stops, next_step, sample_steps, two_ways
from studio.web.path import stops
from studio.web.services import room

here = room()
way = stops(here)
steps = sample_progress(here)
moving = any(step.state in ("waiting", "working") for step in steps)

ahead = [stop for stop in way if not stop.done]
left, right = st.columns(2, gap="medium")
with left:
    next_step(ahead[0] if ahead else way[-1])
with right, st.container(border=True, height="stretch"):
    st.subheader("See it with the sample", anchor=False)
    st.markdown(
        "A made-up trade no model can know: documents, examples and test questions, a run and a finished "
        "comparison. It takes a few minutes and you can look around meanwhile."
    )
    if not steps and st.button("Load the sample", key="start_sample", icon=":material/download:"):
        load_sample(here)
        st.rerun()
    if steps and not moving:
        st.badge("The sample is in this workspace", icon=":material/check:", color="green")


@live(moving)
def watch_sample() -> None:
    now = sample_progress(here)
    sample_steps(now)
    if moving and not any(step.state in ("waiting", "working") for step in now):
        st.rerun(scope="app")


if steps:
    watch_sample()

st.subheader("Where this workspace stands", anchor=False)
all_stops(way)
st.subheader("Two ways to make a model an expert", anchor=False)
two_ways()
