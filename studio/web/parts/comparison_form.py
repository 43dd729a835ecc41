"""The form that starts a comparison: questions, library, adapter, approaches."""

from dataclasses import replace
from pathlib import Path

import streamlit as st
from streamlit.typing import UploadedFile

from studio.approaches import NAMES, Means, possible
from studio.comparison.notes import in_advance
from studio.comparison.question_sets import (
    QuestionSetView,
    from_held_out,
    list_question_sets,
    read_questions,
    save_question_set,
    with_unanswerable,
)
from studio.comparison.requests import ComparisonRequest, create_comparison
from studio.library.libraries import list_libraries
from studio.models.adapters import list_adapters
from studio.store.database import Workspace
from studio.training_sets.versions import list_versions
from studio.web.parts.choices import choose
from studio.web.parts.states import count
from studio.web.uploads import on_disk

STORED, UPLOAD, HELD_OUT = "A question set", "Upload a CSV", "Held-out examples"


def start_form(room: Workspace) -> int | None:
    """Draw the form; the new comparison's id when it was just started."""
    sets = list_question_sets(room)
    where = st.radio(
        "Questions from",
        [STORED, UPLOAD, HELD_OUT],
        index=0 if sets else 1,
        horizontal=True,
        key="comparisons_source",
    )
    chosen, upload = _questions(room, where, sets)
    unanswerable = st.text_area(
        "Add questions that your documents do not answer, one a line",
        key="comparisons_unanswerable",
        height=80,
        help="They test whether an approach refuses instead of making something up; ten or more tell.",
    )
    compared = _compared(room)
    _what_it_can_tell(sets if where == STORED else [], chosen, compared)
    if not st.button(
        "Start the comparison", key="comparisons_start", type="primary", icon=":material/balance:"
    ):
        return None
    set_id = _stored(room, upload) if where == UPLOAD else chosen
    if set_id is None:
        st.warning("Choose the questions first.", icon=":material/help:")
        return None
    if where == HELD_OUT:
        set_id = from_held_out(room, set_id)
    if unanswerable.strip():
        set_id = with_unanswerable(room, set_id, unanswerable.splitlines())
    return create_comparison(room, replace(compared, question_set_id=set_id))


def _what_it_can_tell(sets: list[QuestionSetView], chosen: int | None, compared: ComparisonRequest) -> None:
    """How fine a difference the chosen questions can show, before anything is asked."""
    asked = next((one for one in sets if one.id == chosen), None)
    if asked is None:
        return
    answerable = asked.questions - asked.unanswerable
    if compared.limit:
        answerable = round(answerable * min(1.0, compared.limit / max(1, asked.questions)))
    st.caption(in_advance(answerable, len(compared.approaches or ())))


def _compared(room: Workspace) -> ComparisonRequest:
    """What is compared, on how many questions; the question set itself is still to be named."""
    left, right = st.columns(2)
    with left:
        library = choose(
            "Library", list_libraries(room), "comparisons_library", lambda one: one.name, none="No library"
        )
    with right:
        adapter = choose(
            "Adapter", list_adapters(room), "comparisons_adapter", lambda one: one.title, none="No adapter"
        )
    can = possible(Means(library is not None, adapter is not None))
    approaches = st.multiselect(
        "Approaches",
        can,
        default=can,
        format_func=NAMES.__getitem__,
        key=f"comparisons_approaches_{'_'.join(can)}",
        help="RAG needs a library, fine-tuned needs an adapter.",
    )
    limit = st.number_input(
        "Questions at most (empty: all)", 1, value=None, key="comparisons_limit", help="Always the same ones."
    )
    return ComparisonRequest(
        question_set_id=0,
        approaches=tuple(approaches),
        library_id=library.id if library else None,
        adapter_id=adapter.id if adapter else None,
        limit=limit,
    )


def _questions(
    room: Workspace, where: str, sets: list[QuestionSetView]
) -> tuple[int | None, UploadedFile | None]:
    """A question set's id, or a training set version's, or a file; as `where` says."""
    if where == UPLOAD:
        st.caption("Columns question and reference; a column answerable may say no.")
        return None, st.file_uploader("Questions (CSV)", type=["csv", "tsv", "xlsx"], key="comparisons_file")
    if where == HELD_OUT:
        held = [version for version in list_versions(room) if version.held_out]
        version = choose(
            "Training set",
            held,
            "comparisons_version",
            lambda v: f"{v.name}, version {v.version}: {v.held_out} held out",
        )
        return version.id if version else None, None
    found = choose(
        "Question set",
        sets,
        "comparisons_questions",
        lambda one: f"{one.name} ({count(one.questions, 'question')})",
    )
    return found.id if found else None, None


def _stored(room: Workspace, upload: UploadedFile | None) -> int | None:
    if upload is None:
        return None
    with on_disk([upload]) as paths:
        questions = read_questions(paths[0], upload.name)
    return save_question_set(room, Path(upload.name).stem, questions, upload.name)
