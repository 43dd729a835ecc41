"""Where suggested examples come from: passages of a library, or rated conversations."""

from collections.abc import Sequence

import streamlit as st

from studio.errors import BadInput
from studio.library.libraries import LibraryView
from studio.store.database import Workspace
from studio.training_sets.building import drafting
from studio.training_sets.building.work import WorkView
from studio.web.menu import entry_titled
from studio.web.parts.choices import choose
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import ago, count, duration, pill

WAYS: dict[drafting.By, str] = {
    "model": "Let the model write them",
    "rules": "Use questions and definitions that stand in the documents",
}
KEPT = 3  # earlier draftings that are told of


def ask_for_drafts(room: Workspace, libraries: Sequence[LibraryView], works: Sequence[WorkView]) -> None:
    """The form that starts a drafting, what earlier ones came to, and the button for rated answers."""
    with st.container(border=True):
        st.markdown("**From your documents**")
        filled = [library for library in libraries if library.passages]
        if filled:
            _from_library(room, filled)
        else:
            st.caption("Questions and answers can be drafted once a library has documents.")
        for work in [one for one in works if not one.active][:KEPT]:
            st.caption(escaped(f"{ago(work.created_at).capitalize()}: {_came_to(work)}"))
    with st.container(border=True):
        st.markdown("**From rated conversations**")
        st.caption("Answers that were rated in the chat come here by themselves, with what they rested on.")
        st.page_link(entry_titled("Chat").file, label="Rate answers in the chat", icon=":material/forum:")


def _from_library(room: Workspace, libraries: Sequence[LibraryView]) -> None:
    with st.grid(3, min_column_width=200, vertical_alignment="bottom"):
        library = choose("Library", libraries, "review_library", lambda one: one.name)
        wanted = st.number_input("How many", 1, drafting.MOST, 20, key="review_wanted")
        way = st.selectbox("How", list(WAYS), format_func=WAYS.__getitem__, key="review_way")
    if way == "model":
        st.caption("Each draft takes the model some seconds. It goes on when you leave this page.")
    if st.button(
        "Draft examples",
        key="review_draft",
        type="primary",
        icon=":material/edit_note:",
        disabled=not library,
    ):
        try:
            drafting.start(room, library.id if library else 0, int(wanted), way)
        except BadInput as nothing_left:
            st.warning(str(nothing_left), icon=":material/info:")
        else:
            st.rerun()


def draftings(room: Workspace, works: Sequence[WorkView]) -> None:
    """What is being drafted, and the newest that ended where it did not come to its end."""
    ended = [one for one in works[:1] if one.state in ("stopped", "failed")]
    for work in [one for one in works if one.active] + ended:
        with st.container(border=True, gap="xsmall"):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"**{escaped(work.library)}** {pill(_state(work))}", width="stretch")
                _controls(room, work)
            if work.active:
                st.progress(min(1.0, work.done / max(1, work.wanted)), text=_progress(work))
            if work.error:
                st.markdown(f":red[{escaped(work.error)}]")
            if not work.active:
                st.caption(escaped(_came_to(work)))


def _state(work: WorkView) -> str:
    return "stopping" if work.stopping else work.state


def _progress(work: WorkView) -> str:
    if work.state == "queued":
        return f"Number {work.queue_position} in the queue" if work.queue_position else "Waiting for its turn"
    left = f", about {duration(work.seconds_left)} left" if work.seconds_left else ""
    return f"{work.done} of {count(work.wanted, 'example')} drafted{left}"


def _came_to(work: WorkView) -> str:
    """How many were kept, and why the others were not."""
    made = drafting.drafts_of(work)
    by = work.model if work.model == drafting.BY_RULE else f"by {work.model}"
    told = [f"{count(made.kept, 'draft')} from {count(made.tried, 'passage')} {by}"]
    told += [
        f"{number} dropped: {why[:1].lower()}{why[1:].rstrip('.')}" for why, number in made.dropped.items()
    ]
    return " · ".join(told)


def _controls(room: Workspace, work: WorkView) -> None:
    if (
        work.active
        and not work.stopping
        and st.button("Stop", key=f"review_stop_{work.id}", icon=":material/stop_circle:")
    ):
        drafting.stop(room, work.id)
        st.rerun()
    if work.state in ("stopped", "failed") and st.button(
        "Go on", key=f"review_retry_{work.id}", icon=":material/refresh:"
    ):
        drafting.retry(room, work.id)
        st.rerun()
