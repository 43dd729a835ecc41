"""The list of comparisons, and one that is still going on."""

from collections.abc import Sequence

import streamlit as st

from studio.approaches import NAMES
from studio.comparison.results import ComparisonView, stop_comparison
from studio.store.database import Workspace
from studio.web.menu import entry_titled
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import ago, duration, pill


def comparison_list(comparisons: Sequence[ComparisonView]) -> None:
    """Newest first, each with the way to it."""
    for comparison in comparisons:
        with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
            with st.container(gap="xxsmall", width="stretch"):
                st.markdown(f"**{escaped(comparison.name)}** {pill(comparison.state)}")
                names = ", ".join(NAMES[approach] for approach in comparison.approaches)
                st.caption(escaped(comparison.headline or f"{names} · {ago(comparison.created_at)}"))
            if st.button("Open", key=f"comparisons_open_{comparison.id}", icon=":material/arrow_forward:"):
                page = entry_titled("Comparisons").file
                st.switch_page(page, query_params={"comparison": str(comparison.id)})


def comparison_head(room: Workspace, comparison: ComparisonView) -> None:
    """Name, state and, while it goes on, how far it is."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(escaped(comparison.name), anchor=False, width="content")
        st.markdown(pill(comparison.state), width="content")
        st.space("stretch")
        if comparison.state in ("queued", "running") and st.button(
            "Stop", key="comparisons_stop", icon=":material/stop_circle:", help="Keeps the answers so far."
        ):
            stop_comparison(room, comparison.id)
            st.rerun()
    if comparison.error:
        st.error(escaped(comparison.error), icon=":material/error:")
    elif comparison.state in ("queued", "running"):
        _progress(comparison)


def _progress(comparison: ComparisonView) -> None:
    said = comparison.progress
    if said.get("waiting_for"):
        st.info(f"Waiting for {escaped(said['waiting_for'])}.", icon=":material/schedule:")
    elif said.get("total"):
        left = f", about {duration(said['seconds_left'])} left" if said.get("seconds_left") else ""
        now = NAMES.get(said.get("approach", ""), "")
        st.progress(
            said["done"] / said["total"],
            text=f"{said['done']} of {said['total']} answers, now {now}{left}",
        )
    else:
        st.info("Waiting for its turn; it goes on when you close this page.", icon=":material/schedule:")
