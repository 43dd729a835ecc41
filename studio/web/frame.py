"""The frame around every page: menu, title, lead and workspace. Drawn by streamlit_app.py.

Pages never draw their own title. What they keep in st.session_state has a key `<page>_<thing>` and is
an id or a draft; everything that must outlive the tab is in Postgres.
"""

from itertools import groupby

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from studio.web.errors import errors_shown
from studio.web.menu import ENTRIES, MARK, Entry, page_of
from studio.web.parts.safe_text import escaped
from studio.web.services import workspace_name


def show_page() -> None:
    """Run the page that the address asks for, inside the frame."""
    pages = {entry.file: page_of(entry) for entry in ENTRIES}
    current = st.navigation(list(pages.values()), position="hidden")
    entry = next(entry for entry in ENTRIES if entry.title == current.title)
    st.set_page_config(
        page_title=f"{entry.title} · Expert Studio",
        page_icon=MARK,
        layout="wide",
        initial_sidebar_state="auto",
    )
    _menu(pages)
    _heading(entry)
    with errors_shown():
        current.run()


def _menu(pages: dict[str, StreamlitPage]) -> None:
    st.logo(MARK, size="large")
    with st.sidebar:
        st.markdown(f"**Expert Studio**  \n:small[Workspace: {escaped(workspace_name())}]")
        for section, entries in groupby((e for e in ENTRIES if not e.hidden), key=lambda e: e.section):
            if section and section != "System":
                st.caption(section)
            for entry in entries:
                st.page_link(pages[entry.file], icon=f":material/{entry.icon}:")


def _heading(entry: Entry) -> None:
    st.title(entry.title, anchor=False)
    st.markdown(entry.lead)
