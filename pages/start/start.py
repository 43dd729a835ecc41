"""Where the workspace stands, the one next step, and the sample."""

import streamlit as st

from studio.sample import sample_progress
from studio.web.parts.live import live
from studio.web.parts.way import all_stops, going_on, next_step, sample_offer, sample_steps, two_ways
from studio.web.path import stops
from studio.web.services import room

here = room()
way = stops(here)
steps = sample_progress(here)
asked = bool(st.session_state.get("start_asked"))
moving = going_on(steps) or (asked and not steps)

ahead = [stop for stop in way if not stop.done]
left, right = st.columns(2, gap="medium")
with left:
    next_step(ahead[0] if ahead else way[-1])
with right:
    sample_offer(here, steps)


@live(moving)
def watch_sample() -> None:
    now = sample_progress(here)
    sample_steps(here, now)
    if moving and now and not going_on(now):
        st.rerun(scope="app")


if moving or any(step.state == "failed" for step in steps):
    watch_sample()

st.subheader("Where this workspace stands", anchor=False)
all_stops(way)
st.subheader("Two ways to make a model an expert", anchor=False)
two_ways()
