"""What the chat page shows: messages with their sources, an answer as it comes, earlier conversations."""

from collections.abc import Generator, Sequence
from contextlib import closing
from typing import cast

import streamlit as st

from studio.engine.prompts import NO_ANSWER
from studio.library.answering.answers import NOTHING_SAID, Cited
from studio.library.answering.choosing import Choice
from studio.library.answering.citations import has_unsupported
from studio.library.answering.conversations import (
    CitationView,
    MessageView,
    ask,
    list_conversations,
)
from studio.store.database import Workspace
from studio.web.menu import MARK, PASSAGE, entry_titled
from studio.web.parts.rating import rating
from studio.web.parts.safe_text import escaped, prose, with_citations
from studio.web.parts.states import ago
from studio.web.services import engine

HISTORY_SHOWN = 15
NAME = 24  # characters of a source's name
AVATARS = {"user": ":material/person:", "assistant": MARK}
Pieces = Generator[str | Cited]
POINTED = "chat_pointed"  # in the session, from a press on a button to the run that follows


def history(room: Workspace, current: int | None) -> None:
    """Earlier conversations, newest first, and the way to a new one."""
    with st.container(horizontal=True):
        if current:
            st.page_link(entry_titled("Chat").file, label="New conversation", icon=":material/add_comment:")
        with st.popover("Earlier conversations", icon=":material/history:"):
            found = list_conversations(room)[:HISTORY_SHOWN]
            if not found:
                st.caption("None yet.")
            for conversation in found:
                st.page_link(
                    entry_titled("Chat").file,
                    label=f"{escaped(conversation.title or 'Untitled')} · {ago(conversation.created_at)}",
                    query_params={"conversation": str(conversation.id)},
                )


def show_messages(room: Workspace, messages: Sequence[MessageView]) -> None:
    for message in messages:
        with st.chat_message(message.role, avatar=AVATARS[message.role]):
            if message.role == "user":
                st.markdown(prose(message.text))
            else:
                _answer(room, message)


def _answer(room: Workspace, message: MessageView) -> None:
    if message.looked_up:
        st.caption(f":material/search: Looked up: “{escaped(message.looked_up)}”")
    st.markdown(_text(message))
    if message.choices:
        _choices(message)
    if message.stopped:
        st.caption("This answer was stopped before it was finished.")
    used = [citation for citation in message.citations if citation.used]
    unused = [citation for citation in message.citations if not citation.used]
    for citation in used:
        _source(citation, message.id)
    if used and has_unsupported(message.text):
        st.caption("What is marked has no source in the documents: check it before you rely on it.")
    if unused and not used and message.text.strip() not in (NO_ANSWER, NOTHING_SAID):
        st.warning("No passage supports this answer: do not rely on it.", icon=":material/warning:")
    if message.left_out:
        names = ", ".join(escaped(name) for name in message.left_out)
        st.caption(f"Found too, but more than the model can read at once: {names}.")
    if unused:
        label = "Nearest passages" if not used else "Also looked at"
        with st.expander(f"{label} ({len(unused)})"):
            for citation in unused:
                _source(citation, message.id)
    rating(room, message)


def _choices(message: MessageView) -> None:
    """A button for each document that could be meant; pressing it asks about that one."""
    with st.container(horizontal=True, gap="small"):
        for choice in message.choices:
            st.button(
                escaped(choice.title),
                key=f"chat_choose_{message.id}_{choice.document_id}",
                icon=":material/description:",
                on_click=_point_at,
                args=(choice,),
            )


def _point_at(choice: Choice) -> None:
    st.session_state[POINTED] = f"What is “{choice.title}” about?", choice.document_id


def pointed_at() -> tuple[str, int] | None:
    """The question that a button has just asked, with the document it means."""
    pointed: tuple[str, int] | None = st.session_state.pop(POINTED, None)
    return pointed


def _text(message: MessageView) -> str:
    """The answer with links to its sources; a sentence without one is marked where others have some."""
    links = {
        c.number: f"/passage?id={c.passage_id}&answer={message.id}"
        for c in message.citations
        if c.passage_id is not None
    }
    if not any(sentence.numbers for sentence in message.sentences):
        return with_citations(message.text, links)
    parts = [
        with_citations(sentence.text + "".join(f" [{number}]" for number in sentence.numbers), links)
        if sentence.numbers
        else f":orange-background[{escaped(sentence.text)}] :orange-badge[no source]"
        for sentence in message.sentences
    ]
    return " ".join(parts)


def _source(citation: CitationView, answer_id: int) -> None:
    """Number, document and place as a link to the passage, which marks what the answer rests on."""
    label = f"[{citation.number}] {_short(citation.document)}, {citation.place}"
    with st.container(border=True, gap="xxsmall"):
        if citation.passage_id is None:
            st.markdown(f"**{escaped(label)}** (deleted since)")
        else:
            st.page_link(
                PASSAGE.file,
                label=escaped(label),
                icon=":material/plagiarism:",
                query_params={"id": str(citation.passage_id), "answer": str(answer_id)},
            )
        st.caption(f"“{escaped(citation.quote)}”")


def _short(name: str) -> str:
    """Its middle left out, so that the place behind it is still seen on a phone."""
    return name if len(name) <= NAME else f"{name[: NAME - 10]}…{name[-9:]}"


def answer_live(room: Workspace, conversation_id: int, question: str, chosen: int | None = None) -> None:
    """Show the question and the answer while it is written; what was said is in the database afterwards."""
    with st.chat_message("user", avatar=AVATARS["user"]):
        st.markdown(prose(question))
    with st.chat_message("assistant", avatar=AVATARS["assistant"]):
        place, written = st.empty(), ""
        place.markdown(":shimmer[Looking into the documents…]")
        # closing tells the model to stop when the reader presses stop or leaves
        with closing(cast(Pieces, ask(room, engine(), conversation_id, question, chosen))) as pieces:
            for piece in pieces:
                written += piece if isinstance(piece, str) else ""
                place.markdown(prose(written))
