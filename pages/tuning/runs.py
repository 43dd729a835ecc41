"""Start a run, watch it learn, compare runs. `?run=` opens one, `?compare=1,2` puts some side by side."""

import streamlit as st

from studio.training_sets.versions import list_versions
from studio.tuning.comparing import compare_runs
from studio.tuning.runs import list_runs
from studio.web.menu import entry_titled
from studio.web.parts.choices import asked_id, asked_ids
from studio.web.parts.empty import nothing_yet
from studio.web.parts.live import live
from studio.web.parts.run_comparison import show_comparison
from studio.web.parts.run_form import start_form
from studio.web.parts.run_list import open_run, run_list
from studio.web.parts.runs import one_run
from studio.web.services import room

here = room()
opened, compared = asked_id("run"), asked_ids("compare", "run")
if opened or compared:
    st.page_link(entry_titled("Runs").file, label="All runs", icon=":material/arrow_back:")
if compared:
    show_comparison(compare_runs(here, compared))
    st.stop()
if opened:
    one_run(here, opened)
    st.stop()

versions, runs = list_versions(here), list_runs(here)
names = {version.id: f"{version.name}, version {version.version}" for version in versions}
if not versions:
    nothing_yet(
        "There is nothing to train on yet.",
        "A run needs a training set: questions and good answers of your trade.",
        page="Training sets",
        label="Upload examples",
    )
else:
    asked = any(name in st.query_params for name in ("version", "again"))
    with st.expander("**Start a run**", expanded=not runs or asked, icon=":material/add:"):
        started = start_form(here, versions)
    if started:
        open_run(started)


@live(any(run.active for run in runs), seconds=3)
def all_runs() -> None:
    run_list(list_runs(here), names)


if runs:
    st.subheader("Runs", anchor=False)
    all_runs()
