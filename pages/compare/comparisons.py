"""Start a comparison and read what it found. `?comparison=` opens one."""

import streamlit as st

from studio.comparison.results import get_comparison, list_comparisons, report
from studio.web.menu import entry_titled
from studio.web.parts.choices import asked_id
from studio.web.parts.comparison import show_report
from studio.web.parts.comparison_form import start_form
from studio.web.parts.comparison_list import comparison_head, comparison_list
from studio.web.parts.forgetting import unlearned
from studio.web.parts.judging import judging
from studio.web.parts.live import live
from studio.web.parts.staleness import compared_before
from studio.web.services import room

PAGE = entry_titled("Comparisons").file
GOING_ON = ("queued", "running")
here = room()
opened = asked_id("comparison")
if opened:
    st.page_link(PAGE, label="All comparisons", icon=":material/arrow_back:")
    first = get_comparison(here, opened)

    @live(first.state in GOING_ON)
    def watch() -> None:
        now = get_comparison(here, first.id)
        comparison_head(here, now)
        if first.state in GOING_ON and now.state not in GOING_ON:
            st.rerun(scope="app")

    watch()
    if first.state not in GOING_ON:
        compared_before(here, first)
        show_report(report(here, first.id).as_dict(), first.name)
        unlearned(here, first)
        judging(here, first)
    st.stop()

comparisons = list_comparisons(here)
asked = any(name in st.query_params for name in ("adapter", "library"))
with st.expander("**Start a comparison**", expanded=not comparisons or asked, icon=":material/add:"):
    started = start_form(here)
if started:
    st.switch_page(PAGE, query_params={"comparison": str(started)})


@live(any(one.state in GOING_ON for one in comparisons), seconds=3)
def all_comparisons() -> None:
    comparison_list(list_comparisons(here))


if comparisons:
    st.subheader("Comparisons", anchor=False)
    all_comparisons()
else:
    st.caption("No comparison yet. 40 to 100 held-out questions tell most differences from chance.")
