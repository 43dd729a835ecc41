"""The source viewer: a passage marked at its place, with what stands around it."""

import streamlit as st

from studio.library.viewer import PassageView, TableRow, open_passage
from studio.store.database import Workspace
from studio.web.menu import entry_titled
from studio.web.parts.safe_text import escaped, marked


def passage_at(room: Workspace, passage_id: int) -> PassageView:
    """The passage; drawing its page takes longer than everything else, so it is kept for a minute."""
    return _opened(room, room.id, passage_id)


@st.cache_data(max_entries=32, ttl=60, show_spinner="Opening the document…")
def _opened(_room: Workspace, workspace_id: int, passage_id: int) -> PassageView:
    return open_passage(_room, passage_id)


def forget_passages() -> None:
    """Called when documents are deleted, so that nothing of them is shown any more."""
    _opened.clear()


def show_passage(passage: PassageView) -> None:
    """Title and place first; then the page itself where there is one, else the text around it."""
    st.subheader(escaped(passage.title or passage.document), anchor=False)
    st.markdown(f":material/description: {escaped(passage.document)} · {escaped(passage.where)}")
    if passage.heading:
        st.caption(escaped(" › ".join(passage.heading)))
    if passage.page_png:
        page, text = st.columns([3, 2], gap="large")
        with page.container(border=True):
            st.image(passage.page_png, caption="The page with the passage marked", width="stretch")
        with text:
            _in_context(passage)
    elif passage.rows:
        _rows(passage.rows)
    else:
        _in_context(passage)
    st.page_link(entry_titled("Documents").file, label="Go to the documents", icon=":material/library_books:")


def _in_context(passage: PassageView) -> None:
    with st.container(border=True):
        if passage.before:
            st.caption(_plain(passage.before))
        st.markdown(marked(passage.text))
        if passage.after:
            st.caption(_plain(passage.after))


def _plain(text: str) -> str:
    return "  \n".join(escaped(line) for line in text.split("\n") if line.strip())


def _rows(rows: tuple[TableRow, ...]) -> None:
    with st.container(border=True):
        for row in rows:
            text = marked(row.text) if row.chosen else _plain(row.text)
            st.markdown(f":gray-badge[row {row.number}]  \n{text}")
