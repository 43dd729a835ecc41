"""What the library page shows: making a library, adding files, receipts of documents, trying the search."""

from collections.abc import Sequence

import streamlit as st

from studio.errors import BadInput
from studio.library.adding import Upload, add_documents
from studio.library.documents import DocumentView, delete_document, list_documents, retry_document
from studio.library.languages import IN_PIECES, STEMMED
from studio.library.libraries import LibraryView, create_library
from studio.library.removing import delete_library
from studio.library.search import Hit
from studio.store.database import Workspace
from studio.web.menu import PASSAGE
from studio.web.parts.passage import forget_passages
from studio.web.parts.safe_text import escaped, prose
from studio.web.parts.states import MOVING, count, duration, pill
from studio.web.services import engine

FORMATS = ["pdf", "docx", "md", "txt", "html", "htm", "csv", "tsv", "xlsx", "jsonl"]
PER_PAGE = 10
SNIPPET = 420
REFUSED = "library_refused"  # in the session: the library and the sentences


def new_library(room: Workspace) -> None:
    with st.form("library_new", border=False):
        name = st.text_input("Name", placeholder="Manuals and price lists", key="library_name")
        languages = sorted({*STEMMED, *IN_PIECES})
        language = st.selectbox(
            "Language of the documents",
            languages,
            index=languages.index("english"),
            format_func=str.capitalize,
            key="library_language",
        )
        st.caption("The bundled embedding model knows English best; other languages rely more on words.")
        if st.form_submit_button("Create library", key="library_create", type="primary"):
            with st.spinner("Asking the model server which embedding model it has…"):
                made = create_library(room, name, language, engine())
            st.query_params["library"] = str(made.id)
            st.session_state.pop("library_library", None)
            st.rerun()


def manage_library(room: Workspace, library: LibraryView) -> None:
    st.markdown(
        f"{count(library.ready, 'document')}, {count(library.passages, 'passage')}, "
        f"{escaped(library.language)}, embedded with {escaped(library.embedding_model)}."
    )
    sure = st.checkbox(
        f"Delete this library and its {count(library.documents, 'document')} for good", key="library_sure"
    )
    if st.button("Delete library", key="library_delete", disabled=not sure, icon=":material/delete:"):
        delete_library(room, library.id)
        forget_passages()
        st.query_params.clear()
        st.session_state.pop("library_library", None)
        st.rerun()


def add_files(room: Workspace, library: LibraryView) -> None:
    """The uploader; afterwards says what was taken and what was refused."""
    _refusals(library.id)
    with st.form("library_upload", clear_on_submit=True, border=False):
        files = st.file_uploader(
            "Add documents", type=FORMATS, accept_multiple_files=True, key="library_files"
        )
        st.caption("PDF, Word, Markdown, text, HTML, CSV and Excel. The originals are kept.")
        sent = st.form_submit_button("Add to the library", key="library_add", type="primary")
    if sent and files:
        with st.spinner("Storing the files…"):
            taken, refused = _stored(room, library.id, [Upload(file.name, file) for file in files])
        st.session_state[REFUSED] = library.id, refused  # shown by the rerun, which counts anew
        if taken:
            st.toast(f"{count(taken, 'document')} taken in; reading goes on in the background.")
        st.rerun()


def _stored(room: Workspace, library_id: int, uploads: list[Upload]) -> tuple[int, list[str]]:
    """How many documents were taken in, and a sentence for each file that was refused."""
    try:
        added = add_documents(room, library_id, uploads)
    except BadInput as all_refused:
        return 0, str(all_refused).splitlines()
    return len(added), added.refused


def _refusals(library_id: int) -> None:
    """They stay until the next upload or until they are dismissed: the page redraws itself meanwhile."""
    refused_by, sentences = st.session_state.get(REFUSED, (0, []))
    if refused_by != library_id or not sentences:
        return
    for sentence in sentences:
        st.warning(escaped(sentence), icon=":material/block:")
    st.button("Dismiss", key="library_dismiss", on_click=lambda: st.session_state.pop(REFUSED, None))


def receipts(room: Workspace, library: LibraryView) -> bool:
    """The documents, newest first; returns whether some are still on their way in."""
    documents = list_documents(room, library.id)
    moving = [document for document in documents if document.state in MOVING]
    if moving:
        done = len(documents) - len(moving)
        st.progress(
            done / len(documents), text=f"Reading: {done} of {count(len(documents), 'document')} done"
        )
    page = 1
    if len(documents) > PER_PAGE:
        page = st.pagination(-(-len(documents) // PER_PAGE), key="library_page")
    for document in documents[(page - 1) * PER_PAGE :][:PER_PAGE]:
        _receipt(room, document)
    return bool(moving)


def _receipt(room: Workspace, document: DocumentView) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(gap="xxsmall", width="stretch"):
            st.markdown(f"**{escaped(document.title)}** {pill(document.state)}")
            if facts := _facts(document):
                st.caption(escaped(facts))
            if document.error:
                st.markdown(f":red[{escaped(document.error)}]")
            for warning in document.warnings:
                st.markdown(f":orange[{escaped(warning)}]")
        with st.popover("Actions", key=f"library_actions_{document.id}"):
            _actions(room, document)


def _facts(document: DocumentView) -> str:
    facts = [] if document.title == document.name else [document.name]
    if document.pages:
        facts.append(count(document.pages, "page"))
    if document.tables:
        facts.append(count(document.tables, "table"))
    if document.passages:
        facts.append(count(document.passages, "passage"))
    if document.seconds is not None and document.state == "ready":
        facts.append(f"read in {duration(document.seconds)}")
    if document.state == "waiting":
        facts.append("waiting to be read")
    return " · ".join(facts)


def _actions(room: Workspace, document: DocumentView) -> None:
    if document.state == "failed" and st.button(
        "Try again", key=f"library_retry_{document.id}", icon=":material/refresh:"
    ):
        retry_document(room, document.id)
        st.rerun()
    if st.button("Delete document", key=f"library_remove_{document.id}", icon=":material/delete:"):
        delete_document(room, document.id)
        forget_passages()
        st.rerun()
    st.caption("Deleting removes its passages and its original.")


def hits(found: Sequence[Hit]) -> None:
    """What the library finds for a question, each with the way to its place."""
    if not found:
        st.info("Nothing was found. Try other words, or add documents.", icon=":material/search_off:")
    for number, hit in enumerate(found, 1):
        with st.container(border=True, gap="xsmall"):
            st.page_link(
                PASSAGE.file,
                label=f"{number}. {escaped(hit.title or hit.document)}",
                icon=":material/plagiarism:",
                query_params={"id": str(hit.passage_id)},
            )
            if hit.heading:
                st.caption(
                    escaped(" › ".join([hit.heading] if isinstance(hit.heading, str) else hit.heading))
                )
            text = hit.text if len(hit.text) <= SNIPPET else hit.text[:SNIPPET].rsplit(" ", 1)[0] + " …"
            st.markdown(prose(text))
