"""The pilot on the advice page: what it will do, how far it is, what came of it."""

from dataclasses import replace
from typing import Any

import streamlit as st

from studio.advice.piloting.pilots import PilotView, get_pilot, list_pilots
from studio.advice.piloting.requests import (
    FEWEST_MINUTES,
    FEWEST_QUESTIONS,
    MOST_QUESTIONS,
    PilotRequest,
    resume_pilot,
    start_pilot,
    stop_pilot,
)
from studio.advice.piloting.size import PilotSize
from studio.advice.piloting.stages import RAFT_VERSION
from studio.advice.piloting.watching import DONE, WORKING, StageView, seconds_left, stages_of
from studio.errors import BadInput
from studio.store.database import Workspace
from studio.web.menu import entry_titled
from studio.web.parts.charts import learning_curve
from studio.web.parts.live import live
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import ago, duration

MOST_MINUTES_HERE = 120.0
MARKS = {DONE: ":material/check_circle:", WORKING: ":material/pending:"}


def going_on(room: Workspace) -> None:
    """The pilot that is under way with what it is at; nothing where none is. Drawn above all else."""
    going = next((one for one in list_pilots(room) if one.active), None)
    if going:
        st.subheader("A pilot is under way", anchor=False)
        _watch(room, going)


def prove(room: Workspace, request: PilotRequest, proof: int | None) -> None:
    """The newest pilot of what is chosen and the way to start one, where none is going on.

    `proof`: the comparison that the advice follows already.
    """
    pilots = list_pilots(room)
    if any(one.active for one in pilots):
        return
    mine = next((one for one in pilots if is_about(one, request.version_id, request.library_id)), None)
    st.subheader("Prove it on your own questions", anchor=False)
    if mine:
        _ended(room, mine, proof)
        request = replace(request, version_id=mine.version_id)
    _start(room, request, again=mine is not None)


def begin(room: Workspace, request: PilotRequest) -> None:
    """Start a pilot, or say what it needs first."""
    try:
        start_pilot(room, request)
    except BadInput as error:
        st.warning(escaped(str(error)), icon=":material/info:")
    else:
        st.rerun()


def is_about(pilot: PilotView, version_id: int | None, library_id: int | None) -> bool:
    """Its version with passages is a newer one of the same training set: that is the same data."""
    return version_id in (pilot.version_id, pilot.made.get(RAFT_VERSION)) and pilot.library_id == library_id


def _start(room: Workspace, request: PilotRequest, *, again: bool) -> None:
    with st.form("advice_pilot", border=True):
        st.markdown(
            "A pilot trains small adapters on your examples, lets the base model, RAG, the fine-tuned model "
            "and both together answer questions that were held out, and derives the advice again from what "
            "it measured. You can close this page meanwhile."
        )
        with st.grid(2, min_column_width=220):
            questions = st.number_input(
                "Questions to ask",
                FEWEST_QUESTIONS,
                MOST_QUESTIONS,
                PilotSize.questions,
                key="advice_pilot_questions",
                help="30 to 100 tell most differences; more take longer.",
            )
            minutes = st.number_input(
                "About how many minutes",
                FEWEST_MINUTES,
                MOST_MINUTES_HERE,
                PilotSize.minutes,
                step=5.0,
                format="%g",
                key="advice_pilot_minutes",
                help="Training gets as many steps as fit.",
            )
        started = st.form_submit_button(
            "Run another pilot" if again else "Run a pilot",
            key="advice_pilot_start",
            type="secondary" if again else "primary",
            icon=":material/science:",
        )
    if started:
        begin(room, replace(request, size=PilotSize(int(questions), float(minutes))))


def _watch(room: Workspace, pilot: PilotView) -> None:
    @live(True, seconds=2.0)
    def moving() -> None:
        now = get_pilot(room, pilot.id)
        if not now.active:
            st.rerun(scope="app")
        with st.container(border=True):
            _stages(stages_of(room, now))
            if now.stopping:
                st.caption("Stopping after what it is at…")
            elif st.button("Stop the pilot", key="advice_pilot_stop", icon=":material/stop_circle:"):
                stop_pilot(room, now.id)
                st.rerun(scope="fragment")

    moving()


def _stages(stages: list[StageView]) -> None:
    """One line for each; the one under way with its bar."""
    left, done = seconds_left(stages), sum(stage.share for stage in stages)
    st.progress(done / len(stages), text=f"About {duration(left)} left (an estimate)")
    for stage in stages:
        mark = MARKS.get(stage.state, ":material/radio_button_unchecked:")
        share = f" · {stage.share:.0%}" if stage.state == WORKING and stage.share else ""
        text = f"{mark} {stage.name}{share}"
        st.markdown(text if stage.state == WORKING else f":gray[{text}]")


def _ended(room: Workspace, pilot: PilotView, proof: int | None) -> None:
    with st.container(border=True):
        if pilot.recommendation is None:
            _unfinished(room, pilot)
            return
        found = pilot.recommendation
        st.markdown(f"**{escaped(found['title'])}**")
        if pilot.comparison_id != proof:  # else the advice above says it already
            st.markdown(escaped(found["pilot_says"]))
        _curve(found["pilot"])
        st.caption(f"Pilot of {ago(pilot.created_at)}, {found['pilot']['questions']} questions")
        with st.container(horizontal=True):
            ids = {"library": pilot.library_id, "version": pilot.version_id}
            named = {name: str(one) for name, one in ids.items() if one}
            measured = {**named, "comparison": str(pilot.comparison_id)}
            if pilot.comparison_id != proof and st.button(
                "Take it as the proof", key="advice_pilot_take", type="primary"
            ):
                st.switch_page(entry_titled("Advice").file, query_params=measured)
            if st.button("Read all answers", key="advice_pilot_read", icon=":material/balance:"):
                st.switch_page(
                    entry_titled("Comparisons").file, query_params={"comparison": measured["comparison"]}
                )


def _unfinished(room: Workspace, pilot: PilotView) -> None:
    if pilot.state == "failed":
        st.error(escaped(pilot.error or "The pilot failed."), icon=":material/error:")
    else:
        st.info("The pilot was stopped. What it trained and asked is kept.", icon=":material/info:")
    if st.button("Go on with it", key="advice_pilot_resume", icon=":material/play_arrow:"):
        resume_pilot(room, pilot.id)
        st.rerun()


def _curve(report: dict[str, Any]) -> None:
    """Whether more examples would help, as a line and in words."""
    if len(report["learning_curve"]) > 1:
        st.vega_lite_chart(
            spec=learning_curve(report["learning_curve"]),
            alt="Held-out loss by the number of examples trained on",
            key="advice_pilot_curve",
        )
        st.caption(escaped(report["curve_says"]))
    if report.get("without_raft"):
        st.caption(
            "No adapter was trained with passages in its prompts, so “both” combines the two as they are: "
            + escaped(report["without_raft"])
        )
