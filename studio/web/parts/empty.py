"""What stands where nothing is yet: what belongs here and the one thing to do."""

import streamlit as st

from studio.web.menu import entry_titled


def nothing_yet(what: str, next_step: str, *, page: str | None = None, label: str = "") -> None:
    """An empty state; with `page` (a menu title) it offers the way there."""
    with st.container(border=True, horizontal_alignment="left"):
        st.markdown(f"**{what}**")
        st.markdown(next_step)
        if page:
            st.page_link(entry_titled(page).file, label=label or page, icon=":material/arrow_forward:")
