"""Which approach fits: a few questions, what can be measured, the recommendation and every reason for it."""

import streamlit as st

from studio.advice.decisions import list_decisions
from studio.advice.explained import explained
from studio.advice.measuring.measurements import Data
from studio.advice.piloting.requests import PilotRequest
from studio.advice.recommend import recommend
from studio.advice.record.basis import Evidence
from studio.web.measured import measured
from studio.web.parts.advice import asked_for, chosen_data, decisions, keep, next_steps, pilot
from studio.web.parts.costs import show_costs
from studio.web.parts.dropping import drop_files
from studio.web.parts.measuring import measure_more
from studio.web.parts.pilot import begin, going_on, prove
from studio.web.parts.questions import ask
from studio.web.parts.recommendation import show_conclusion, show_confidence, show_reasons, show_what_next
from studio.web.parts.signals import show_signals
from studio.web.services import room

here = room()
kept = list_decisions(here)
# beside each other on a wide screen; on a narrow one the advice comes first
advising, asking = st.columns([5, 6], gap="large")
with asking:
    st.subheader("What you have", anchor=False)
    library, version, questions = chosen_data(here)
    drop_files(here, library, version)
    data = Data(library and library.id, version and version.id, questions and questions.id)
    signals = measured(here, library, version, questions and questions.id)
    told = st.container()
    measure_more(here, data)
    st.subheader("What you know", anchor=False)
    answers = ask(trains=version is not None)
with told:
    show_signals(explained(answers, signals), data)

wanted = PilotRequest(data.version_id, data.library_id, data.question_set_id, answers.as_dict())
with advising:
    going_on(here)
    st.subheader("Our advice", anchor=False)
    card = st.container(border=True)
    found, proof = pilot(here, recommend(answers, signals), data)
    evidence = Evidence(data.library_id, data.version_id, proof)
    with card:
        show_conclusion(found)
        next_steps(here, found, library, version)
        pressed = asked_for(found, evidence, kept[0] if kept else None)
        show_confidence(found)
        show_reasons(found)
    if pressed == "prove":
        begin(here, wanted)
    prove(here, wanted, proof)
    show_what_next(found)
    show_costs(here, found, data)
if pressed == "keep":
    keep(here, found, evidence)
decisions(here, kept)
