"""Whom a conversation asks: library, adapter, and the documents it looks into. Drawn by the chat page."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from studio.library.answering.conversations import ConversationView, change_settings, start_conversation
from studio.library.finding.filters import EVERYTHING, Filter
from studio.library.libraries import LibraryView, remember_opened
from studio.library.listing import document_names
from studio.models.adapters import AdapterView, served_base
from studio.store.database import Workspace
from studio.web.parts.choices import choose, choose_if_wanted
from studio.web.parts.filtering import choose_filter, said
from studio.web.parts.safe_text import escaped
from studio.web.parts.staleness import outdated
from studio.web.parts.states import count

NARROW = "Look only into some documents"


def new_expert(
    room: Workspace, libraries: Sequence[LibraryView], adapters: Sequence[AdapterView]
) -> tuple[int | None, int | None, Filter]:
    """The library, the adapter and the filter that a new conversation asks with."""
    left, right = st.columns(2)
    with left:
        library = choose(
            "Look things up in",
            libraries,
            "chat_library",
            lambda one: f"{one.name} ({count(one.ready, 'document')})",
            none=None if libraries else "No documents",
        )
    with right:
        in_use = bool(adapters) and adapters[0].in_use and adapters[0].base_model == served_base(room)
        start_there = choose if in_use else choose_if_wanted
        adapter = start_there(
            "Speak with", adapters, "chat_adapter", lambda one: one.title, none="The base model as it is"
        )
        if adapter:
            st.caption(
                "An adapter trained without passages speaks in the manner of the trade, "
                "but may invent references."
            )
            outdated(room, adapter.run_id, library.id if library else None)
    within = EVERYTHING
    if library:
        remember_opened(room, library)
        with st.expander(NARROW, icon=":material/filter_alt:", key="chat_narrow"):
            within = choose_filter(document_names(room, library.id), f"chat_new_{library.id}")
    else:
        st.info(
            "Without documents the model answers from memory and cannot show a source. "
            "Add documents to a library to get cited answers.",
            icon=":material/info:",
        )
    return library.id if library else None, adapter.id if adapter else None, within


def begin(room: Workspace, settings: tuple[int | None, int | None, Filter]) -> int:
    """A new conversation with what was chosen."""
    return start_conversation(room, *settings)


def who_answers(
    room: Workspace,
    conversation: ConversationView,
    libraries: Sequence[LibraryView],
    adapters: Sequence[AdapterView],
) -> None:
    """What an opened conversation asks; the documents it looks into can be changed for the next question."""
    names = {one.id: one.name for one in libraries}
    speakers = {one.id: one.name for one in adapters}
    library = names.get(conversation.library_id or 0)
    speaker = speakers.get(conversation.adapter_id or 0, "the base model")
    looked_up = f"Looks things up in **{escaped(library)}**" if library else "Looks nothing up"
    documents = document_names(room, conversation.library_id) if library and conversation.library_id else []
    narrowed = f", only {escaped(said(conversation.filter, documents))}" if conversation.filter else ""
    st.caption(f"{looked_up}{narrowed}, speaks with **{escaped(speaker)}**.")
    run = next((one.run_id for one in adapters if one.id == conversation.adapter_id), None)
    if run is not None:
        outdated(room, run, conversation.library_id)
    if not library:
        return
    with st.expander(NARROW, icon=":material/filter_alt:", key="chat_narrow"):
        within = choose_filter(documents, f"chat_{conversation.id}", conversation.filter)
        if within != conversation.filter:
            change_settings(room, conversation.id, replace(conversation, filter=within))
            st.rerun()
