"""Ask the expert; every answer names its sources. `?conversation=` opens an earlier one."""

import streamlit as st

from studio.library.conversations import list_conversations, list_messages, start_conversation
from studio.library.libraries import list_libraries
from studio.models.adapters import list_adapters
from studio.web.parts import chat
from studio.web.parts.choices import asked_id
from studio.web.services import room

here = room()
libraries, adapters = list_libraries(here), list_adapters(here)
opened = asked_id("conversation")
chat.history(here, opened)

if opened:
    messages = list_messages(here, opened)
    conversation = next(one for one in list_conversations(here) if one.id == opened)
    chat.who_answers(conversation, libraries, adapters)
    chat.show_messages(here, messages)
    library_id, adapter_id = conversation.library_id, conversation.adapter_id
else:
    library_id, adapter_id = chat.choose_expert(libraries, adapters)
    if library_id is None:
        st.info(
            "Without documents the model answers from memory and cannot show a source. "
            "Add documents to a library to get cited answers.",
            icon=":material/info:",
        )

question = st.chat_input("Ask your expert", key="chat_question", submit_mode="stop")
if question:
    opened = opened or start_conversation(here, library_id, adapter_id)
    chat.answer_live(here, opened, str(question))
    st.query_params["conversation"] = str(opened)
    st.rerun()
