"""Gives the examples of a version passages of a library, right ones among others, as its next version."""

import streamlit as st

from studio.library.libraries import list_libraries
from studio.store.database import Workspace
from studio.training_sets.building import raft
from studio.training_sets.building.dressing import Dressing
from studio.training_sets.building.work import WorkView
from studio.training_sets.versions import VersionView
from studio.web.menu import TRAINING_SET
from studio.web.parts.choices import choose
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import count, duration, pill

WHAT_FOR = (
    "For a model that will answer from your documents: each example gets the passage that supports its "
    "answer among others that only look right, and the answer cites it. Some get the others alone. What no "
    "passage supports stays out."
)


def passages_beside(room: Workspace, version: VersionView) -> None:
    """The form, and what became of the newest build of this version."""
    newest = newest_build(room, version)
    with st.container(border=True):
        st.markdown("**Passages beside the question**")
        st.caption(WHAT_FOR)
        if newest and newest.active:
            _progress(room, newest)
            return
        if newest:
            _came_to(room, newest)
        _form(room, version)


def newest_build(room: Workspace, version: VersionView) -> WorkView | None:
    """The last time that passages were given to this version."""
    builds = raft.list_builds(room)
    return next((one for one in builds if one.settings.get("version_id") == version.id), None)


def _progress(room: Workspace, work: WorkView) -> None:
    left = f", about {duration(work.seconds_left)} left" if work.seconds_left else ""
    text = f"{work.done:,} of {count(work.wanted, 'example')} searched for{left}. It goes on when you leave."
    st.progress(min(1.0, work.done / max(1, work.wanted)), text=text)
    if not work.stopping and st.button("Stop", key="training_set_raft_stop", icon=":material/stop_circle:"):
        raft.stop(room, work.id)
        st.rerun()


def _came_to(room: Workspace, work: WorkView) -> None:
    if work.state != "succeeded":
        st.markdown(f"{pill(work.state)} {escaped(work.error or '')}")
        if st.button("Try again", key="training_set_raft_retry", icon=":material/refresh:"):
            raft.retry(room, work.id)
            st.rerun(scope="app")
        return
    made = work.made
    given = made[raft.WITH] + made[raft.WITHOUT]
    st.markdown(
        f"{count(given, 'example')} got passages of {escaped(work.library)}, {made[raft.WITHOUT]:,} of them "
        f"others alone; {made[raft.PLAIN]:,} stayed plain and {made[raft.LEFT_OUT]:,} were left out."
    )
    if st.button("Open that version", key="training_set_raft_open", icon=":material/dataset:"):
        st.switch_page(TRAINING_SET.file, query_params={"version": str(made["version_id"])})


def _form(room: Workspace, version: VersionView) -> None:
    filled = [one for one in list_libraries(room) if one.passages]
    if not filled:
        st.caption(":material/info: This needs a library with documents.")
        return
    with st.grid(3, min_column_width=200, vertical_alignment="bottom"):
        library = choose("Library of the passages", filled, "training_set_raft_library", lambda one: one.name)
        others = st.number_input(
            "Other passages", 0, raft.MOST_DISTRACTORS, Dressing.distractors, key="training_set_raft_others"
        )
        without = st.slider(
            "Others alone, %", 0, 90, round(100 * Dressing.share_without), 5, key="training_set_raft_without"
        )
    plain = st.checkbox("Keep what no passage supports, without passages", key="training_set_raft_plain")
    if st.button(
        "Give them passages", key="training_set_raft", icon=":material/library_add:", disabled=not library
    ):
        dressing = Dressing(int(others), without / 100)
        raft.build(room, version.id, library.id if library else 0, dressing, keep_plain=plain)
        st.rerun(scope="app")
