"""The changes to a version that are not saved yet: what was done, taking it back, saving it."""

import streamlit as st

from studio.store.database import Workspace
from studio.training_sets import drafts
from studio.training_sets.drafts import DraftView
from studio.training_sets.versions import VersionView, list_versions
from studio.web.menu import TRAINING_SET
from studio.web.parts.live import live
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import count, duration

STEPS_SHOWN = 50


def draft_of(room: Workspace, version: VersionView) -> DraftView | None:
    """The unsaved changes to this training set, whichever of its versions they were begun from."""
    of_set = (one for one in drafts.list_drafts(room) if one.training_set_id == version.training_set_id)
    return next((one for one in of_set if one.steps), None)


def draft_elsewhere(draft: DraftView) -> None:
    """What is said on the page of a version while another one of its set is being edited."""
    st.info(
        f"There are unsaved changes to version {draft.version} of this training set. "
        "Save or discard them before you edit this one.",
        icon=":material/edit_note:",
    )
    st.page_link(
        TRAINING_SET.file,
        label=f"Open version {draft.version} with its changes",
        query_params={"version": str(draft.version_id)},
        icon=":material/arrow_forward:",
    )


def draft_bar(room: Workspace, draft: DraftView) -> None:
    """Drawn above everything that can be edited."""
    if draft.being_saved:
        _being_saved(room, draft)
        return
    if draft.error:
        st.error(escaped(draft.error), icon=":material/error:")
    with st.container(border=True, gap="small", key="training_set_draft"):
        st.markdown(f":orange-badge[:material/edit: not saved yet] **{_done(draft)}**")
        st.caption(
            f"{count(draft.examples, 'example')} as it stands, {draft.held_out:,} of them held out. "
            "Changes are kept when you leave this page."
        )
        if draft.newer:
            st.warning(
                f"Version {draft.newer} was saved meanwhile. These changes begin at version {draft.version} "
                "and do not contain it.",
                icon=":material/call_split:",
            )
        made = drafts.steps(room, draft.id)
        with st.container(horizontal=True):
            _save(room, draft)
            if st.button("Undo", key="training_set_undo", icon=":material/undo:", help=made[-1].label):
                drafts.undo(room, draft.id)
                st.rerun()
            _discard(room, draft)
        with st.expander(f"{count(len(made), 'step')}", key="training_set_steps"):
            shown = made[-STEPS_SHOWN:]
            st.markdown("\n".join(f"{one.step}. {escaped(one.label)}" for one in shown))


def _done(draft: DraftView) -> str:
    parts = [
        f"{number:,} {word}"
        for number, word in (
            (draft.added, "added"),
            (draft.edited, "edited"),
            (draft.removed, "removed"),
        )
        if number
    ]
    return ", ".join(parts) or "no change left"


def _save(room: Workspace, draft: DraftView) -> None:
    number = (draft.newer or draft.version) + 1
    if st.button(
        f"Save as version {number}", key="training_set_save", type="primary", icon=":material/check:"
    ):
        with st.spinner("Checking and saving…"):
            saved = drafts.save(room, draft.id)
        if saved is None:  # a job does it
            st.rerun()
        st.switch_page(TRAINING_SET.file, query_params={"version": str(saved)})


def _being_saved(room: Workspace, draft: DraftView) -> None:
    """How far it is; the version that was made is opened."""

    @live(True)
    def watch() -> None:
        now = next((one for one in drafts.list_drafts(room) if one.id == draft.id), None)
        if now is None:
            newest = next(one for one in list_versions(room) if one.training_set_id == draft.training_set_id)
            st.switch_page(TRAINING_SET.file, query_params={"version": str(newest.id)})
        if now.progress is None:
            st.rerun(scope="app")
        left = f", about {duration(now.seconds_left)} left" if now.seconds_left else ""
        text = f"Saving {count(now.examples, 'example')}{left}. It goes on when you leave this page."
        st.progress(min(1.0, now.progress), text=text)
        if st.button("Stop", key="training_set_stop_saving", icon=":material/stop_circle:"):
            drafts.stop_saving(room, draft.id)
            st.rerun(scope="app")

    with st.container(border=True, key="training_set_saving"):
        watch()


def _discard(room: Workspace, draft: DraftView) -> None:
    with st.popover("Discard", icon=":material/delete:", key="training_set_discard_box"):
        st.markdown("All changes since the last saved version are lost.")
        if st.button("Discard the changes", key="training_set_discard"):
            drafts.discard(room, draft.id)
            st.rerun()
