"""Ask the expert; every answer names its sources. `?conversation=` opens an earlier one."""

import streamlit as st

from studio.library.answering.conversations import get_conversation, list_messages
from studio.library.libraries import list_libraries
from studio.models.adapters import list_adapters
from studio.web.parts import chat
from studio.web.parts.chat_settings import begin, new_expert, who_answers
from studio.web.parts.choices import asked_id
from studio.web.services import room

here = room()
libraries, adapters = list_libraries(here), list_adapters(here)
opened = asked_id("conversation")
chat.history(here, opened)

settings = None
if opened:
    conversation = get_conversation(here, opened)
    who_answers(here, conversation, libraries, adapters)
    chat.show_messages(here, list_messages(here, opened))
else:
    settings = new_expert(here, libraries, adapters)

typed = st.chat_input("Ask your expert", key="chat_question", submit_mode="stop")
question, chosen = chat.pointed_at() or (typed, None)
if question:
    opened = opened or (begin(here, settings) if settings else None)
    if opened:
        chat.answer_live(here, opened, str(question), chosen)
        st.query_params["conversation"] = str(opened)
        st.rerun()
