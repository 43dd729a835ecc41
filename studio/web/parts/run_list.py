"""The list of runs: what each is and what it reached at a glance, filtered when there are many, chosen to
compare."""

from collections.abc import Mapping, Sequence

import streamlit as st

from studio.tuning.comparing import FEWEST, MOST
from studio.tuning.runs import RunView
from studio.web.menu import entry_titled
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import LOOKS, ago, count, duration, pill

METHODS = {"lora": "LoRA", "qlora": "QLoRA"}
MANY = 8  # from here on there is something to filter
AT_ONCE = 20


def run_list(runs: Sequence[RunView], versions: Mapping[int, str]) -> None:
    """Newest first; `versions` names the versions trained on. Picks are kept while the list redraws."""
    shown = _filtered(runs, versions) if len(runs) >= MANY else list(runs)
    if len(runs) >= FEWEST:
        _comparing(runs)
    if not shown:
        st.caption("No run is like that.")
    for run in _page(shown):
        _row(run, versions.get(run.version_id, ""), pickable=len(runs) >= FEWEST)


def word_of(run: RunView) -> str | None:
    """What the badge says where there is more to say than the state."""
    if run.state in ("running", "stopping") and run.total_steps:
        return f"{run.state} {run.step / run.total_steps:.0%}"
    if run.state == "queued" and run.queue_position:
        return f"queued, number {run.queue_position}"
    return "stopped early" if run.result.get("ended_early") and run.state == "succeeded" else None


def facts_of(run: RunView, version: str = "") -> str:
    """One line: its number, how, from what, on what, when, how long."""
    took = f"took {duration(run.seconds)}" if run.seconds and not run.active else ""
    parts = [f"Run {run.id}", METHODS.get(run.method, run.method), run.base_model, version, run.preset]
    began = f"{'queued' if run.state == 'queued' else 'started'} {ago(run.created_at)}"
    return " · ".join(part for part in (*parts, began, took) if part)


def best_loss(run: RunView) -> float | None:
    """The lowest held-out loss; the newest where the run has not ended."""
    best = run.result.get("best_eval_loss")
    return run.eval_loss if best is None else float(best)


def open_run(run_id: int) -> None:
    """Leave for its page."""
    st.switch_page(entry_titled("Runs").file, query_params={"run": str(run_id)})


def _filtered(runs: Sequence[RunView], versions: Mapping[int, str]) -> list[RunView]:
    with st.grid(2, min_column_width=240):
        text = st.text_input("Find", key="runs_find", placeholder="Name, base model or training set")
        present = [state for state in LOOKS if any(run.state == state for run in runs)]
        states = st.multiselect("State", present, key="runs_states", placeholder="Any")
    said = text.strip().casefold()

    def wanted(run: RunView) -> bool:
        told = f"{run.id} {run.name} {run.base_model} {versions.get(run.version_id, '')}".casefold()
        return said in told and (not states or run.state in states)

    return [run for run in runs if wanted(run)]


def _page(runs: Sequence[RunView]) -> Sequence[RunView]:
    if len(runs) <= AT_ONCE:
        return runs
    pages = -(-len(runs) // AT_ONCE)
    page = st.pagination(pages, key=f"runs_page_{pages}")
    return runs[(page - 1) * AT_ONCE : page * AT_ONCE]


def _comparing(runs: Sequence[RunView]) -> None:
    """What is picked, on any page of the list."""
    picked = [run.id for run in runs if st.session_state.get(f"runs_pick_{run.id}")]
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            f"Compare {len(picked)} runs" if len(picked) > 1 else "Compare",
            key="runs_compare_picked",
            icon=":material/stacked_line_chart:",
            disabled=not FEWEST <= len(picked) <= MOST,
        ):
            named = ",".join(map(str, reversed(picked)))
            st.switch_page(entry_titled("Runs").file, query_params={"compare": named})
        st.caption(
            f"{count(len(picked), 'run is', 'runs are')} chosen: at most {MOST} can be compared."
            if len(picked) > MOST
            else f"Tick {FEWEST} to {MOST} runs to see them side by side."
        )


def _row(run: RunView, version: str, *, pickable: bool) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
        if pickable:
            st.checkbox(f"Choose run {run.id}", key=f"runs_pick_{run.id}", label_visibility="collapsed")
        with st.container(gap="xxsmall", width="stretch"):
            st.markdown(f"**{escaped(run.name)}** {pill(run.state, word_of(run))}")
            st.caption(escaped(facts_of(run, version)))
        loss = best_loss(run)
        if loss is not None:
            st.markdown(f"**{loss:.3f}** :small[held-out loss]", width="content")
        if st.button("Open", key=f"runs_open_{run.id}", icon=":material/arrow_forward:"):
            open_run(run.id)
