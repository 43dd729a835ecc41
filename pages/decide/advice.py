"""Which approach fits: a few questions, what can be measured, the recommendation and every reason for it."""

import streamlit as st

from studio.advice.decisions import list_decisions, save_decision
from studio.advice.measure import measure_signals
from studio.advice.recommend import recommend
from studio.library.libraries import list_libraries
from studio.training_sets.versions import list_versions
from studio.web.parts.advice import actions, decisions
from studio.web.parts.choices import choose
from studio.web.parts.questions import ask
from studio.web.parts.recommendation import show_reasons, show_recommendation, show_signals, show_what_next
from studio.web.services import room

here = room()
asking, advising = st.columns([3, 2], gap="large")
with asking:
    st.subheader("What you have", anchor=False)
    left, right = st.columns(2)
    with left:
        library = choose(
            "Library", list_libraries(here), "advice_library", lambda one: one.name, none="None yet"
        )
    with right:
        version = choose(
            "Training set",
            list_versions(here),
            "advice_version",
            lambda one: f"{one.name}, version {one.version}",
            none="None yet",
        )
    signals = measure_signals(here, library.id if library else None, version.id if version else None)
    show_signals(signals)
    st.subheader("What you know", anchor=False)
    answers = ask()

found = recommend(answers, signals)
with advising:
    st.subheader("Our advice", anchor=False)
    with st.container(border=True):
        show_recommendation(found)
        keep = actions(found, library, version)
        show_reasons(found)
    show_what_next(found)
if keep:
    save_decision(here, found, library_id=library and library.id, version_id=version and version.id)
    st.toast("The decision is kept with everything it rests on.", icon=":material/bookmark:")
decisions(list_decisions(here))
