"""What can be done with a recommendation: prepare the library, start the run, prove it, keep the decision."""

import json
from collections.abc import Sequence
from typing import Any, Literal

import streamlit as st

from studio.advice.decisions import DecisionView, save_decision
from studio.advice.kinds import GATHER, TITLES
from studio.advice.measuring.measurements import Data
from studio.advice.pilot import after_pilot
from studio.advice.piloting.pilots import list_pilots
from studio.advice.piloting.stages import RAFT_VERSION
from studio.advice.recommend import Recommendation
from studio.advice.record.basis import Evidence
from studio.comparison.question_sets import QuestionSetView, list_question_sets
from studio.comparison.results import list_comparisons, report
from studio.library.libraries import LibraryView, list_libraries
from studio.store.database import Workspace
from studio.training_sets.versions import VersionView, list_versions
from studio.web.menu import entry_titled
from studio.web.parts.choices import NOTHING, Numbered, choose, choose_if_wanted
from studio.web.parts.decision import record_links, since_then
from studio.web.parts.dropping import CAME, own_library
from studio.web.parts.pilot import is_about
from studio.web.parts.recommendation import show_reasons, show_recommendation
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import ago

Pressed = Literal["prove", "keep"]


def chosen_data(room: Workspace) -> tuple[LibraryView | None, VersionView | None, QuestionSetView | None]:
    """What the advice is about: documents, examples, and other questions than the held-out."""
    libraries, versions = list_libraries(room), _versions(room)
    _begin_with_what_came("advice_library", libraries)
    _begin_with_what_came("advice_version", versions)
    with st.grid(3, min_column_width=180):
        library = choose("Library", libraries, "advice_library", lambda one: one.name, "None yet")
        version = choose(
            "Training set",
            versions,
            "advice_version",
            lambda one: f"{one.name}, version {one.version}",
            "None yet",
        )
        questions = choose_if_wanted(
            "Questions to measure with",
            list_question_sets(room),
            "advice_questions",
            lambda one: one.name,
            "The held-out examples",
        )
    return library, version, questions


def _begin_with_what_came(key: str, things: Sequence[Numbered]) -> None:
    """What was just brought in is chosen, and the first of all where nothing was there before.

    Set, not forgotten: the browser would go on saying what it showed.
    """
    ids = [one.id for one in things]
    came = st.session_state.pop(f"{key}{CAME}", None)
    if ids and st.session_state.get(f"{key}_empty"):
        came = came or ids[0]
    if came in ids:
        st.session_state[key] = came
    st.session_state[f"{key}_empty"] = not ids


def _versions(room: Workspace) -> list[VersionView]:
    """Newest first, but those with passages that a pilot made come after what people brought."""
    made = {one.made.get(RAFT_VERSION) for one in list_pilots(room)}
    return sorted(list_versions(room), key=lambda one: one.id in made)


def next_steps(
    room: Workspace, found: Recommendation, library: LibraryView | None, version: VersionView | None
) -> None:
    """Buttons that do the next step with what was chosen here."""
    rag, tune = "rag" in found.conclusion, "fine-tune" in found.conclusion
    with st.container(horizontal=True):
        if rag:
            _look_things_up(room, library)
        if tune:
            _train(version)
        if not (rag or tune):
            _not_yet(found)


def asked_for(found: Recommendation, evidence: Evidence, kept: DecisionView | None) -> Pressed | None:
    """The proof and the record: to be made where they are not there yet, else to be read."""
    pressed: Pressed | None = None
    with st.container(horizontal=True):
        if evidence.comparison_id:
            if st.button("Read the proof", key="advice_read_proof", icon=":material/balance:"):
                _go("Comparisons", comparison=evidence.comparison_id)
        elif st.button("Prove it with a pilot", key="advice_prove", icon=":material/science:"):
            pressed = "prove"
        if kept is None or not _says(kept, found, evidence):
            if st.button("Keep this decision", key="advice_keep", icon=":material/bookmark:"):
                pressed = "keep"
        else:
            st.markdown(f":green-badge[:material/check: kept as decision {kept.id}]")
            record_links(kept)
    return pressed


def keep(room: Workspace, found: Recommendation, evidence: Evidence) -> None:
    """With everything it rests on; drawn anew it stands in its place as kept."""
    save_decision(room, found, evidence)
    st.toast("The decision is kept with everything it rests on.", icon=":material/bookmark:")
    st.rerun()


def _says(kept: DecisionView, found: Recommendation, evidence: Evidence) -> bool:
    """Whether it is this very recommendation, on the same data."""
    return kept.evidence == evidence and kept.recommendation == json.loads(json.dumps(found.as_dict()))


