"""One example in full: what came before it, its texts to be edited, what is shown with it, its source."""

import re

import streamlit as st

from studio.store.database import Workspace
from studio.training_sets import drafts
from studio.training_sets.drafts import edits
from studio.training_sets.versions import ExampleView, VersionView
from studio.web.menu import PASSAGE
from studio.web.parts.safe_text import escaped, prose
from studio.web.parts.states import count

MADE_UP = re.compile(r"[a-z][0-9a-f]{16}")  # the name of a group that no column named
SPEAKERS = {"user": "Question before", "assistant": "Answer before", "system": "Instruction"}


def example_panel(room: Workspace, version: VersionView, example: ExampleView) -> None:
    """Drawn below the grid for the one example that is ticked."""
    with st.container(border=True):
        st.markdown(f"**Example {example.position + 1:,}** {_badges(example)}")
        for turn in example.history:
            st.caption(SPEAKERS.get(turn["role"], turn["role"]))
            st.markdown(prose(turn["content"]))
        _edit(room, version, example)
        _context(example)
        _source(example)


def _badges(example: ExampleView) -> str:
    held = ":violet-badge[:material/science: held out]" if example.split == "held_out" else ""
    return f"{held} {'' if example.reviewed else ':orange-badge[:material/visibility_off: not reviewed]'}"


def _edit(room: Workspace, version: VersionView, example: ExampleView) -> None:
    key = f"training_set_edit_{version.id}_{example.position}"
    with st.form(key, border=False):
        prompt, completion = example.prompt, example.completion
        if example.prompt:
            prompt = st.text_area("Question", example.prompt, key=f"{key}_prompt", height="content")
        completion = st.text_area(
            "Answer" if example.prompt else "Text",
            example.completion,
            key=f"{key}_completion",
            height="content",
        )
        if st.form_submit_button("Keep this wording", key=f"{key}_keep"):
            changes = {"prompt": prompt, "completion": completion}
            edits.edit(room, drafts.open_draft(room, version.id).id, example.position, changes)
            st.rerun()


def _context(example: ExampleView) -> None:
    if not example.context:
        return
    with st.expander(f"{count(len(example.context), 'passage')} shown with the question"):
        for passage in example.context:
            st.markdown(f"**{escaped(passage['title'])}**")
            st.markdown(prose(passage["text"]))


def _source(example: ExampleView) -> None:
    """Where it comes from, and the columns that are kept with it."""
    told = [f"{escaped(str(name))}: {escaped(str(value))}" for name, value in example.extra.items()]
    if example.group and not MADE_UP.fullmatch(example.group):
        told.insert(0, f"group: {escaped(example.group)}")
    if told:
        st.caption("  \n".join(told))
    passage = example.source.get("passage_id")
    if isinstance(passage, int):
        st.page_link(
            PASSAGE.file,
            label="The passage it was made from",
            query_params={"id": str(passage)},
            icon=":material/plagiarism:",
        )
