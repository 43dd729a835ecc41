"""What the runs page shows of one run, in every state it can be in."""

import streamlit as st

from studio.store.database import Workspace
from studio.training_sets.versions import get_version
from studio.tuning.listing import sample_answers
from studio.tuning.plan import LOG
from studio.tuning.remedies import best_check
from studio.tuning.runs import RunView, get_run, metrics, resume_run, stop_run
from studio.web.parts.adapter import deleting, what_it_made
from studio.web.parts.live import live
from studio.web.parts.run_answers import what_it_answers
from studio.web.parts.run_figures import curve, figures
from studio.web.parts.run_list import facts_of, word_of
from studio.web.parts.run_outcome import estimate_beside_use, learned, next_runs
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import duration, pill

LOG_BYTES = 6_000
EXPLANATIONS = {
    "queued": "Waiting for its turn: runs are trained one after another.",
    "stopping": "Stopping after the step it is at; what was learned so far is kept.",
    "stopped": "Stopped. Resume goes on from the last checkpoint.",
    "interrupted": "The machine or the process went away. Resume goes on from the last whole checkpoint.",
}


def one_run(room: Workspace, run_id: int) -> None:
    """Its page; raises NotFound. What moves is drawn again by itself while the run is active."""
    run = get_run(room, run_id)

    @live(run.active)
    def watch() -> None:
        now = get_run(room, run.id)
        run_detail(room, now)
        if run.active and not now.active:
            st.rerun(scope="app")

    watch()
    if run.adapter_id:
        what_it_made(room, run)
    estimate_beside_use(run)
    with st.expander("Log of the training process", key="runs_log"):
        st.code(log_tail(room, run) or "Nothing was written yet.", language=None, wrap_lines=True)
    deleting(room, run)


def run_detail(room: Workspace, run: RunView) -> None:
    """One run at this moment; safe to draw again every second."""
    points = metrics(room, run.id)
    found = best_check(points)
    best = found[0] if found else None
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(escaped(run.name), anchor=False, width="content")
        st.markdown(pill(run.state, word_of(run)), width="content")
        st.space("stretch")
        _controls(room, run)
    estimate = f"  \nEstimate: {escaped(run.estimate['why'])}" if run.active and "why" in run.estimate else ""
    st.caption(escaped(facts_of(run)) + estimate)
    _situation(run)
    if not run.active:
        if said := learned(run, points):
            st.markdown(escaped(said))
        next_runs(run, points)
    figures(run, points, _measured_on(room, run))
    curve(run, points, best)
    what_it_answers(run, sample_answers(room, run.id), best)


def _controls(room: Workspace, run: RunView) -> None:
    if run.state in ("queued", "running") and st.button(
        "Stop", key="runs_stop", icon=":material/stop_circle:", help="Keeps what was learned so far."
    ):
        stop_run(room, run.id)
        st.rerun()
    if run.resumable and st.button("Resume", key="runs_resume", type="primary", icon=":material/play_arrow:"):
        resume_run(room, run.id)
        st.rerun()


def _situation(run: RunView) -> None:
    """What is going on, in a sentence; and what to do where something went wrong."""
    if run.state in ("running", "stopping") and run.total_steps:
        left = f", about {duration(run.seconds_left)} left" if run.seconds_left else ""
        st.progress(run.step / run.total_steps, text=f"Step {run.step} of {run.total_steps}{left}")
    elif run.state == "running":
        st.progress(0.0, text="Loading the model, then measuring it once before it learns…")
    if run.error:
        st.error(escaped(run.error), icon=":material/error:")
    elif run.silent:
        st.warning(
            "Nothing was heard of this run for a minute; it is being looked after.", icon=":material/warning:"
        )
    elif run.state == "queued" and run.queue_position:
        st.info(
            f"Number {run.queue_position} in the queue. {EXPLANATIONS['queued']}", icon=":material/schedule:"
        )
    elif run.state in EXPLANATIONS:
        st.info(EXPLANATIONS[run.state], icon=":material/info:")


def _measured_on(room: Workspace, run: RunView) -> int | None:
    """How many held-out examples the loss is a mean of; the version knows it while the run goes on."""
    if run.eval_loss is None:
        return None
    rows = run.result.get("held_out_rows")
    return int(rows) if rows is not None else get_version(room, run.version_id).held_out


def log_tail(room: Workspace, run: RunView) -> str:
    """The end of what the training process wrote; empty before it wrote anything."""
    path = room.settings.data / "runs" / str(run.id) / LOG
    if not path.exists():
        return ""
    with path.open("rb") as log:
        log.seek(max(0, path.stat().st_size - LOG_BYTES))
        return log.read().decode(errors="replace").strip()
