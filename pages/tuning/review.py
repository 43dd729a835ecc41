"""Suggested examples: have them drafted, accept, edit or reject each, and make a training set of them."""

import streamlit as st

from studio.library.libraries import list_libraries
from studio.training_sets.building import conversations, drafting
from studio.web.parts.drafting import ask_for_drafts, draftings
from studio.web.parts.keeping import keep_accepted
from studio.web.parts.live import live
from studio.web.parts.missing_documents import missing_documents
from studio.web.parts.reviewing import review, suggestions_wait
from studio.web.services import room

here = room()
conversations.gather(here)
libraries, works = list_libraries(here), drafting.list_draftings(here)
with st.expander(
    "**Get suggestions**",
    expanded=not works and not suggestions_wait(here),
    icon=":material/add:",
    key="review_get",
):
    ask_for_drafts(here, libraries, works)


@live(any(work.active for work in works))
def being_drafted() -> None:
    now = drafting.list_draftings(here)
    draftings(here, now)
    if any(work.active for work in works) and not any(work.active for work in now):
        st.rerun(scope="app")


if works:
    being_drafted()


@live(False)
def one_at_a_time() -> None:
    review(here)


one_at_a_time()
keep_accepted(here)
missing_documents(here, libraries)
