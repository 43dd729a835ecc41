"""Start a run, watch it learn, stop or resume it. `?run=` opens one run."""

import streamlit as st

from studio.training_sets.versions import list_versions
from studio.tuning.runs import get_run, list_runs
from studio.web.menu import entry_titled
from studio.web.parts.choices import asked_id
from studio.web.parts.empty import nothing_yet
from studio.web.parts.live import live
from studio.web.parts.run_form import start_form
from studio.web.parts.runs import log_tail, run_detail, run_list, what_it_made
from studio.web.services import room

here = room()
opened = asked_id("run")
if opened:
    st.page_link(entry_titled("Runs").file, label="All runs", icon=":material/arrow_back:")
    run = get_run(here, opened)

    @live(run.active)
    def watch() -> None:
        now = get_run(here, run.id)
        run_detail(here, now)
        if run.active and not now.active:
            st.rerun(scope="app")

    watch()
    if run.adapter_id:
        what_it_made(here, run)
    with st.expander("Log of the training process", key="runs_log"):
        st.code(log_tail(here, run) or "Nothing was written yet.", language=None, wrap_lines=True)
    st.stop()

versions = list_versions(here)
runs = list_runs(here)
if not versions:
    nothing_yet(
        "There is nothing to train on yet.",
        "A run needs a training set: questions and good answers of your trade.",
        page="Training sets",
        label="Upload examples",
    )
else:
    with st.expander(
        "**Start a run**", expanded=not runs or "version" in st.query_params, icon=":material/add:"
    ):
        started = start_form(here, versions)
    if started:
        st.switch_page(entry_titled("Runs").file, query_params={"run": str(started)})


@live(any(run.active for run in runs), seconds=3)
def all_runs() -> None:
    run_list(list_runs(here))


if runs:
    st.subheader("Runs", anchor=False)
    all_runs()
