"""What becomes of accepted suggestions: a new training set, or a step in the draft of one there is."""

import streamlit as st

from studio.store.database import Workspace
from studio.training_sets import drafts
from studio.training_sets.building import keeping
from studio.training_sets.drafts import get_draft
from studio.training_sets.versions import VersionView, get_version, list_versions
from studio.web.menu import TRAINING_SET
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import count

NEW = 0  # no training set has this id


def keep_accepted(room: Workspace) -> None:
    """Drawn once something was accepted that is in no training set yet."""
    fresh = keeping.count_fresh(room)
    if not fresh:
        return
    sets = {one.training_set_id: one for one in reversed(list_versions(room))}
    with st.container(border=True):
        st.markdown(f"**{count(fresh, 'accepted example')} in no training set yet**")
        with st.grid(2, min_column_width=240):
            into = st.selectbox(
                "Where to",
                [NEW, *sets],
                format_func=lambda one: _called(sets, one),
                key="review_into",
            )
            name = "" if into else st.text_input("Its name", "Reviewed examples", key="review_name")
        part = "first " if fresh > keeping.MOST_AT_ONCE else ""
        what = (
            "the accepted example"
            if fresh == 1
            else f"the {part}{min(fresh, keeping.MOST_AT_ONCE):,} accepted"
        )
        with st.container(horizontal=True):
            if into and st.button(
                "Save them as its next version", key="review_save", type="primary", icon=":material/dataset:"
            ):
                _keep(room, into, "", save=True)
            label = f"Only add {what}" if into else f"Make a training set of {what}"
            if st.button(
                label, key="review_make", type="secondary" if into else "primary", icon=":material/edit_note:"
            ):
                _keep(room, into or None, str(name))


def _called(sets: dict[int, VersionView], one: int) -> str:
    return sets[one].name if one else "A new training set"


def _keep(room: Workspace, training_set_id: int | None, name: str, *, save: bool = False) -> None:
    """Opens what was made; of a draft, the version it changes. What others changed is not saved for them."""
    made = keeping.into_draft(room, training_set_id, name)
    version = made.version_id
    if version is None and made.draft_id is not None:
        draft = get_draft(room, made.draft_id)
        saved = drafts.save(room, draft.id) if save and draft.steps == 1 else None
        version = saved or draft.version_id
    if version is not None:
        added = count(made.added, "example")
        st.toast(f"{added} added to {escaped(get_version(room, version).name)}.")
        st.switch_page(TRAINING_SET.file, query_params={"version": str(version)})
