"""Links to addresses of the studio that no page of Streamlit answers: uploads and downloads."""

import streamlit as st

SYMBOL = "font-family:'Material Symbols Rounded';font-size:1.25rem;line-height:1"


def same_tab(label: str, address: str, icon: str) -> None:
    """A link that looks like those between pages and stays in this tab; both texts are the studio's own.

    Streamlit's link button and its Markdown would open another tab.
    """
    st.html(
        f'<a href="{address}" style="display:inline-flex;align-items:center;gap:.5rem;min-height:2rem;'
        f'color:inherit;text-decoration:none"><span aria-hidden="true" style="{SYMBOL}">{icon}</span>'
        f'<span style="text-decoration:underline">{label}</span></a>',
        width="content",
    )
