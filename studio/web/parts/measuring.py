"""Measuring with the model on the advice page: what it will do, how far it is, the questions behind it."""

from typing import Any

import streamlit as st

from studio.advice.measuring.measurements import (
    Data,
    MeasurementView,
    find_measurement,
    get_measurement,
    stop_measuring,
)
from studio.advice.measuring.requests import start_measuring
from studio.comparison.verdict import METRIC_NAMES
from studio.store.database import Workspace
from studio.web.menu import PASSAGE
from studio.web.parts.live import live
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import ago, count, duration

WHAT = (
    "The base model answers up to 40 of your questions, without passages and with the right ones; wrong ones "
    "beside show whether it uses what it reads. Then answers are copied from the most similar example. This "
    "takes 1 to 3 minutes; you can close the page meanwhile."
)
COLUMNS = {
    "question": "Question",
    "reference": "Right answer",
    "closed": "Without passages",
    "oracle": "With the right ones",
    "found": "Search finds it",
}
COPIED = {
    "question": "Question",
    "reference": "Right answer",
    "copied": "Copied answer",
    "copied_from": "From the example",
    "copied_score": "Score",
}


def measure_more(room: Workspace, data: Data) -> None:
    """The measurement of what is chosen, in the state it is in."""
    if data.version_id is None and data.question_set_id is None:
        st.caption(":material/info: With a training set or questions the model itself can be measured too.")
        return
    found = find_measurement(room, data)
    if found and found.active:
        _watch(room, found)
        return
    if found and found.state == "succeeded":
        _behind(found)
        return
    with st.container(border=True):
        _ended(found)
        label = "Go on measuring" if found else "Measure with the model"
        if st.button(label, key="advice_measure", icon=":material/experiment:"):
            start_measuring(room, data)
            st.rerun()


def _ended(found: MeasurementView | None) -> None:
    if found is None:
        st.markdown(WHAT)
    elif found.state == "failed":
        st.error(escaped(found.error or "Measuring has failed."), icon=":material/error:")
    else:
        asked = count(len(found.results.get("rows", [])), "question")
        st.info(f"Measuring was stopped after {asked}. What is answered counts.", icon=":material/info:")


def _watch(room: Workspace, found: MeasurementView) -> None:
    @live(True, seconds=1.5)
    def moving() -> None:
        now = get_measurement(room, found.id)
        if not now.active:
            st.rerun(scope="app")
        with st.container(border=True):
            said = now.progress
            done, total = said.get("done", 0), max(1, said.get("total", 1))
            left = said.get("seconds_left")
            stage = said.get("stage") or "Waiting for its turn"
            time = f", about {duration(left)} left" if left else ""
            st.progress(min(1.0, done / total), text=f"{stage}: {done} of {total}{time}")
            if now.stopping:
                st.caption("Stopping after what it is at…")
            elif st.button("Stop measuring", key="advice_measure_stop", icon=":material/stop_circle:"):
                stop_measuring(room, now.id)
                st.rerun(scope="fragment")

    moving()


def _behind(found: MeasurementView) -> None:
    rows, nearest = found.results.get("rows", []), found.results.get("nearest", [])
    asked, when = count(len(rows), "question"), ago(found.finished_at)
    st.caption(
        f":material/check: The model was measured {when} on {asked}; the same data are not measured twice."
    )
    with st.expander("The questions behind it", key="advice_measured_rows"):
        told, copied = st.tabs(["Asked of the model", "Copied from examples"])
        with told:
            metric = found.results.get("metric", "")
            scored = METRIC_NAMES.get(metric, metric)
            st.caption(f"Scored by {scored}. Select a row to open the passages that hold its answer.")
            _passages(rows, _table(rows, COLUMNS, f"advice_asked_rows_{found.id}"))
        with copied:
            _table(nearest, COPIED, f"advice_copied_rows_{found.id}")


def _table(rows: list[dict[str, Any]], columns: dict[str, str], key: str) -> list[int]:
    shown = [{name: row.get(part, "") for part, name in columns.items()} for row in rows]
    event = st.dataframe(
        shown, hide_index=True, on_select="rerun", selection_mode="single-row", key=key, height=320,
        alt="Questions, right answers and what was answered",
    )  # fmt: skip
    return list(event.selection.rows)


def _passages(rows: list[dict[str, Any]], selected: list[int]) -> None:
    # a selection outlives rows that are gone
    for at in [at for at in selected if at < len(rows)][:1]:
        passages = rows[at]["passages"]
        if not passages:
            st.caption("No passage was found that holds this answer.")
        with st.container(horizontal=True):
            for number, passage in enumerate(passages, 1):
                st.page_link(
                    PASSAGE.file,
                    label=f"Passage {number}",
                    query_params={"id": str(passage)},
                    icon=":material/plagiarism:",
                )
