"""A thumb below an answer and, where it points down, what is wrong with it. Drawn by the chat page."""

import streamlit as st

from studio.library.answering.conversations import MessageView
from studio.library.answering.feedback import REASONS, Remark, rate
from studio.store.database import Workspace
from studio.web.menu import entry_titled

THUMBS = {0: -1, 1: 1}  # st.feedback's thumbs -> the score of a rating


def rating(room: Workspace, message: MessageView) -> None:
    """What was chosen is kept at once; the reason and a better answer when they are sent."""
    if message.choices:  # it asks back: there is nothing to rate
        return
    given = next((thumb for thumb, score in THUMBS.items() if score == message.score), None)
    with st.container(horizontal=True, vertical_alignment="center"):
        thumb = st.feedback("thumbs", key=f"chat_rate_{message.id}", default=given)
        if thumb is not None and THUMBS[thumb] != message.score:
            rate(room, message.id, THUMBS[thumb], message.correction, Remark(message.reason, message.note))
        if thumb == 0:
            label = "What is wrong" if not message.reason and not message.correction else "What you said"
            with st.popover(label, icon=":material/edit_note:", key=f"chat_wrong_{message.id}"):
                _what_is_wrong(room, message)


def _what_is_wrong(room: Workspace, message: MessageView) -> None:
    reason = st.pills(
        "Why",
        list(REASONS),
        default=message.reason or None,
        format_func=REASONS.__getitem__,
        key=f"chat_reason_{message.id}",
    )
    better = st.text_area(
        "A better answer (optional)",
        message.correction,
        key=f"chat_better_{message.id}",
        help="In the words the expert should use. It can become an example to learn from.",
    )
    note = st.text_input("Anything else (optional)", message.note, key=f"chat_note_{message.id}")
    if st.button("Send to review", key=f"chat_keep_{message.id}", type="primary", icon=":material/send:"):
        rate(room, message.id, -1, str(better), Remark(str(reason or ""), str(note)))
        st.toast("Kept. It waits in Review.")
    st.page_link(entry_titled("Review examples").file, label="Open the review", icon=":material/rate_review:")
