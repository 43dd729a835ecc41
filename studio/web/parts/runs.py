"""What the runs page shows of one run, in every state it can be in."""

from collections.abc import Sequence

import streamlit as st

from studio.store.database import Workspace
from studio.training_sets.versions import get_version
from studio.tuning.estimate import GB
from studio.tuning.plan import LOG
from studio.tuning.remedies import best_check
from studio.tuning.runs import Point, RunView, get_run, metrics, resume_run, stop_run
from studio.web.parts.adapter import deleting, what_it_made
from studio.web.parts.live import live
from studio.web.parts.run_list import facts_of, word_of
from studio.web.parts.run_outcome import estimate_beside_use, learned, next_runs
from studio.web.parts.run_plots import loss_plot, loss_rows
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
    next_runs(run, metrics(room, run.id))
    if run.adapter_id:
        what_it_made(room, run)
    estimate_beside_use(run)
    with st.expander("Log of the training process", key="runs_log"):
        st.code(log_tail(room, run) or "Nothing was written yet.", language=None, wrap_lines=True)
    deleting(room, run)


def run_detail(room: Workspace, run: RunView) -> None:
    """One run at this moment; safe to draw again every second."""
    points = metrics(room, run.id)
    best = best_check(points)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(escaped(run.name), anchor=False, width="content")
        st.markdown(pill(run.state, word_of(run)), width="content")
        st.space("stretch")
        _controls(room, run)
    estimate = f"  \nEstimate: {escaped(run.estimate['why'])}" if run.active and "why" in run.estimate else ""
    st.caption(escaped(facts_of(run)) + estimate)
    _situation(run)
    if not run.active and (said := learned(run, points)):
        st.markdown(escaped(said))
    _numbers(run, points, _measured_on(room, run))
    _curve(run, points, best[0] if best else None)


def _curve(run: RunView, points: Sequence[Point], best: int | None) -> None:
    rows = loss_rows(points)
    if len(rows) < 2 and not run.active:
        return
    with st.container(border=True):
        st.markdown("**Loss step by step**")
        if len(rows) < 2:
            st.skeleton(height=260)
            return
        marked = f"; the held-out loss was lowest at step {best}" if best is not None else ""
        st.vega_lite_chart(
            spec=loss_plot(rows, run.total_steps, best),
            alt=f"Training and held-out loss at each step{marked}",
            key="runs_curve",
        )
        st.caption(
            "Loss is how surprised the model is by the right answer: lower is better. The held-out loss "
            "counts, as those examples are not trained on; where it rises again, the run has gone too far."
        )


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
        st.progress(0.0, text="Loading the model and the examples…")
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


def _numbers(run: RunView, points: Sequence[Point], measured_on: int | None) -> None:
    started = next((point.eval_loss for point in points if point.eval_loss is not None), None)
    fallen = None
    if started is not None and run.eval_loss is not None and run.eval_loss != started:
        fallen = f"{run.eval_loss - started:+.3f} since the start"
    newest = points[-1] if points else None
    steps = f"{run.step:,} / {run.total_steps:,}" if run.total_steps else "–"
    with st.grid(4, min_column_width=150):
        _figure("Held-out loss", _loss(run.eval_loss), fallen)
        _figure("Training loss", _loss(run.train_loss))
        _figure("Steps", steps)
        _figure("Time", duration(run.seconds or _spent(points)))
        _figure("Learning rate", _plain(newest.learning_rate if newest else None, "{:.1e}"))
        _figure("Tokens a second", _plain(_speed(run, newest), "{:,.0f}"))
        _figure("Memory", _plain(_memory(run, newest), "{:.1f} GB"))
        _figure("Attempts", str(max(1, run.attempts)))
    if measured_on:
        st.caption(f"The held-out loss is measured on n = {measured_on:,} examples that are not trained on.")


def _figure(label: str, value: str, change: str | None = None) -> None:
    st.metric(label, value, change, delta_color="inverse", border=True, height="stretch")


def _speed(run: RunView, newest: Point | None) -> float | None:
    """While it runs at this moment, afterwards on the whole."""
    overall = run.result.get("tokens_per_second")
    return overall or (getattr(newest, "tokens_per_second", None))


def _memory(run: RunView, newest: Point | None) -> float | None:
    """In GB: held at this moment, afterwards the most there was."""
    held = run.result.get("peak_memory_bytes") or (getattr(newest, "memory_bytes", None))
    return held / GB if held else None


def _plain(value: float | None, shown: str) -> str:
    return "–" if value is None else shown.format(value)


def _measured_on(room: Workspace, run: RunView) -> int | None:
    """How many held-out examples the loss is a mean of; the version knows it while the run goes on."""
    if run.eval_loss is None:
        return None
    rows = run.result.get("held_out_rows")
    return int(rows) if rows is not None else get_version(room, run.version_id).held_out


def _loss(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _spent(points: Sequence[Point]) -> float | None:
    return next((point.seconds for point in reversed(points) if point.seconds is not None), None)


def log_tail(room: Workspace, run: RunView) -> str:
    """The end of what the training process wrote; empty before it wrote anything."""
    path = room.settings.data / "runs" / str(run.id) / LOG
    if not path.exists():
        return ""
    with path.open("rb") as log:
        log.seek(max(0, path.stat().st_size - LOG_BYTES))
        return log.read().decode(errors="replace").strip()
