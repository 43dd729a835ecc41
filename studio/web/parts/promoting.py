"""How an adapter comes into use: by a check against what is in use, or by somebody's word. On a run page."""

from typing import Any

import streamlit as st

from studio.comparison.promoting.checks import CheckRequest, CheckView, get_check, newest_check, stop_check
from studio.comparison.promoting.job import start_check
from studio.comparison.question_sets import from_held_out, get_question_set, list_question_sets
from studio.comparison.verdict import METRIC_NAMES
from studio.errors import BadInput
from studio.library.libraries import list_libraries
from studio.models.promotions import Why, promote
from studio.store.database import Workspace
from studio.tuning.runs import RunView
from studio.web.menu import entry_titled
from studio.web.parts.choices import choose, choose_if_wanted
from studio.web.parts.live import live
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import ago, count, duration


def promoting(room: Workspace, run: RunView, *, used: bool) -> None:
    """The newest check, in whatever state it is; and the ways into use where it is not in use."""
    if run.adapter_id is None:
        return
    check = newest_check(room, run.adapter_id)
    if check is not None and check.active:
        _watch(room, check)
        return
    if check is not None:
        _ended(room, check)
    if used or run.retired:
        return
    with st.expander("**Put it into use**", icon=":material/star:", key="runs_into_use"):
        _check_form(room, run)
        _by_hand(room, run)


def _watch(room: Workspace, check: CheckView) -> None:
    @live(True, seconds=2.0)
    def moving() -> None:
        now = get_check(room, check.id)
        if not now.active:
            st.rerun(scope="app")
        with st.container(border=True):
            left = f", about {duration(now.seconds_left)} left" if now.seconds_left else ""
            st.progress(now.share, text=f"Answering the same questions as {escaped(now.against)}{left}")
            if now.stopping:
                st.caption("Stopping after the questions it is at…")
            elif st.button("Stop the check", key="runs_check_stop", icon=":material/stop_circle:"):
                stop_check(room, now.id)
                st.rerun(scope="fragment")

    moving()


def _ended(room: Workspace, check: CheckView) -> None:
    with st.container(border=True, key="runs_check"):
        if check.verdict is None:
            said = check.error or "The check was stopped before it could tell."
            st.warning(escaped(said), icon=":material/info:")
        else:
            _verdict(check.verdict)
        asked = get_question_set(room, check.question_set_id).name
        st.caption(escaped(f"Checked against {check.against} on “{asked}”, {ago(check.created_at)}"))
        for label, comparison in (
            ("Its answers", check.comparison_id),
            (f"Those of {check.against}", check.former_comparison_id),
        ):
            if comparison is not None:
                st.page_link(
                    entry_titled("Comparisons").file,
                    label=escaped(label),
                    icon=":material/balance:",
                    query_params={"comparison": str(comparison)},
                )


def _verdict(found: dict[str, Any]) -> None:
    said = escaped(found["sentence"])
    if found["granted"]:
        st.success(f"**Put into use.** {said}", icon=":material/check_circle:")
    else:
        st.warning(f"**Not put into use.** {said}", icon=":material/block:")
    metric = METRIC_NAMES.get(found["metric"], found["metric"])
    named = {
        "gain": f"{metric[:1].upper()}{metric[1:]}",
        "refusals": "Right refusals",
        "answered": "Answered",
    }
    rows = {key: found[key] for key in named if found[key]["n"]}
    st.table(
        {
            "On the same questions": [escaped(named[key]) for key in rows],
            "Difference": [_signed(one["mean"]) for one in rows.values()],
            "95 % interval": [_interval(one) for one in rows.values()],
            "Questions": [f"{one['n']:,}" for one in rows.values()],
        },
        border="horizontal",
        hide_index=True,
        alt="Scores of the candidate minus those of what was in use",
    )


def _signed(value: float | None) -> str:
    return "–" if value is None else f"{value:+.2f}"


def _interval(one: dict[str, Any]) -> str:
    return "too few" if one["low"] is None else f"{one['low']:+.2f} to {one['high']:+.2f}"


def _check_form(room: Workspace, run: RunView) -> None:
    """The question set is frozen: both answer the same questions, none of which it was trained on."""
    st.markdown(
        "It answers the same held-out questions as what is in use now, and replaces that only where it is "
        "shown to be better and no worse elsewhere. You can go back with one click."
    )
    sets = list_question_sets(room)
    if not sets:
        _make_questions(room, run)
        return
    with st.grid(2, min_column_width=240):
        asked = choose("Questions", sets, "runs_questions", lambda one: f"{one.name} ({one.questions:,})")
        library = choose_if_wanted(
            "With passages from",
            list_libraries(room),
            "runs_check_library",
            lambda one: one.name,
            none="No library: from memory",
        )
    if st.button(
        "Check it, and use it if it is better",
        key="runs_check_start",
        type="primary",
        icon=":material/balance:",
        disabled=asked is None,
    ):
        try:
            start_check(
                room,
                CheckRequest(run.adapter_id or 0, asked.id if asked else 0, library.id if library else None),
            )
        except BadInput as error:
            st.warning(escaped(str(error)), icon=":material/info:")
        else:
            st.rerun()


def _make_questions(room: Workspace, run: RunView) -> None:
    st.caption("There is no question set yet. The examples held out of its training set can be asked.")
    if st.button("Make questions of them", key="runs_check_questions", icon=":material/quiz:"):
        made = get_question_set(room, from_held_out(room, run.version_id))
        st.toast(f"{count(made.questions, 'question')} can be asked now.")
        st.rerun()


def _by_hand(room: Workspace, run: RunView) -> None:
    """Without a check, with a reason that is kept."""
    st.divider()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        reason = st.text_input(
            "Or use it without a check, because",
            key="runs_promote_reason",
            placeholder="A reason, kept with it",
        )
        if (
            st.button(
                "Use it anyway", key="runs_promote", icon=":material/star:", disabled=not reason.strip()
            )
            and run.adapter_id is not None
        ):
            promote(room, run.adapter_id, Why(reason.strip()))
            st.rerun()
