"""What has changed since an adapter was trained or a comparison made. Drawn by runs, chat and comparisons."""

import streamlit as st

from studio.comparison.results import ComparisonView
from studio.errors import NotFound
from studio.store.database import Workspace
from studio.tuning.runs import RunView, get_run
from studio.tuning.staleness import changed_since, documents_said, documents_since, newest_version
from studio.web.menu import entry_titled
from studio.web.parts.safe_text import escaped


def changes_since(room: Workspace, run: RunView) -> tuple[int, list[str]]:
    """(the newest version of its training set, what changed since it was trained in sentences)."""
    newest = newest_version(room, run.version_id)
    return newest, _changed(room, room.id, run.version_id, newest)


@st.cache_data(max_entries=64, ttl=60, show_spinner="Looking at what has changed since…")
def _changed(_room: Workspace, workspace_id: int, version_id: int, newest: int) -> list[str]:
    """At once after a version was saved, within a minute after a document was changed."""
    return changed_since(_room, version_id, newest)


def outdated(room: Workspace, run_id: int, library_id: int | None) -> None:
    """Below the adapter that speaks, with the way to its run; nothing where all is as it was."""
    try:
        run = get_run(room, run_id)
    except NotFound:
        return
    told = changes_since(room, run)[1]
    if library_id is not None and run.finished_at is not None:
        told = [*told, *documents_said(documents_since(room, library_id, run.finished_at), "it was trained")]
    if told:
        st.markdown(
            f":orange-badge[:material/update: changed since it was trained] {escaped(' '.join(told))}"
        )
        st.page_link(
            entry_titled("Runs").file,
            label="Look at its run",
            query_params={"run": str(run_id)},
            icon=":material/model_training:",
        )


def compared_before(room: Workspace, comparison: ComparisonView) -> None:
    """Whether what was compared is still what there is."""
    told = []
    if comparison.library_id is not None and comparison.finished_at is not None:
        told = documents_said(documents_since(room, comparison.library_id, comparison.finished_at), "then")
    for run_id in dict.fromkeys(one for one in (comparison.run_id, comparison.passages_run_id) if one):
        told += changes_since(room, get_run(room, run_id))[1]
    if told:
        st.markdown(f":orange-badge[:material/update: changed since] {escaped(' '.join(told))}")
