"""What a run answers as it learns: the same held-out questions again and again, to be read. For its page."""

from collections.abc import Sequence

import streamlit as st

from studio.tuning.listing import SampleAnswer
from studio.tuning.runs import RunView
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import count

LONGEST_SHOWN = 600  # characters; questions with passages can be pages long


def what_it_answers(run: RunView, answers: Sequence[SampleAnswer], best: int | None) -> None:
    """Before training, and at a check that can be chosen: the newest while it runs, then the best."""
    steps = sorted({answer.step for answer in answers})
    asked = sorted({answer.position for answer in answers})
    if not steps or (len(steps) < 2 and not run.active):
        return
    st.markdown(f"**What it answers {'now' if run.active else 'before and after'}**")
    st.caption(
        f"{count(len(asked), 'held-out question')} that it never trains on, answered again as it learns, "
        "always with the likeliest words. This is for reading: so few answers are no score."
    )
    at = _check(run, steps, best)
    for position in asked:
        by_step = {one.step: one for one in answers if one.position == position}
        with st.container(border=True, gap="small"):
            _one_question(by_step, steps[0], at)


def _check(run: RunView, steps: Sequence[int], best: int | None) -> int:
    """The step whose answers are shown; a new check moves it on."""
    kept = steps[-1] if best is None or best not in steps or run.active else best
    if len(steps) < 3:  # before and after: there is nothing to choose
        return kept
    return st.select_slider(
        "Answers at step",
        steps[1:],
        kept if kept in steps[1:] else steps[-1],
        format_func=lambda step: f"{step:,} (best)" if step == best else f"{step:,}",
        key=f"runs_answers_{run.id}_{len(steps)}",
    )


def _one_question(by_step: dict[int, SampleAnswer], first: int, at: int) -> None:
    one = next(iter(by_step.values()))
    st.markdown(f"**{escaped(_short(one.prompt))}**")
    with st.grid(3, min_column_width=230, gap="medium"):
        _text("It should say", one.reference)
        if first != at:
            _text("Before training" if first == 0 else f"At step {first:,}", _said(by_step, first))
        _text(f"At step {at:,}" if at else "Before training", _said(by_step, at))


def _said(by_step: dict[int, SampleAnswer], step: int) -> str:
    return by_step[step].answer if step in by_step else ""


def _text(title: str, text: str) -> None:
    with st.container(gap="xxsmall"):
        st.caption(title)
        st.text(_short(text) or "(nothing)")


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"
