"""What each way would cost on this host, what RAG searches with, and which base model can be trained how."""

import streamlit as st

from studio.advice.costs import costs
from studio.advice.figures import FIGURES
from studio.advice.here import facts_here
from studio.advice.measuring.measurements import Data
from studio.advice.method import CITED, EXPLANATION, advise_method
from studio.advice.recommend import Recommendation
from studio.advice.search_settings import search_settings
from studio.store.database import Workspace
from studio.tuning.forecast import this_host
from studio.web.menu import entry_titled
from studio.web.parts.safe_text import escaped

WAYS = {"not yet": "Prompt alone", "rag": "RAG", "fine-tune": "Fine-tuning", "rag+fine-tune": "Both"}


def show_costs(room: Workspace, found: Recommendation, data: Data) -> None:
    """Folded up: it refines the advice."""
    facts, longest = facts_here(room, found, data)
    with st.expander("What each way costs here", key="advice_costs"):
        for one in costs(facts):
            chosen = " :blue-badge[advised]" if one.way == found.conclusion else ""
            st.markdown(
                f"**{WAYS[one.way]}**{chosen}  \n"
                f":small[Build: {escaped(one.build)} Answer: {escaped(one.answer)} "
                f"Upkeep: {escaped(one.upkeep)}]"
            )
    if data.library_id is not None:
        _search(room, data.library_id)
    with st.expander("LoRA or QLoRA, and which base model", key="advice_method"):
        st.markdown(escaped(advise_method(this_host(), longest).text))
        st.caption(escaped(EXPLANATION))
        for figure in (FIGURES[key] for key in CITED):
            st.markdown(
                f":small[**{escaped(figure.finding)}:** {escaped(figure.figures)} "
                f":gray[({escaped(figure.scope)}; {escaped(figure.source)})]]"
            )


def _search(room: Workspace, library_id: int) -> None:
    """What RAG would search with, and what that rests on."""
    with st.expander("RAG settings, as measured on this library", key="advice_search"):
        for one in search_settings(room, library_id):
            st.markdown(f"**{escaped(one.name)}:** {escaped(one.value)}  \n:small[:gray[{escaped(one.why)}]]")
        st.page_link(
            entry_titled("Search lab").file,
            label="Try other settings",
            query_params={"library": str(library_id)},
            icon=":material/manage_search:",
        )
