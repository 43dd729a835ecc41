"""What can be done with a recommendation: prepare the library, start the run, prove it, keep the decision."""

import streamlit as st

from studio.advice.recommend import Recommendation
from studio.library.libraries import LibraryView
from studio.training_sets.versions import VersionView
from studio.web.menu import entry_titled


def actions(found: Recommendation, library: LibraryView | None, version: VersionView | None) -> bool:
    """Buttons that lead on with what was chosen here; True when the decision is to be kept."""
    rag, tune = "rag" in found.conclusion, "fine-tune" in found.conclusion
    with st.container(horizontal=True):
        if rag and st.button(
            "Prepare the library", key="advice_prepare", type="primary", icon=":material/library_books:"
        ):
            _go("Documents", library=library.id if library else None)
        if (
            tune
            and version
            and st.button("Start the run", key="advice_run", type="primary", icon=":material/model_training:")
        ):
            _go("Runs", version=version.id)
        if (
            tune
            and not version
            and st.button("Upload examples", key="advice_examples", icon=":material/dataset:")
        ):
            _go("Training sets")
        if not (rag or tune) and st.button(
            "Gather documents", key="advice_gather", icon=":material/library_books:"
        ):
            _go("Documents")
        if st.button("Prove it on your questions", key="advice_prove", icon=":material/balance:"):
            _go("Comparisons", library=library.id if library else None)
        return st.button("Keep this decision", key="advice_keep", icon=":material/bookmark:")


def _go(title: str, **ids: int | None) -> None:
    named = {name: str(value) for name, value in ids.items() if value is not None}
    st.switch_page(entry_titled(title).file, query_params=named)
