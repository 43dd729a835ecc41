"""The examples of a version or its draft: looked for, paged through, ticked, changed together."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from studio.store.database import Workspace
from studio.training_sets import drafts
from studio.training_sets.drafts import DraftView, edits
from studio.training_sets.examples import Candidate
from studio.training_sets.versions import ExampleView, Find, Split, VersionView, find_examples
from studio.web.parts.defects import NAMES
from studio.web.parts.example_panel import example_panel
from studio.web.parts.states import count

PER_PAGE = 20
SPLITS: dict[Split, str] = {"train": "Trained on", "held_out": "Held out"}
ORIGINS = {
    "table": "From a table",
    "written": "Written here",
    "drafted": "Drafted from a passage",
    "raft": "With passages",
    "conversation": "From a conversation",
}
STATES = {"same": "", "edited": "edited", "added": "new"}


def looked_for(version: VersionView) -> Find:
    """The filters above the grid."""
    marked: dict[str, list[int]] = version.marks.get("rows", {})
    kinds = [kind for kind in NAMES if marked.get(kind)]
    with st.grid(4, min_column_width=170):
        text = st.text_input(
            "Find",
            placeholder="Words of a question or answer",
            key="training_set_text",
            on_change=_first_page,
        )
        defect = st.selectbox(
            "With defect",
            kinds,
            format_func=lambda kind: f"{NAMES[kind]} ({len(marked[kind]):,})",
            index=None,
            placeholder="Any or none" if kinds else "None found",
            disabled=not kinds,
            key="training_set_defect",
            on_change=_first_page,
        )
        split: Split | None = _one_of("Part", SPLITS, "training_set_split", "Both")
        origin: str | None = _one_of("Where from", ORIGINS, "training_set_origin", "Any")
    return Find(text.strip(), defect, split, origin, limit=PER_PAGE)


def _one_of(label: str, names: dict[Any, str], key: str, none: str) -> Any:
    return st.selectbox(
        label,
        list(names),
        index=None,
        format_func=names.__getitem__,
        placeholder=none,
        key=key,
        on_change=_first_page,
    )


def _first_page() -> None:
    st.session_state["training_set_page"] = 1


def example_grid(
    room: Workspace, version: VersionView, draft: DraftView | None, find: Find
) -> tuple[list[ExampleView], int]:
    """Draw one page of them; returns those that are ticked, and how many fit the filters in all."""
    page = max(1, int(st.session_state.get("training_set_page", 1) or 1))
    part = replace(find, offset=(page - 1) * PER_PAGE)
    if draft:
        drafted = drafts.rows(room, draft.id, part)
        rows, found = list[ExampleView](drafted.rows), drafted.found
    else:
        stored = find_examples(room, version.id, part)
        rows, found = stored.rows, stored.found
    if not found:
        st.caption("No example fits. Take a word or a choice away.")
        return [], 0
    if not rows:  # the last page went with the rows that were removed
        st.session_state["training_set_page"] = -(-found // PER_PAGE)
        st.rerun()
    # with fewer rows, ticks would stand at others than those that were ticked
    looked = abs(hash((find.text, find.defect, find.split, find.origin, found)))
    ticked = _table(rows, f"{version.id}_{page}_{looked}")
    _pages(found)
    return ticked, found


def _table(rows: Sequence[ExampleView], about: str) -> list[ExampleView]:
    chosen = st.dataframe(
        [_shown(row) for row in rows],
        hide_index=True,
        height="content",
        key=f"training_set_grid_{about}",
        on_select="rerun",
        selection_mode="multi-row",
        column_config={
            "Question": st.column_config.TextColumn(width="medium"),
            "Answer": st.column_config.TextColumn(width="large"),
            "No.": st.column_config.NumberColumn(width=60),
        },
        alt="Examples of this training set",
    )
    return [rows[at] for at in chosen["selection"]["rows"] if at < len(rows)]


def _shown(row: ExampleView) -> dict[str, Any]:
    said = {"No.": row.position + 1, "Question": row.prompt, "Answer": row.completion}
    said["Part"] = SPLITS["held_out" if row.split == "held_out" else "train"]
    if row.history:
        said["Question"] = f"({count(len(row.history), 'turn')} before) {row.prompt}"
    said["Note"] = ", ".join(
        note
        for note in (STATES.get(getattr(row, "state", "same"), ""), "" if row.reviewed else "not reviewed")
        if note
    )
    return said


def _pages(found: int) -> None:
    pages = -(-found // PER_PAGE)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{count(found, 'example')}. Tick some to change or remove them.")
        if pages > 1:
            st.pagination(pages, key="training_set_page")


def together(room: Workspace, version: VersionView, which: Find, chosen: int) -> None:
    """What can be done to all of `which` at once; the first change opens the draft."""
    with st.container(horizontal=True):
        if st.button(f"Remove {chosen:,}", key="training_set_remove", icon=":material/delete:"):
            edits.remove(room, drafts.open_draft(room, version.id).id, which)
            st.rerun()
        if st.button("Hold out", key="training_set_hold_out", icon=":material/science:", help=HOLDING):
            edits.move_split(room, drafts.open_draft(room, version.id).id, which, "held_out")
            st.rerun()
        if st.button("Train on them", key="training_set_take_in", icon=":material/model_training:"):
            edits.move_split(room, drafts.open_draft(room, version.id).id, which, "train")
            st.rerun()


HOLDING = (
    "Kept for measuring, never trained on. Others of the same group move with them, so that nothing leaks."
)


def add_one(room: Workspace, version: VersionView) -> None:
    """A form for an example of one's own."""
    with (
        st.popover("Add an example", icon=":material/add:", key="training_set_add_box"),
        st.form("training_set_add_form", clear_on_submit=True, border=False),
    ):
        question = st.text_area("Question", key="training_set_new_question", height=80)
        answer = st.text_area("Answer", key="training_set_new_answer", height=140)
        if st.form_submit_button("Add it", key="training_set_add", type="primary"):
            new = Candidate(number=0, prompt=question.strip(), completion=answer.strip(), origin="written")
            edits.add(room, drafts.open_draft(room, version.id).id, [new])
            st.rerun()


def chosen_examples(room: Workspace, version: VersionView, draft: DraftView | None) -> None:
    """The grid with everything that can be done to what is ticked in it."""
    find = looked_for(version)
    ticked, found = example_grid(room, version, draft, find)
    if ticked:
        together(room, version, Find(positions=[row.position for row in ticked]), len(ticked))
        if len(ticked) == 1:
            example_panel(room, version, ticked[0])
    elif found and find != Find(limit=PER_PAGE):
        with st.popover(f"Change all {found:,} that were found", key="training_set_all"):
            together(room, version, replace(find, limit=None), found)
