"""Signals of a library and a training set, measured once for each state of them. For the advice page."""

from datetime import datetime

import streamlit as st

from studio.advice.measure import measure_signals
from studio.advice.measuring.measurements import Data, find_measurement
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
    data = Data(library.id if library else None, checked, question_set_id)
    found = find_measurement(room, data)
    return _measured(room, room.id, library, data, found.finished_at if found else None)


@st.cache_data(max_entries=64, ttl=1800, show_spinner="Measuring your data…")
def _measured(
    _room: Workspace,
    workspace_id: int,
    library: LibraryView | None,
    data: Data,
    asked_at: datetime | None,
) -> Signals:
    """Anew whenever the library or what the model answered is another."""
    return measure_signals(_room, data.library_id, data.version_id, data.question_set_id)
