"""What a sample of a version shows: how much the base model knows, a library supports, or is held out."""

import streamlit as st

from studio.library.libraries import list_libraries
from studio.store.database import Workspace
from studio.training_sets import drafts
from studio.training_sets.building import probing
from studio.training_sets.building.probing import Kind, ProbeView
from studio.training_sets.versions import VersionView
from studio.web.parts.choices import choose
from studio.web.parts.raft import newest_build, passages_beside
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import count, duration, pill

TITLES: dict[Kind, str] = {
    "known": "Known already",
    "support": "Supported by your documents",
    "reworded": "Held-out questions in other words",
}
MEANING: dict[Kind, str] = {
    "known": "The base model is asked before any training. What it answers right teaches it nothing new.",
    "support": "Answers are compared with the passages of a library. What no passage supports may be wrong, "
    "and teaches the model to make things up.",
    "reworded": "Questions and answers are compared by meaning with those held out or in question sets. "
    "An example that asks such a question in other words makes scores flatter.",
}
SAID: dict[Kind, str] = {
    "known": "are answered right by the base model already",
    "support": "are supported by a passage",
    "reworded": "ask in other words what is held out for measuring",
}
REMOVAL: dict[Kind, str] = {
    "known": "Remove the known ones",
    "support": "Remove the unsupported ones",
    "reworded": "Remove the reworded ones",
}


def probes(room: Workspace, version: VersionView) -> None:
    """The probes at this moment, and the passages beside; safe to draw again while one is under way."""
    with st.grid(2, min_column_width=340):
        for kind in probing.KINDS:
            with st.container(border=True, height="stretch"):
                st.markdown(f"**{TITLES[kind]}**")
                st.caption(MEANING[kind])
                _probe(room, version, kind)
    passages_beside(room, version)


def under_way(room: Workspace, version: VersionView) -> bool:
    """Whether something of what this draws is moving."""
    found = (probing.find_probe(room, version.id, kind) for kind in probing.KINDS)
    return any(one is not None and one.active for one in (*found, newest_build(room, version)))


def _probe(room: Workspace, version: VersionView, kind: Kind) -> None:
    probe = probing.find_probe(room, version.id, kind)
    if probe and probe.active:
        _progress(probe)
        if not probe.stopping and st.button(
            "Stop", key=f"training_set_stop_{kind}", icon=":material/stop_circle:"
        ):
            probing.stop(room, version.id, kind)
            st.rerun()
        return
    if probe:
        _result(probe)
        if probe.positions and st.button(
            f"{REMOVAL[kind]} ({len(probe.positions):,})",
            key=f"training_set_drop_{kind}",
            icon=":material/filter_alt_off:",
            help="Only those of the sample; it becomes a step that can be undone.",
        ):
            probing.drop(room, drafts.open_draft(room, version.id).id, version.id, kind)
            st.rerun(scope="app")
    _start(room, version, kind, probe)


def _progress(probe: ProbeView) -> None:
    left = f", about {duration(probe.seconds_left)} left" if probe.seconds_left else ""
    waiting = "Waiting for its turn: " if probe.state == "queued" else ""
    st.progress(
        min(1.0, probe.done / max(1, probe.sample)),
        text=f"{waiting}{probe.done} of {count(probe.sample, 'example')}{left}. It goes on when you leave.",
    )


def _result(probe: ProbeView) -> None:
    """The share with its interval and how many it is a share of."""
    found = probe.share
    if probe.state != "succeeded":
        st.markdown(pill(probe.state))
    if probe.error:
        st.markdown(f":red[{escaped(probe.error)}]")
    if found.share is None:
        if probe.state == "succeeded":
            st.caption("None of the sampled answers could be judged.")
        return
    share, low, high = (f"{part:.0%}".replace("%", " %") for part in (found.share, found.low, found.high))
    st.metric(TITLES[probe.kind], share, label_visibility="collapsed")
    by = probe.model or probe.library
    st.markdown(
        f"{share} of {count(found.sample, 'sampled example')} {SAID[probe.kind]} "
        f"(95 % interval {low} to {high}{', ' + escaped(by) if by else ''})."
    )


def _start(room: Workspace, version: VersionView, kind: Kind, last: ProbeView | None) -> None:
    library = None
    if kind == "support":
        filled = [one for one in list_libraries(room) if one.passages]
        if not filled:
            st.caption(":material/info: This needs a library with documents.")
            return
        library = choose("Library", filled, "training_set_library", lambda one: one.name)
    usual = probing.LARGEST if kind == "reworded" else probing.SAMPLE
    sample = st.number_input(
        "How many examples",
        1,
        min(probing.LARGEST, version.examples),
        min(last.sample if last else usual, version.examples),
        key=f"training_set_sample_{kind}_{version.id}",
        help="More take longer and narrow the interval.",
    )
    if st.button(
        "Measure again" if last else "Measure",
        key=f"training_set_probe_{kind}",
        icon=":material/experiment:",
        disabled=kind == "support" and library is None,
    ):
        probing.start(room, version.id, kind, int(sample), library.id if library else None)
        st.rerun(scope="app")
