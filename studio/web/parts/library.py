"""What the library page shows beside documents: making a library, managing it, trying the search."""

from collections.abc import Sequence

import streamlit as st

from studio.library.finding.languages import AUTOMATIC, IN_PIECES, STEMMED
from studio.library.finding.search import Hit
from studio.library.libraries import LibraryView, create_library, remember_opened
from studio.library.removing import delete_library
from studio.store.database import Workspace
from studio.web.menu import PASSAGE, entry_titled
from studio.web.parts.choices import choose
from studio.web.parts.embedding import choose_model, other_models, service_chosen
from studio.web.parts.passage import forget_passages
from studio.web.parts.safe_text import escaped, prose
from studio.web.parts.states import count
from studio.web.services import engine

SNIPPET = 420


def first_library(room: Workspace) -> None:
    with st.container(border=True):
        st.subheader("Create your first library", anchor=False)
        _new_library(room)


def choose_library(room: Workspace, libraries: Sequence[LibraryView]) -> LibraryView | None:
    """The library the page is about, with the ways to another and to its settings."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        library = choose(
            "Library",
            libraries,
            "library_library",
            lambda one: f"{one.name} ({count(one.documents, 'document')})",
        )
        with st.popover("New library", icon=":material/add:"):
            _new_library(room)
        if library:
            remember_opened(room, library)
            with st.popover("Manage", icon=":material/settings:"):
                _manage(room, library)
    return library


def _new_library(room: Workspace) -> None:
    """Not a form: the choice of a model shows what it brings with it."""
    name = st.text_input("Name", placeholder="Manuals and price lists", key="library_name")
    languages = [AUTOMATIC, *sorted({*STEMMED, *IN_PIECES})]
    language = st.selectbox(
        "Language of the documents",
        languages,
        format_func=str.capitalize,
        key="library_language",
        help="Automatic: the first documents tell. Choose one where they are in several languages.",
    )
    model = choose_model("library_model")
    other_models()
    st.caption("The bundled model knows English best. You can try another model later, without a new upload.")
    if st.button("Create library", key="library_create", type="primary", disabled=not model):
        with st.spinner("Asking the model server which embedding model it has…"):
            made = create_library(room, name, language, engine(), service_chosen(str(model)))
        st.query_params["library"] = str(made.id)
        st.session_state.pop("library_library", None)
        st.rerun()


def _manage(room: Workspace, library: LibraryView) -> None:
    st.markdown(
        f"{count(library.ready, 'document')}, {count(library.passages, 'passage')}, "
        f"{escaped(library.language.capitalize())}, embedded with {escaped(library.embedding_model)}."
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


def hits(found: Sequence[Hit], library: LibraryView) -> None:
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
            named = hit.where.startswith("section")  # by its headings
            above = [" › ".join(hit.heading)] if hit.heading and not named else []
            st.caption(escaped(" · ".join(dict.fromkeys([hit.document, hit.where, *above]))))
            text = hit.text if len(hit.text) <= SNIPPET else hit.text[:SNIPPET].rsplit(" ", 1)[0] + " …"
            st.markdown(prose(text))
    st.page_link(
        entry_titled("Search lab").file,
        label="Look closer in the search lab",
        icon=":material/manage_search:",
        query_params={"library": str(library.id)},
    )
