"""A judge for a comparison: which server and model, how far it is. Drawn below a finished comparison."""

import streamlit as st

from studio.comparison.judging import Judging, judging_of, start_judging, stop_judging
from studio.comparison.results import ComparisonView
from studio.engine.addresses import JUDGE_KEY, JUDGE_URL, key_for, normalised_url, where_to_put_the_key
from studio.errors import StudioError
from studio.store.database import Workspace
from studio.web.parts.live import live
from studio.web.parts.safe_text import escaped, with_code

ABOUT = (
    "A larger model can say which of two answers it finds better; it is asked twice, with the answers "
    "swapped. What it says stands beside the other scores and never decides. Questions, references and "
    "answers are sent to its server."
)


def judging(room: Workspace, comparison: ComparisonView) -> None:
    """In the state it is in; folded up where nobody asked for it."""
    found = judging_of(room, comparison.id)
    with st.expander("Let a judge read the answers", expanded=found is not None, key="comparisons_judging"):
        if found and found.active:
            _watch(room, comparison.id)
            return
        _ended(found)
        _form(room, comparison.id, found)


def _watch(room: Workspace, comparison_id: int) -> None:
    @live(True, seconds=2.0)
    def moving() -> None:
        now = judging_of(room, comparison_id)
        if now is None or not now.active:
            st.rerun(scope="app")
        share = now.done / now.total if now.total else 0.0
        said = f"{now.done} of {now.total} questions judged" if now.total else "Waiting for its turn"
        st.progress(share, text=f"{said} by {escaped(now.model)}")
        if now.stop:
            st.caption("Stopping after the questions it is at…")
        elif st.button("Stop judging", key="comparisons_judge_stop", icon=":material/stop_circle:"):
            stop_judging(room, comparison_id)
            st.rerun(scope="fragment")

    moving()


def _ended(found: Judging | None) -> None:
    if found is None:
        return
    if found.state == "succeeded":
        st.caption(
            f":material/check: {escaped(found.model)} has read the answers: choose “Judge prefers” above."
        )
    elif found.state == "stopped":
        st.info(
            f"Stopped after {found.done} of {found.total} questions. They are kept.", icon=":material/info:"
        )
    else:
        st.error(escaped(found.error or "Judging has failed."), icon=":material/error:")


def _form(room: Workspace, comparison_id: int, last: Judging | None) -> None:
    st.caption(ABOUT)
    with st.grid(2, min_column_width=240):
        url = st.text_input(
            "Its address",
            last.url if last else "",
            placeholder="https://host/v1",
            key="comparisons_judge_url",
            help="Any server that speaks OpenAI's protocol.",
        )
        model = st.text_input("Its model", last.model if last else "", key="comparisons_judge_model")
    _key(room, str(url))
    going_on = last is not None and last.state != "succeeded"
    label = "Go on judging" if going_on else "Ask the judge"
    if st.button(label, key="comparisons_judge_start", disabled=not (url and model), icon=":material/gavel:"):
        try:
            start_judging(room, comparison_id, str(url), str(model))
        except StudioError as error:
            st.warning(escaped(str(error)), icon=":material/info:")
        else:
            st.rerun()


def _key(room: Workspace, url: str) -> None:
    """Whether there is a key for this address, and where one is put; never the key."""
    if not url:
        return
    try:
        address = normalised_url(url)
        there = key_for(address, room.settings.data)
    except StudioError as error:
        st.warning(escaped(str(error)), icon=":material/info:")
        return
    if there:
        st.caption(":material/key: A key for this address is there. It goes to no other, and is never shown.")
        return
    place = where_to_put_the_key(address, room.settings.data, (JUDGE_URL, JUDGE_KEY))
    st.caption(with_code(f"If it wants a key: {place}."))
