"""Which approach fits: a few questions, what can be measured, the recommendation and every reason for it."""

import streamlit as st

from studio.advice.decisions import Evidence, list_decisions, save_decision
from studio.advice.piloting.requests import PilotRequest
from studio.advice.recommend import recommend
from studio.comparison.question_sets import list_question_sets
from studio.library.libraries import list_libraries
from studio.training_sets.versions import list_versions
from studio.web.measured import measured
from studio.web.parts.advice import actions, decisions, pilot
from studio.web.parts.choices import choose, choose_if_wanted
from studio.web.parts.pilot import prove
from studio.web.parts.questions import ask
from studio.web.parts.recommendation import show_reasons, show_recommendation, show_signals, show_what_next
from studio.web.services import room

here = room()
asking, advising = st.columns([3, 2], gap="large")
with asking:
    st.subheader("What you have", anchor=False)
    with st.grid(3, min_column_width=180):
        library = choose("Library", list_libraries(here), "advice_library", lambda one: one.name, "None yet")
        version = choose(
            "Training set",
            list_versions(here),
            "advice_version",
            lambda one: f"{one.name}, version {one.version}",
            "None yet",
        )
        questions = choose_if_wanted(
            "Questions for the search",
            list_question_sets(here),
            "advice_questions",
            lambda one: one.name,
            "None",
        )
    signals = measured(here, library, version, questions and questions.id)
    show_signals(signals)
    st.subheader("What you know", anchor=False)
    answers = ask()

with advising:
    st.subheader("Our advice", anchor=False)
    found, proof = pilot(here, recommend(answers, signals))
    with st.container(border=True):
        show_recommendation(found)
        keep = actions(here, found, library, version)
        show_reasons(found)
    show_what_next(found)
ids = [one and one.id for one in (version, library, questions)]
prove(here, PilotRequest(*ids, answers.as_dict()))
if keep:
    evidence = Evidence(library and library.id, version and version.id, proof)
    save_decision(here, found, evidence)
    st.toast("The decision is kept with everything it rests on.", icon=":material/bookmark:")
decisions(here, list_decisions(here))
