"""How files come into a library: the uploader for ordinary ones, and what was said about them."""

import streamlit as st

from studio.errors import BadInput
from studio.library.intake.adding import Added, Upload, add_documents
from studio.library.libraries import LibraryView
from studio.store.database import Workspace
from studio.web.parts.links import same_tab
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import count
from studio.web.uploads import accepted_suffixes

SAID = "library_said"  # in the session: the library, sentences about refused files, other notes


def add_files(room: Workspace, library: LibraryView) -> None:
    """The uploader; afterwards says what was taken and what was refused."""
    _said(library.id)
    with st.form("library_upload", clear_on_submit=True, border=False):
        files = st.file_uploader(
            "Add documents",
            type=[suffix.lstrip(".") for suffix in accepted_suffixes()],
            accept_multiple_files=True,
            key="library_files",
        )
        st.caption("Several at once, or a ZIP archive of them. The originals are kept.")
        tags = st.text_input(
            "Tags for these files (optional, separated by commas)", key="library_new_tags", max_chars=400
        )
        sent = st.form_submit_button("Add to the library", key="library_add", type="primary")
    same_tab("Add files larger than 200 MB", f"/upload?library={library.id}", "upload_file")
    if sent and files:
        with st.spinner("Storing the files…"):
            added = _stored(room, library.id, [Upload(file.name, file) for file in files], split_tags(tags))
        st.session_state[SAID] = library.id, added.refused, _notes(added)  # shown by the rerun
        if added:
            st.toast(f"{count(len(added), 'document')} taken in; reading goes on in the background.")
        st.rerun()


def split_tags(text: str) -> list[str]:
    return [tag for tag in text.split(",") if tag.strip()]


def _stored(room: Workspace, library_id: int, uploads: list[Upload], tags: list[str]) -> Added:
    try:
        return add_documents(room, library_id, uploads, tags)
    except BadInput as all_refused:
        return Added([], str(all_refused).splitlines())


def _notes(added: Added) -> list[str]:
    if not added.unchanged:
        return added.notes
    there = "1 file was" if added.unchanged == 1 else f"{added.unchanged:,} files were"
    return [*added.notes, f"{there} in the library already, with the same content."]


def _said(library_id: int) -> None:
    """It stays until the next upload or until it is dismissed: the page redraws itself meanwhile."""
    said_of, refused, notes = st.session_state.get(SAID, (0, [], []))
    if said_of != library_id or not (refused or notes):
        return
    for sentence in refused:
        st.warning(escaped(sentence), icon=":material/block:")
    for sentence in notes:
        st.info(escaped(sentence), icon=":material/info:")
    st.button("Dismiss", key="library_dismiss", on_click=lambda: st.session_state.pop(SAID, None))
