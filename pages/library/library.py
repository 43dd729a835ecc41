"""Documents of a library: add them, watch them being read, try what can be found in them."""

import streamlit as st

from studio.library.embedding.switching import find_switch
from studio.library.finding.search import find_passages
from studio.library.libraries import list_libraries
from studio.web.parts.adding import add_files, refused_files
from studio.web.parts.embedding import embedding_model
from studio.web.parts.library import choose_library, first_library, hits
from studio.web.parts.live import live
from studio.web.parts.receipts import receipts
from studio.web.services import room

here = room()
libraries = list_libraries(here)
if not libraries:
    first_library(here)
    st.stop()

library = choose_library(here, libraries)
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
        hits(found, library)

st.subheader("Documents", anchor=False)
refused = refused_files(here, library)
if library.documents:
    documents()
elif not refused:
    st.caption("No documents yet: add some above. You can leave this page while they are read.")
with st.expander(
    "Embedding model", expanded=find_switch(here, library.id) is not None, key="library_model_box"
):
    embedding_model(here, library)
