"""What each side of search finds, and which weighting finds most: for one question, and measured for many."""

import streamlit as st

from studio.library.libraries import list_libraries, remember_opened
from studio.library.listing import document_names
from studio.web.parts import search_lab
from studio.web.parts.choices import choose
from studio.web.parts.empty import nothing_yet
from studio.web.parts.filtering import choose_filter
from studio.web.parts.search_figures import keep_weight, own_questions, what_was_measured
from studio.web.parts.states import count
from studio.web.services import room

here = room()
library = choose(
    "Library",
    list_libraries(here),
    "search_lab_library",
    lambda one: f"{one.name} ({count(one.passages, 'passage')})",
)
if library is None or not library.passages:
    nothing_yet(
        "There is nothing to search yet.",
        "Add documents to a library first; a question can be tried as soon as one is ready.",
        page="Documents",
        label="Add documents",
    )
    st.stop()

remember_opened(here, library)
st.subheader("One question", anchor=False)
question = st.text_input(
    "What would you look for?", placeholder="How often is the filter changed?", key="search_lab_question"
)
weight = st.slider(
    "Weight of meaning (0: words alone, 1: meaning alone)",
    0.0,
    1.0,
    library.dense_weight,
    0.05,
    key=f"search_lab_weight_{library.id}",
    help=f"This library answers with {library.dense_weight:.2f}.",
)
with st.expander("Look only into some documents", icon=":material/filter_alt:"):
    within = choose_filter(document_names(here, library.id), "search_lab")
if question:
    found = search_lab.find_both(here, library, question, weight, within)
    usual = search_lab.find_both(here, library, question, library.dense_weight, within)
    search_lab.three_columns(found, usual, library.dense_weight)
keep_weight(here, library, weight)

st.subheader("What was measured for this library", anchor=False)
what_was_measured(here, library)
st.subheader("Measure with your own questions", anchor=False)
own_questions(here, library)
