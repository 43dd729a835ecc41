"""Which approach fits: a few questions, what can be measured, the recommendation and every reason for it."""

import streamlit as st

from studio.advice.decisions import Evidence, list_decisions, save_decision
from studio.advice.explained import explained
from studio.advice.measuring.measurements import Data
from studio.advice.piloting.requests import PilotRequest
from studio.advice.recommend import recommend
from studio.web.measured import measured
from studio.web.parts.advice import actions, chosen_data, decisions, pilot
from studio.web.parts.costs import show_costs
from studio.web.parts.measuring import measure_more
from studio.web.parts.pilot import prove
from studio.web.parts.questions import ask
from studio.web.parts.recommendation import show_conclusion, show_confidence, show_reasons, show_what_next
from studio.web.parts.signals import show_signals
from studio.web.services import room

here = room()
# beside each other on a wide screen; on a narrow one the advice comes first
advising, asking = st.columns([5, 6], gap="large")
with asking:
    st.subheader("What you have", anchor=False)
    library, version, questions = chosen_data(here)
    data = Data(library and library.id, version and version.id, questions and questions.id)
    signals = measured(here, library, version, questions and questions.id)
    told = st.container()
    measure_more(here, data)
    st.subheader("What you know", anchor=False)
    answers = ask(trains=version is not None)
with told:
    show_signals(explained(answers, signals), data)

with advising:
    st.subheader("Our advice", anchor=False)
    card = st.container(border=True)
    found, proof = pilot(here, recommend(answers, signals), data)
    with card:
        show_conclusion(found)
        keep = actions(here, found, library, version)
        show_confidence(found)
        show_reasons(found)
    show_what_next(found)
    show_costs(here, found, data)
prove(here, PilotRequest(data.version_id, data.library_id, data.question_set_id, answers.as_dict()))
if keep:
    evidence = Evidence(data.library_id, data.version_id, proof)
    save_decision(here, found, evidence)
    st.toast("The decision is kept with everything it rests on.", icon=":material/bookmark:")
decisions(here, list_decisions(here))
