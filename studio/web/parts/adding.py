"""How files come into a library: the uploader for ordinary ones, what was said, and what was refused."""

from collections.abc import Sequence

import streamlit as st
from streamlit.typing import UploadedFile

from studio.errors import BadInput
from studio.library.intake.adding import Added, Upload, add_documents
from studio.library.intake.refusals import RefusalView, dismiss_refusals, list_refusals
from studio.library.libraries import LibraryView
from studio.store.database import Workspace
from studio.web.parts.links import same_tab
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import ago, count, pill
from studio.web.uploads import accepted_suffixes, let_go

SAID = "library_said"  # in the session: the library and sentences about what was taken in
ROUND = "library_round"  # in the session: how many uploads there were
REFUSED_OPEN = 1  # more stand in a box that opens, below which progress and documents stay in sight
REFUSED_SHOWN = 5  # the others are a list in it


def add_files(room: Workspace, library: LibraryView) -> None:
    """The uploader; afterwards says what was taken and what was refused."""
    _said(library.id)
    with st.form("library_upload", clear_on_submit=True, border=False):
        with st.container(key="library_files"):
            files = st.file_uploader(
                "Add documents",
                type=_types(),
                accept_multiple_files=True,
                key=f"library_files_{st.session_state.get(ROUND, 0)}",
            )
        st.caption("Several at once, or a ZIP archive of them. The originals are kept.")
        tags = st.text_input(
            "Tags for these files (optional, separated by commas)", key="library_new_tags", max_chars=400
        )
        sent = st.form_submit_button("Add to the library", key="library_add", type="primary")
    same_tab("Add files larger than 200 MB", f"/upload?library={library.id}", "upload_file")
    if sent and files:
        with st.spinner("Storing the files…"):
            take_in(room, library.id, files, split_tags(tags))
        st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1  # an uploader that holds nothing
        st.rerun()


def split_tags(text: str) -> list[str]:
    return [tag for tag in text.split(",") if tag.strip()]


def _types() -> list[str]:
    return [suffix.lstrip(".") for suffix in accepted_suffixes()]


def take_in(room: Workspace, library_id: int, files: list[UploadedFile], tags: list[str]) -> Added:
    """Files that are refused get receipts of their own."""
    try:
        added = add_documents(room, library_id, [Upload(file.name, file) for file in files], tags)
    except BadInput as all_refused:
        added = Added([], str(all_refused).splitlines())
    finally:
        let_go(files)
    st.session_state[SAID] = library_id, _notes(added)  # shown by the rerun
    if added:
        st.toast(f"{count(len(added), 'document')} taken in; reading goes on in the background.")
    return added


def _notes(added: Added) -> list[str]:
    if not added.unchanged:
        return added.notes
    there = "1 document was" if added.unchanged == 1 else f"{added.unchanged:,} documents were"
    return [*added.notes, f"{there} in the library already, with the same content."]


def _said(library_id: int) -> None:
    """It stays until the next upload or until it is dismissed: the page redraws itself meanwhile."""
    said_of, notes = st.session_state.get(SAID, (0, []))
    if said_of != library_id or not notes:
        return
    for sentence in notes:
        st.info(escaped(sentence), icon=":material/info:")
    st.button("Dismiss", key="library_dismiss", on_click=lambda: st.session_state.pop(SAID, None))


def refused_files(room: Workspace, library: LibraryView) -> bool:
    """A receipt for every file not taken in, until it is dismissed; returns whether there are any."""
    refused = list_refusals(room, library.id)
    if len(refused) <= REFUSED_OPEN:
        for one in refused:
            _refused(room, one)
    else:
        with st.expander(
            f"{count(len(refused), 'file')} were not taken in",
            icon=":material/error:",
            key="library_refused",
        ):
            _many_refused(room, library, refused)
    return bool(refused)


def _many_refused(room: Workspace, library: LibraryView, refused: Sequence[RefusalView]) -> None:
    if st.button("Dismiss all", key="library_dismiss_all", icon=":material/close:"):
        dismiss_refusals(room, library.id)
        st.rerun()
    for one in refused[:REFUSED_SHOWN]:
        _refused(room, one)
    if others := refused[REFUSED_SHOWN:]:
        st.markdown("\n".join(f"- **{escaped(one.name)}**: {escaped(one.reason)}" for one in others))


def _refused(room: Workspace, one: RefusalView) -> None:
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{escaped(one.name)}** {pill('failed', 'not taken in')}")
        st.caption(f"{ago(one.created_at).capitalize()}. Nothing of it is in the library.")
        st.markdown(f":red[{escaped(one.reason)}]")
        with st.container(horizontal=True):
            with st.popover("Try another file", icon=":material/refresh:", key=f"library_instead_{one.id}"):
                _another(room, one)
            if st.button("Dismiss", key=f"library_dismiss_{one.id}", icon=":material/close:"):
                dismiss_refusals(room, one.library_id, [one.id])
                st.rerun()


def _another(room: Workspace, one: RefusalView) -> None:
    """A file in its place, under whatever name: taking it in settles the refusal."""
    with st.form(f"library_another_{one.id}", clear_on_submit=True, border=False):
        file = st.file_uploader("The file to take instead", type=_types(), key=f"library_other_{one.id}")
        sent = st.form_submit_button("Add to the library", key=f"library_send_{one.id}")
    if sent and file is not None:
        if take_in(room, one.library_id, [file], []):
            dismiss_refusals(room, one.library_id, [one.id])
        st.rerun()
