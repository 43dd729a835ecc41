"""A run in figures: tiles with how each went, and the curve of its loss. For its page."""

from collections.abc import Sequence

import streamlit as st

from studio.tuning.estimate import GB
from studio.tuning.remedies import best_check
from studio.tuning.runs import Point, RunView
from studio.web.parts.run_plots import loss_plot, loss_rows
from studio.web.parts.states import duration

DRAWN = 60  # values in the small curve of a tile


def figures(run: RunView, points: Sequence[Point], measured_on: int | None) -> None:
    """Nothing where nothing was measured; `measured_on`: how many examples the held-out loss is a mean of."""
    if not (points or run.active):
        return
    newest = points[-1] if points else None
    with st.grid(4, min_column_width=150):
        _tile("Held-out loss", _said(run.eval_loss), change=_fallen(run, points))
        best = best_check(points)
        _tile(f"Best, at step {best[0]:,}" if best else "Best", _said(best[1] if best else None))
        _tile("Training loss", _said(run.train_loss))
        _tile("Steps", f"{run.step:,} / {run.total_steps:,}" if run.total_steps else "–")
        _tile("Time", duration(run.seconds or _spent(points)))
        rates = [point.learning_rate for point in points]
        _course("Learning rate", _rate(run, newest), rates, "{:.2g}")
        speeds = [point.tokens_per_second for point in points]
        _course("Tokens a second", _speed(run, newest), speeds, "{:,.0f}")
        memory = [point.memory_bytes / GB if point.memory_bytes else None for point in points]
        _course("Memory", _memory(run, newest), memory, "{:.1f} GB")
    if measured_on:
        st.caption(f"The held-out loss is measured on n = {measured_on:,} examples that are not trained on.")


def curve(run: RunView, points: Sequence[Point], best: int | None) -> None:
    """The loss step by step; `best` is the step to mark."""
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


def _tile(label: str, value: str, *, change: str | None = None) -> None:
    st.metric(label, value, change, delta_color="inverse", border=True, height="stretch")


def _course(label: str, value: float | None, course: Sequence[float | None], form: str) -> None:
    """A figure and how it went from step to step, thinned out."""
    known = [one for one in course if one is not None]
    if len(known) < 3:
        return _tile(label, _said(value, form))
    at_most = _said(value, form) == _said(max(known), form)
    name, bound = ("lowest", min(known)) if at_most else ("highest", max(known))
    # The small curve takes the colour of the change beside it; without one its grey is lost in the dark.
    drawn = known[:: max(1, len(known) // DRAWN)]
    st.metric(
        label,
        _said(value, form),
        f"{name} {_said(bound, form)}",
        delta_color="blue",
        delta_arrow="off",
        border=True,
        height="stretch",
        chart_data=drawn,
    )


def _fallen(run: RunView, points: Sequence[Point]) -> str | None:
    started = next((point.eval_loss for point in points if point.eval_loss is not None), None)
    if started is None or run.eval_loss is None or run.eval_loss == started:
        return None
    return f"{run.eval_loss - started:+.3f} {'so far' if run.active else 'from the start'}"


def _rate(run: RunView, newest: Point | None) -> float | None:
    """At this moment; of a run that ended the one that was set, since most fall to 0 at their end."""
    if run.active or "learning_rate" not in run.settings:
        return newest.learning_rate if newest else None
    return float(run.settings["learning_rate"])


def _speed(run: RunView, newest: Point | None) -> float | None:
    """On the whole; while it runs, at this moment."""
    overall = run.result.get("tokens_per_second")
    return overall or (newest.tokens_per_second if newest else None)


def _memory(run: RunView, newest: Point | None) -> float | None:
    """In GB: the most there was; while it runs, what is held at this moment."""
    held = run.result.get("peak_memory_bytes") or (newest.memory_bytes if newest else None)
    return held / GB if held else None


def _said(value: float | None, shown: str = "{:.3f}") -> str:
    return "–" if value is None else shown.format(value)


def _spent(points: Sequence[Point]) -> float | None:
    return next((point.seconds for point in reversed(points) if point.seconds is not None), None)
