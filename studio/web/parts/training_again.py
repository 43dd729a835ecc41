"""One click from a version of examples to a run with another run's settings. For runs and training sets."""

import streamlit as st

from studio.errors import StudioError
from studio.store.database import Workspace
from studio.tuning.again import started_like, train_like
from studio.tuning.runs import RunView
from studio.web.menu import entry_titled
from studio.web.parts.safe_text import escaped


def train_again(room: Workspace, version_id: int, run: RunView, label: str) -> None:
    """Starts the run and opens its page."""
    started = started_like(room, version_id, run)
    told = f"With the settings of {run.name}: {run.base_model}, {run.preset}."
    if not st.button(escaped(label), key="runs_train_again", icon=":material/replay:", help=escaped(told)):
        return
    try:
        with st.spinner("Asking for the base model…"):
            made = train_like(room, version_id, run, started)
    except StudioError as error:
        st.warning(escaped(str(error)), icon=":material/info:")
    else:
        st.switch_page(entry_titled("Runs").file, query_params={"run": str(made)})
