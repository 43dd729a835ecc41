"""One suggested example at a time, to be accepted, reworded or rejected, by keyboard where there is one."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from studio.errors import NotFound, StudioError
from studio.library.answering.feedback import said_why
from studio.store.database import Workspace
from studio.training_sets.building import conversations, suggestions
from studio.training_sets.building.drafting import BY_RULE
from studio.training_sets.building.suggestions import Find, SuggestionView
from studio.web.menu import PASSAGE
from studio.web.parts.example_panel import SPEAKERS
from studio.web.parts.passage import passage_at
from studio.web.parts.safe_text import escaped, marked, prose

EDITING = "review_editing"  # in the session: the id of the suggestion whose texts are open
# in the session: why the last press on a button did nothing, or that it did what it says
PROBLEM, DONE = "review_problem", "review_done"
NEXT = Find(limit=1)
PASSAGES_SHOWN = 6


def review(room: Workspace) -> None:
    """Draw the next suggestion that waits."""
    states = suggestions.counts(room)
    whole = sum(states.values())
    if whole:
        st.progress((whole - states["waiting"]) / whole, text=_progress(states, whole))
    if st.session_state.pop(DONE, False):
        st.rerun()  # the rest of the page follows
    if problem := st.session_state.pop(PROBLEM, None):
        st.warning(escaped(problem), icon=":material/sync:")
    found = suggestions.list_suggestions(room, NEXT)
    if found:
        _one(room, found[0])
    elif whole:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(":green-badge[:material/check: nothing waits for you]")
            _undo(room)


def suggestions_wait(room: Workspace) -> bool:
    """Whether there is something to review."""
    return bool(suggestions.list_suggestions(room, NEXT))


def _progress(states: dict[str, int], whole: int) -> str:
    taken = states["accepted"] + states["edited"]
    reviewed = whole - states["waiting"]
    asked = states["missing"] + states["supplied"]
    documents = f", {asked:,} for a document" if asked else ""
    return (
        f"{reviewed:,} of {whole:,} reviewed: {taken:,} accepted, {states['rejected']:,} rejected{documents}"
    )


def _one(room: Workspace, one: SuggestionView) -> None:
    with st.grid(2, min_column_width=340, gap="medium"):
        with st.container(border=True, key="review_example"):
            for turn in one.history:
                st.caption(SPEAKERS.get(turn[0], turn[0]))
                st.markdown(prose(turn[1]))
            if st.session_state.get(EDITING) == one.id:
                _edit(room, one)
            else:
                _read(room, one)
        with st.container(gap="small"):
            _beside(room, one)


def _read(room: Workspace, one: SuggestionView) -> None:
    st.caption("Question")
    st.markdown(f"**{escaped(one.prompt)}**")
    _feedback(one)
    if one.completion:
        st.caption("Better answer" if one.feedback.get("corrected") else "Answer")
        st.markdown(prose(one.completion))
    if one.drafted.get("by"):
        by = str(one.drafted["by"])
        st.caption(escaped(f"Drafted {by}" if by.startswith(BY_RULE) else f"Drafted by {by}"))
    for doubt in one.doubts:
        st.markdown(f":orange-badge[:material/help: look twice] {escaped(doubt)}")
    with st.container(horizontal=True):
        if one.completion:
            st.button(
                "Accept",
                key="review_accept",
                type="primary",
                icon=":material/check:",
                shortcut="a",
                on_click=_say,
                args=(room, partial(suggestions.accept, room, one.id, seen=one.edition)),
            )
        st.button(
            "Edit" if one.completion else "Write the answer",
            "review_edit",
            type="secondary" if one.completion else "primary",
            on_click=_open,
            args=(one.id,),
            icon=":material/edit:",
            shortcut="e",
        )
        if one.feedback:
            st.button(
                "A document is missing",
                key="review_missing_one",
                icon=":material/note_add:",
                shortcut="d",
                on_click=_say,
                args=(room, partial(suggestions.ask_for_document, room, one.id, seen=one.edition)),
            )
        st.button(
            "Reject",
            key="review_reject",
            icon=":material/close:",
            shortcut="x",
            on_click=_say,
            args=(room, partial(suggestions.reject, room, one.id, seen=one.edition)),
        )
        _undo(room)


def _say(room: Workspace, change: Callable[[], None]) -> None:
    """Called with what was drawn when the button was pressed, not with what there is by now."""
    try:
        change()
    except StudioError as problem:
        st.session_state[PROBLEM] = str(problem)
        conversations.gather(room)
    else:
        st.session_state.pop(EDITING, None)
        st.session_state[DONE] = True


def _feedback(one: SuggestionView) -> None:
    """The answer that was given, where it was not called good, and what was said about it."""
    said = one.feedback
    if not said:
        return
    why = said_why(said["reason"], said["note"])
    by = f" by {escaped(said['by'])}" if said.get("by") not in (None, "", "local") else ""
    if said["score"] == 1:
        st.markdown(f":green-badge[:material/thumb_up: called good{by}]")
        return
    st.caption("The answer that was given")
    st.markdown(prose(str(one.source.get("answer", ""))))
    st.markdown(f":red-badge[:material/thumb_down: called bad{by}] {escaped(why)}")


def _edit(room: Workspace, one: SuggestionView) -> None:
    _feedback(one)
    st.text_area("Question", one.prompt, key=f"review_prompt_{one.id}", height="content")
    st.text_area("Answer", one.completion, key=f"review_completion_{one.id}", height="content")
    with st.container(horizontal=True):
        st.button(
            "Accept this wording",
            key="review_keep",
            type="primary",
            icon=":material/check:",
            shortcut="mod+enter",
            on_click=_say,
            args=(room, partial(_keep_wording, room, one)),
        )
        st.button("Cancel", "review_cancel", on_click=_open, args=(None,), shortcut="esc")


def _keep_wording(room: Workspace, one: SuggestionView) -> None:
    words = [str(st.session_state[f"review_{part}_{one.id}"]) for part in ("prompt", "completion")]
    suggestions.edit(room, one.id, (words[0], words[1]), seen=one.edition)


def _open(suggestion_id: int | None) -> None:
    """Show the texts of this one as fields, or of none."""
    st.session_state[EDITING] = suggestion_id


def _undo(room: Workspace) -> None:
    """Takes back what was reviewed last, in whichever tab that was."""
    last = suggestions.last_reviewed(room)
    if (
        st.button("Undo", key="review_undo", icon=":material/undo:", shortcut="u", disabled=last is None)
        and last is not None
    ):
        suggestions.undo(room, last)
        st.rerun()


def _beside(room: Workspace, one: SuggestionView) -> None:
    """The passage it was made from, with what supports the answer marked; of an answer, all it was given."""
    given = one.source.get("passages")
    if given is not None:
        _given(one, given)
        return
    st.caption(
        f"{one.source.get('document', '')} · {one.source.get('place', '')}".strip(" ·") or "Conversation"
    )
    quote, passage = str(one.source.get("quote", "")), one.source.get("passage_id")
    if not isinstance(passage, int):
        st.markdown(escaped(str(one.source.get("title", ""))))
        return
    try:
        text = passage_at(room, passage).text
    except NotFound:
        st.markdown(prose(quote))
        st.caption("The document was deleted meanwhile.")
        return
    at = text.find(quote) if quote else -1
    before, after = (text[:at], text[at + len(quote) :]) if at >= 0 else (text, "")
    st.markdown(prose(before) + (marked(quote) if at >= 0 else "") + prose(after))
    st.page_link(
        PASSAGE.file, label="Open the source", query_params={"id": str(passage)}, icon=":material/plagiarism:"
    )


def _given(one: SuggestionView, passages: Sequence[Mapping[str, Any]]) -> None:
    """The passages that a rated answer was given, those it rests on first."""
    if not passages:
        st.caption(escaped(str(one.source.get("title", ""))))
        st.markdown("The answer was given from memory: no passage was looked up.")
        return
    st.caption("What the answer was given to read")
    for passage in sorted(passages, key=lambda each: not each["used"])[:PASSAGES_SHOWN]:
        with st.container(border=True, gap="xxsmall"):
            label = f"{passage['document']}, {passage['place']}"
            if isinstance(passage["passage_id"], int):
                named = {"id": str(passage["passage_id"]), "answer": str(one.source["message"])}
                st.page_link(
                    PASSAGE.file, label=escaped(label), icon=":material/plagiarism:", query_params=named
                )
            else:
                st.markdown(f"**{escaped(label)}** (deleted since)")
            st.caption(f"“{escaped(passage['quote'])}”" + ("" if passage["used"] else " (not used)"))
