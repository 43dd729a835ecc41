"""Signals of a library and a training set, measured once for each state of them. For the advice page."""

import streamlit as st

from studio.advice.measure import measure_signals
from studio.advice.signals import Signals
from studio.library.libraries import LibraryView
from studio.store.database import Workspace
from studio.training_sets.versions import VersionView


def measured(
    room: Workspace, library: LibraryView | None, version: VersionView | None, question_set_id: int | None
) -> Signals:
    """Reads every passage and example, so the result is kept until the library changes.

    A version that the worker still checks is left out until its report is there.
    """
    if version and not version.report:
        st.caption("The training set is still being checked; its figures come when that is done.")
    checked = version.id if version and version.report else None
    return _measured(room, room.id, library, checked, question_set_id)


@st.cache_data(max_entries=64, ttl=1800, show_spinner="Measuring your data…")
def _measured(
    _room: Workspace,
    workspace_id: int,
    library: LibraryView | None,
    version_id: int | None,
    question_set_id: int | None,
) -> Signals:
    return measure_signals(_room, library.id if library else None, version_id, question_set_id)
