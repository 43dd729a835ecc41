"""The head of a version's page: what it is, where it comes from, what was made from it, what can be done."""

import streamlit as st

from studio.comparison.question_sets import from_held_out
from studio.store.database import Workspace
from studio.training_sets.versions import VersionView, get_version
from studio.training_sets.versions.sets import delete_version
from studio.tuning.again import former_run
from studio.tuning.runs import RunView, list_runs
from studio.web.menu import TRAINING_SET, entry_titled
from studio.web.parts.links import same_tab
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import ago, count, pill
from studio.web.parts.training_again import train_again


def version_head(room: Workspace, version: VersionView) -> None:
    """Drawn at the top of the page."""
    st.page_link(entry_titled("Training sets").file, label="All training sets", icon=":material/arrow_back:")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(escaped(f"{version.name} · version {version.version}"), anchor=False, width="content")
        st.markdown(pill(str(version.report.get("verdict", "unchecked"))), width="content")
    st.caption(escaped(" · ".join(_facts(version))))
    _made_from_it(room, version)
    with st.container(horizontal=True, vertical_alignment="center"):
        _actions(room, version)
        _deletion(room, version)


def _facts(version: VersionView) -> list[str]:
    facts = [
        f"{count(version.examples - version.held_out, 'example')} to train on",
        f"{version.held_out:,} held out",
        f"saved {ago(version.created_at)} by {version.author}",
    ]
    if version.source_name:
        facts.append(f"from {version.source_name}")
    return [*facts, f"content {version.sha256[:12]}"]


def _made_from_it(room: Workspace, version: VersionView) -> None:
    """Its parent, and the runs that name it."""
    if version.parent_id is not None:
        parent = get_version(room, version.parent_id)
        st.page_link(
            TRAINING_SET.file,
            label=f"Edited from version {parent.version}",
            query_params={"version": str(parent.id)},
            icon=":material/history:",
        )
    for run in _runs(room, version):
        st.page_link(
            entry_titled("Runs").file,
            label=f"Run made from it: {escaped(run.name)} ({run.state})",
            query_params={"run": str(run.id)},
            icon=":material/model_training:",
        )


def _runs(room: Workspace, version: VersionView) -> list[RunView]:
    return [run for run in list_runs(room) if run.version_id == version.id]


def _actions(room: Workspace, version: VersionView) -> None:
    if st.button("Train on it", key="training_set_train", type="primary", icon=":material/play_arrow:"):
        st.switch_page(entry_titled("Runs").file, query_params={"version": str(version.id)})
    former = former_run(room, version)
    if former is not None:
        train_again(room, version.id, former, f"Train it as run {former.id} was")
    if st.button(
        "Make a question set of the held-out part",
        key="training_set_questions",
        icon=":material/quiz:",
        disabled=not version.held_out,
        help="Comparisons can then ask every approach what no run was trained on.",
    ):
        from_held_out(room, version.id)
        st.toast(f"{count(version.held_out, 'held-out question')} can be chosen in comparisons now.")
    with st.popover("Export", icon=":material/download:", key="training_set_export"):
        same_tab("CSV", f"/export/{version.id}.csv", "download")
        same_tab("JSONL", f"/export/{version.id}.jsonl", "download")
        same_tab("CSV for a spreadsheet", f"/export/{version.id}.csv?for=spreadsheet", "download")
        st.caption(
            "Read in again, CSV and JSONL give the same version. In the one for a spreadsheet, cells that "
            "a spreadsheet would run as formulas begin with an apostrophe."
        )


def _deletion(room: Workspace, version: VersionView) -> None:
    """Two clicks; refused where a run was made from it."""
    with st.popover("Delete", icon=":material/delete:", key="training_set_delete_box"):
        st.markdown("This version and its examples are lost. The other versions stay.")
        sure = st.checkbox("Delete it for good", key=f"training_set_sure_{version.id}")
        if st.button("Delete this version", key="training_set_delete", disabled=not sure):
            delete_version(room, version.id)
            st.switch_page(entry_titled("Training sets").file)
