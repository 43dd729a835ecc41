"""The place in the documents that an answer relies on. `?id=` names the passage, `?answer=` the answer."""

import streamlit as st

from studio.web.parts.choices import asked_id
from studio.web.parts.empty import nothing_yet
from studio.web.parts.passage import passage_at, show_passage
from studio.web.services import room

wanted = asked_id("id")
if wanted is None:
    nothing_yet(
        "No passage is named in the address.",
        "Open a source from an answer in the chat, or from a search in a library.",
        page="Documents",
        label="Search a library",
    )
    st.stop()

here = room()
show_passage(here, passage_at(here, wanted, asked_id("answer")))
