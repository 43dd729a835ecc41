"""Questions that wait for a document, as a list of things to do. Drawn by the review page."""

import streamlit as st

from studio.library.libraries import LibraryView
from studio.store.database import Workspace
from studio.training_sets.building import suggestions
from studio.training_sets.building.suggestions import Find, SuggestionView
from studio.web.menu import entry_titled
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import ago, count

SHOWN = 20


def missing_documents(room: Workspace, libraries: list[LibraryView]) -> None:
    """Nothing is drawn where nothing is missing."""
    found = suggestions.list_suggestions(room, Find(("missing",), limit=None))
    if not found:
        return
    known = {library.id: library.name for library in libraries}
    with st.container(border=True, key="review_missing"):
        st.markdown(f"**{count(len(found), 'question')} waiting for a document**")
        st.caption(
            "Add the document to the library, then tick the question off and ask it again in the chat."
        )
        for one in found[:SHOWN]:
            _one(room, one, known)
        if len(found) > SHOWN:
            st.caption(f"and {len(found) - SHOWN:,} more")


def _one(room: Workspace, one: SuggestionView, libraries: dict[int, str]) -> None:
    note = str(one.feedback.get("note") or "")
    library = one.source.get("library")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(escaped(one.prompt) + (f"  \n:gray[{escaped(note)}]" if note else ""), width="stretch")
        st.caption(f"noted {ago(one.reviewed_at)}", width="content")
        name = libraries.get(library) if isinstance(library, int) else None
        st.page_link(
            entry_titled("Documents").file,
            label=f"Add to {escaped(name)}" if name else "Add a document",
            icon=":material/upload_file:",
            query_params={"library": str(library)} if name else None,
        )
        if st.button("It is there now", key=f"review_supplied_{one.id}", icon=":material/check:"):
            suggestions.document_added(room, one.id)
            st.rerun()
