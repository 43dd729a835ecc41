"""What the runs page shows: the list of runs, and one run in every state it can be in."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from studio.models.adapters import restore_adapter, retire_adapter
from studio.store.database import Workspace
from studio.training_sets.versions import get_version
from studio.tuning.plan import LOG
from studio.tuning.runs import Point, RunView, metrics, resume_run, stop_run
from studio.web.menu import entry_titled
from studio.web.parts.charts import CURVES, loss_curve
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import ago, duration, pill
from studio.web.parts.taking_away import taking_away

LOG_BYTES = 6_000
METHODS = {"lora": "LoRA", "qlora": "QLoRA"}
EXPLANATIONS = {
    "queued": "Waiting for its turn: runs are trained one after another.",
    "stopping": "Stopping after the step it is at; what was learned so far is kept.",
    "stopped": "Stopped. Resume goes on from the last checkpoint.",
    "interrupted": "The machine or the process went away. Resume goes on from the last whole checkpoint.",
}


def run_list(runs: Sequence[RunView]) -> None:
    """Newest first, each with the way to it."""
    for run in runs:
        with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
            with st.container(gap="xxsmall", width="stretch"):
                st.markdown(f"**{escaped(run.name)}** {pill(run.state, _word(run))}")
                st.caption(escaped(_facts(run)))
            if st.button("Open", key=f"runs_open_{run.id}", icon=":material/arrow_forward:"):
                st.switch_page(entry_titled("Runs").file, query_params={"run": str(run.id)})


def _word(run: RunView) -> str | None:
    if run.state in ("running", "stopping") and run.total_steps:
        return f"{run.state} {run.step / run.total_steps:.0%}"
    if run.state == "queued" and run.queue_position:
        return f"queued, number {run.queue_position}"
    return None


def _facts(run: RunView) -> str:
    method = METHODS.get(run.method, run.method)
    parts = [method, run.base_model, run.preset, f"started {ago(run.created_at)}"]
    return " · ".join(part for part in parts if part)


def run_detail(room: Workspace, run: RunView) -> None:
    """One run at this moment; safe to draw again every second."""
    points = metrics(room, run.id)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(escaped(run.name), anchor=False, width="content")
        st.markdown(pill(run.state, _word(run)), width="content")
        st.space("stretch")
        _controls(room, run)
    estimate = f"  \nEstimate: {escaped(run.estimate['why'])}" if run.active and "why" in run.estimate else ""
    st.caption(escaped(_facts(run)) + estimate)
    _situation(run)
    _numbers(run, points, _measured_on(room, run))
    curve = _curve(points)
    if len(curve) > 1:
        with st.container(border=True):
            st.markdown("**Loss step by step**")
            st.vega_lite_chart(
                spec=loss_curve(curve, run.total_steps),
                alt="Training and held-out loss at each step",
                key="runs_curve",
            )
    elif run.active:
        with st.container(border=True):
            st.markdown("**Loss step by step**")
            st.skeleton(height=260)


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
    steps = f"{run.step:,} / {run.total_steps:,}" if run.total_steps else "–"
    with st.grid(4, min_column_width=150):
        st.metric("Training loss", _loss(run.train_loss), border=True, height="stretch")
        st.metric("Held-out loss", _loss(run.eval_loss), fallen, delta_color="inverse", border=True)
        st.metric("Steps", steps, border=True, height="stretch")
        st.metric("Time", duration(run.seconds or _spent(points)), border=True, height="stretch")
    if measured_on:
        st.caption(f"The held-out loss is measured on n = {measured_on:,} examples that are not trained on.")


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


def _curve(points: Sequence[Point]) -> list[dict[str, Any]]:
    training = [{"step": p.step, "loss": p.loss, "curve": CURVES[0]} for p in points if p.loss is not None]
    held_out = [
        {"step": p.step, "loss": p.eval_loss, "curve": CURVES[1]} for p in points if p.eval_loss is not None
    ]
    return training + held_out


def what_it_made(room: Workspace, run: RunView) -> None:
    """The adapter: where it comes from, what can be done with it here, and how it is taken away."""
    with st.container(border=True):
        st.markdown("**The adapter is retired**" if run.retired else "**The adapter is ready**")
        st.table(_lineage(run), border="horizontal", width="stretch", alt="Where the adapter comes from")
        with st.container(horizontal=True):
            if not run.retired:
                _uses(run)
            _retiring(room, run)
    taking_away(room, run)


def _uses(run: RunView) -> None:
    named = {"adapter": str(run.adapter_id)}
    if st.button("Compare it", key="runs_compare", type="primary", icon=":material/balance:"):
        st.switch_page(entry_titled("Comparisons").file, query_params=named)
    if st.button("Ask it", key="runs_ask", icon=":material/forum:"):
        st.switch_page(entry_titled("Chat").file, query_params=named)


def _retiring(room: Workspace, run: RunView) -> None:
    """Out of the lists of chat and comparisons, and back; nothing is deleted."""
    word, icon, change = (
        ("Restore", "unarchive", restore_adapter) if run.retired else ("Retire", "archive", retire_adapter)
    )
    told = "Chat and comparisons offer it again." if run.retired else "Chat and comparisons offer it no more."
    if run.adapter_id and st.button(word, key="runs_retire", icon=f":material/{icon}:", help=told):
        change(room, run.adapter_id)
        st.rerun()


def _lineage(run: RunView) -> dict[str, str]:
    made = run.lineage or {}
    settings = [
        f"{word} {run.settings[key]:g}"
        for key, word in (("rank", "rank"), ("learning_rate", "learning rate"), ("epochs", "epochs"))
        if key in run.settings
    ]
    version = f"{made.get('training_set', '')}, version {made.get('training_set_version', '?')}"
    return {
        "Training set": escaped(f"{version} (content {str(made.get('version_sha256', ''))[:12]})"),
        "Not reviewed": f"{run.unreviewed:,} of the examples trained on" if run.unreviewed else "none",
        "Base model": escaped(f"{run.base_model} {str(made.get('base_revision', ''))[:12]}".strip()),
        "Method": METHODS.get(run.method, run.method),
        "Settings": escaped(" · ".join([run.preset, *settings])),
        "Trained for": f"{run.step:,} steps, {duration(run.seconds)}",
    }


def log_tail(room: Workspace, run: RunView) -> str:
    """The end of what the training process wrote; empty before it wrote anything."""
    path = room.settings.data / "runs" / str(run.id) / LOG
    if not path.exists():
        return ""
    with path.open("rb") as log:
        log.seek(max(0, path.stat().st_size - LOG_BYTES))
        return log.read().decode(errors="replace").strip()
