"""The frame around every page: menu, title, lead and workspace. Drawn by streamlit_app.py.

Pages never draw their own title. What they keep in st.session_state has a key `<page>_<thing>` and is
an id or a draft; everything that must outlive the tab is in Postgres.
"""

from pathlib import Path

import streamlit as st

from studio.web.errors import errors_shown
from studio.web.menu import ENTRIES, MARK, entry_titled, page_of
from studio.web.parts.safe_text import escaped
from studio.web.services import workspace_name

CONTRAST = Path(__file__).with_name("contrast.css")


def show_page() -> None:
    """Run the page that the address asks for, inside the frame."""
    # before the menu: otherwise the browser would fetch the page's symbol as favicon from another host
    st.set_page_config(page_icon=MARK, layout="wide")
    # not grouped: Streamlit's grouped menu is a list that screen readers cannot follow (axe: list, listitem)
    current = st.navigation([page_of(entry) for entry in ENTRIES])
    entry = entry_titled(current.title)
    st.set_page_config(page_title=f"{entry.title} · Expert Studio")
    st.html(CONTRAST)
    st.logo(MARK, size="large")
    with st.sidebar:
        st.caption(f"Expert Studio · workspace {escaped(workspace_name())}")
    st.title(entry.title, anchor=False)
    st.markdown(entry.lead)
    with errors_shown():
        current.run()
