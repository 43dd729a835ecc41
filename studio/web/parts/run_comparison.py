"""Runs side by side on their page: curves, the settings that differ, what each reached, scores."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from studio.approaches import NAMES
from studio.tuning.comparing import CurvePoint, Reached, RunsCompared
from studio.tuning.estimate import GB
from studio.web.menu import entry_titled
from studio.web.parts.comparison_words import METRICS, short_name, shown
from studio.web.parts.run_plots import runs_plot
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import duration, pill

LONGEST_NAME = 40
LOSSES = {"eval_loss": "Held-out loss", "loss": "Training loss"}
AXES = {"step": "By step", "epoch": "By epoch"}


def show_comparison(found: RunsCompared) -> None:
    """What must be known first, then curves, figures, settings, scores."""
    st.subheader(f"{len(found.runs)} runs side by side", anchor=False)
    for note in found.notes:
        st.warning(note, icon=":material/balance:")
    names = {reached.run.id: _name(reached) for reached in found.runs}
    _curves(found.curves, names)
    st.subheader("What each reached", anchor=False)
    _figures(found.runs, names)
    st.subheader("Settings that differ", anchor=False)
    _settings(found, names)
    _scores(found.runs, names)


def _name(reached: Reached) -> str:
    name = " ".join(reached.run.name.split())
    return f"{reached.run.id} · {name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + '…'}"


def _curves(curves: Sequence[CurvePoint], names: dict[int, str]) -> None:
    with st.container(horizontal=True, gap="large"):
        field = st.radio(
            "Curve", LOSSES, format_func=LOSSES.__getitem__, horizontal=True, key="runs_curve_of"
        )
        by = st.radio("Along", AXES, format_func=AXES.__getitem__, horizontal=True, key="runs_along")
    rows: list[dict[str, Any]] = [
        {"run": names[p.run], "step": p.step, "epoch": p.epoch, "loss": getattr(p, field)}
        for p in curves
        if getattr(p, field) is not None
    ]
    if not rows:
        st.caption("Nothing was measured of it yet.")
        return
    title = f"{LOSSES[field]} (lower is better)"
    st.vega_lite_chart(
        spec=runs_plot(rows, list(names.values()), by, title, points=field == "eval_loss"),
        alt=f"{LOSSES[field]} of {len(names)} runs {AXES[by].lower()}; the table below has their best",
        key=f"runs_curves_{field}_{by}",
    )
    if by == "epoch":
        st.caption("Epochs compare runs that see their examples in batches of different size.")


def _figures(runs: Sequence[Reached], names: dict[int, str]) -> None:
    """A column for each run, so that on a narrow screen no figure is out of sight."""
    rows = {
        "Figure": ["State", "Best held-out loss", "Last held-out loss", "Training loss", "Time", "Memory"]
    }
    for one in runs:
        rows[f"[{escaped(names[one.run.id])}](runs?run={one.run.id})"] = [
            pill(one.run.state),
            _best(one),
            _loss(one.last_eval_loss),
            _loss(one.last_loss),
            duration(one.seconds),
            f"{one.peak_memory_bytes / GB:.1f} GB" if one.peak_memory_bytes else "–",
        ]
    st.table(rows, border="horizontal", hide_index=True, alt="Losses, time and memory of each run")


def _best(one: Reached) -> str:
    return "–" if one.best_step is None else f"{_loss(one.best_eval_loss)} at step {one.best_step:,}"


def _loss(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _settings(found: RunsCompared, names: dict[int, str]) -> None:
    if not found.settings_that_differ:
        st.caption("None: what differs between these runs is chance.")
        return
    rows: dict[str, list[str]] = {"Setting": list(found.settings_that_differ)}
    for at, run in enumerate(found.runs):
        rows[escaped(names[run.run.id])] = [
            escaped(_said(values[at])) for values in found.settings_that_differ.values()
        ]
    st.table(rows, border="horizontal", hide_index=True, alt="Settings in which the runs differ")
    st.caption("All other settings are the same.")


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _scores(runs: Sequence[Reached], names: dict[int, str]) -> None:
    """What comparisons found about the adapters."""
    st.subheader("Scores of comparisons", anchor=False)
    metrics = list(dict.fromkeys(score.metric for one in runs for score in one.scores))
    if not metrics:
        st.caption("No comparison was made with these adapters yet: it shows which answers best.")
        link, file = "Compare their answers", entry_titled("Comparisons").file
        st.page_link(file, label=link, icon=":material/arrow_forward:")
        return
    metrics.sort(key=list(METRICS).index)
    chosen = st.radio("Measured by", metrics, format_func=short_name, horizontal=True, key="runs_metric")
    rows = [
        {
            "Run": escaped(names[one.run.id]),
            "Compared in": escaped(f"{score.comparison}, {NAMES.get(score.approach, score.approach)}"),
            short_name(chosen): _interval(score.metric, score.mean, score.low, score.high),
            "Questions": score.n,
        }
        for one in runs
        for score in one.scores
        if score.metric == chosen
    ]
    alt = "Scores of the runs' adapters in finished comparisons"
    st.table(rows, border="horizontal", hide_index=True, alt=alt)
    st.caption("In brackets the 95 % interval. Only scores from the same questions can be compared.")


def _interval(metric: str, mean: float, low: float | None, high: float | None) -> str:
    around = f" ({shown(metric, low)} – {shown(metric, high)})" if low is not None else ""
    return f"{shown(metric, mean)}{around}"