def _look_things_up(room: Workspace, library: LibraryView | None) -> None:
    """Without a library it is made; an empty one is filled; one with documents is asked."""
    label = (
        "Prepare the library"
        if library is None
        else "Ask this library"
        if library.ready
        else "Gather documents"
    )
    if st.button(label, key="advice_prepare", type="primary", icon=":material/library_books:"):
        if library is None:
            with st.spinner("Making the library…"):
                library = own_library(room)
        _go("Chat" if library.ready else "Documents", library=library.id)


def _train(version: VersionView | None) -> None:
    if version is None:
        if st.button("Upload examples", key="advice_examples", icon=":material/dataset:"):
            _go("Training sets")
    elif st.button("Start the run", key="advice_run", type="primary", icon=":material/model_training:"):
        _go("Runs", version=version.id)


def _not_yet(found: Recommendation) -> None:
    """The step that fits the reason: gather what is not there, else try the prompt."""
    if found.kind != GATHER:
        if st.button("Try it in the chat", key="advice_chat", icon=":material/forum:"):
            _go("Chat")
    elif found.signals["documents"]:
        if st.button("Upload examples", key="advice_examples", icon=":material/dataset:"):
            _go("Training sets")
    elif st.button("Gather documents", key="advice_gather", icon=":material/library_books:"):
        _go("Documents")


def _go(title: str, **ids: int | None) -> None:
    named = {name: str(value) for name, value in ids.items() if value is not None}
    st.switch_page(entry_titled(title).file, query_params=named)


def pilot(room: Workspace, found: Recommendation, data: Data) -> tuple[Recommendation, int | None]:
    """The recommendation derived again from a finished comparison: that of the newest pilot of these data, or
    the one that is chosen. Other data, or a pilot that has ended since, bring back the first."""
    finished = [one for one in list_comparisons(room) if one.state == "succeeded"]
    if not finished:
        return found, None
    proven = _proven(room, data)
    if "comparison" not in st.query_params and st.session_state.get("advice_proven") != (data, proven):
        st.session_state["advice_proven"] = (data, proven)
        st.session_state["advice_comparison"] = proven or NOTHING
    chosen = choose_if_wanted(
        "Proof",
        finished,
        "advice_comparison",
        lambda one: one.name,
        none="No comparison: advice from clues alone",
    )
    if chosen is None:
        return found, None
    return after_pilot(found, _measured(room, chosen.id)), chosen.id


def _proven(room: Workspace, data: Data) -> int | None:
    """The comparison of the newest pilot that has ended on these data."""
    ended = (one for one in list_pilots(room) if one.state == "succeeded")
    return next((one.comparison_id for one in ended if is_about(one, data.version_id, data.library_id)), None)


def _measured(room: Workspace, comparison_id: int) -> dict[str, Any]:
    """The comparison's report, with the learning curve where a pilot drew one."""
    for pilot in list_pilots(room):
        if pilot.comparison_id == comparison_id and pilot.recommendation:
            return dict(pilot.recommendation["pilot"])
    return report(room, comparison_id).as_dict()


def decisions(room: Workspace, kept: Sequence[DecisionView]) -> None:
    """What was decided before, each to be opened as it stood; nothing where nothing was."""
    if not kept:
        return
    with st.expander(f"Kept decisions ({len(kept)})", key="advice_kept"):
        st.caption("Select a row to read the decision as it was kept.")
        event = st.dataframe(
            [
                {
                    "Kept": ago(decision.created_at),
                    "Conclusion": decision.recommendation.get("title") or TITLES[decision.conclusion],
                    "Confidence": f"{decision.confidence:.0%}",
                    "Proven": "yes" if decision.evidence.comparison_id else "no",
                }
                for decision in kept
            ],
            hide_index=True,
            on_select="rerun",
            selection_mode="single-row",
            key="advice_decisions",
            alt="Decisions kept so far, newest first",
        )
        for position in event.selection.rows[:1]:
            _kept(room, kept[position], kept[position + 1 :])


def _kept(room: Workspace, decision: DecisionView, earlier: Sequence[DecisionView]) -> None:
    """It stays as it was, whatever is answered or measured now."""
    found = Recommendation.restored(decision.recommendation)
    with st.container(border=True):
        st.caption(f"Decision {decision.id}, kept {ago(decision.created_at)} by {escaped(decision.author)}")
        record_links(decision)
        since_then(room, decision, earlier)
        show_recommendation(found)
        show_reasons(found)
