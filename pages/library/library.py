"""Documents of a library: add them, watch them being read, try what can be found in them."""

import streamlit as st

from studio.library.libraries import list_libraries
from studio.library.search import find_passages
from studio.web.parts.choices import choose
from studio.web.parts.library import add_files, hits, manage_library, new_library, receipts
from studio.web.parts.live import live
from studio.web.parts.states import count
from studio.web.services import room

here = room()
libraries = list_libraries(here)
if not libraries:
    with st.container(border=True):
        st.subheader("Create your first library", anchor=False)
        new_library(here)
    st.stop()

with st.container(horizontal=True, vertical_alignment="bottom"):
    library = choose(
        "Library",
        libraries,
        "library_library",
        lambda one: f"{one.name} ({count(one.documents, 'document')})",
    )
    with st.popover("New library", icon=":material/add:"):
        new_library(here)
    if library:
        with st.popover("Manage", icon=":material/settings:"):
            manage_library(here, library)
if library is None:
    st.stop()

add_files(here, library)


@live(library.working > 0)
def documents() -> None:
    if not receipts(here, library) and library.working:
        st.rerun(scope="app")


if library.passages:
    st.subheader("Try the library", anchor=False)
    question = st.text_input("What would you look for?", key="library_question")
    if question:
        with st.spinner("Looking…"):
            found = find_passages(here, library.id, question, limit=5)
        hits(found)

st.subheader("Documents", anchor=False)
if library.documents:
    documents()
else:
    st.caption("No documents yet: add some above. You can leave this page while they are read.")
