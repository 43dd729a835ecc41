"""What came of a run that ended, and what to do now: what it learned, estimate beside use, the next run."""

from collections.abc import Sequence

import streamlit as st

from studio.tuning.estimate import GB
from studio.tuning.remedies import SAME, Remedy, best_check, checked, remedies
from studio.tuning.runs import Point, RunView
from studio.tuning.used import Compared, compared
from studio.web.menu import entry_titled
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import count, duration


def next_runs(run: RunView, points: Sequence[Point]) -> None:
    """Buttons that open the form filled in; the first remedy is the likeliest to help."""
    offered = remedies(run, points)
    with st.container(horizontal=True, vertical_alignment="center"):
        for remedy in offered or [SAME] * (not run.active):
            first = remedy is next(iter(offered), None) and run.state == "failed"
            if st.button(
                remedy.label,
                key=f"runs_again_{remedy.key}",
                type="primary" if first else "secondary",
                icon=":material/replay:",
            ):
                _fill_in(run, remedy)
    for remedy in offered:
        st.caption(escaped(f"{remedy.label}: {remedy.why}"))


def _fill_in(run: RunView, remedy: Remedy) -> None:
    asked = {"version": str(run.version_id), "again": str(run.id), "with": remedy.key}
    st.switch_page(entry_titled("Runs").file, query_params=asked)


def learned(run: RunView, points: Sequence[Point]) -> str:
    """In a sentence or two; empty where nothing was held out or only one check was made."""
    best, checks = best_check(points), checked(points)
    if best is None:
        return ""
    step, loss = best
    if len(checks) < 2:
        return ""
    if loss >= checks[0][1]:
        said = f"The held-out loss never fell below the {checks[0][1]:.3f} it began with."
        return f"{said} It learned nothing that helps with examples it has not seen."
    said = f"The held-out loss fell from {checks[0][1]:.3f} to {loss:.3f} at step {step:,}"
    last, kept = (
        checks[-1][0],
        " The adapter is that of the best step." if run.result.get("best_step") else "",
    )
    if run.result.get("ended_early"):
        return (
            f"{said}. The checks after that were no better, so the run stopped early at step {last:,}.{kept}"
        )
    if step < last:
        return (
            f"{said} and was no lower after that: more training only taught it its examples by heart.{kept}"
        )
    return f"{said}, its last."


def estimate_beside_use(run: RunView) -> None:
    """What was predicted before the start, and what it took."""
    found = compared(run)
    if not found:
        return
    rows = {
        "What": [one.what.capitalize() for one in found],
        "Estimated": [_amount(one.what, one.estimated) for one in found],
        "Used": [_amount(one.what, one.used) for one in found],
        "Used / estimated": [_ratio(one) for one in found],
    }
    st.markdown("**The estimate beside what it took**")
    st.table(rows, border="horizontal", hide_index=True, alt="Estimated and used memory and time")
    st.caption(escaped(_examples(run)))


def _amount(what: str, value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value / GB:.1f} GB" if "memory" in what.lower() else duration(value)


def _ratio(one: Compared) -> str:
    return f"{one.used / one.estimated:.2f}" if one.estimated and one.used else "–"


def _examples(run: RunView) -> str:
    """What became of the examples."""
    result = run.result
    if "examples" not in result:
        return ""
    said = (
        f"It trained on {count(result['examples'], 'example')}, the longest of {result['longest']:,} tokens"
    )
    lost = [
        f"{result[key]:,} {word}" for key, word in (("cut", "cut"), ("left_out", "left out")) if result[key]
    ]
    return f"{said}; {' and '.join(lost) or 'none was cut'}."
