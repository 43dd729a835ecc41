"""What differs between two versions: how much was added, removed and edited, with the words marked."""

from collections.abc import Sequence

import streamlit as st

from studio.store.database import Workspace
from studio.training_sets.versions import ExampleView, VersionView, list_versions
from studio.training_sets.versions.diff import Diff, Edited, compare_versions
from studio.web.menu import TRAINING_SET
from studio.web.parts.changes import changes_marked
from studio.web.parts.safe_text import escaped, prose
from studio.web.parts.states import ago, count

PER_PAGE = 10


def differences(room: Workspace, version: VersionView) -> None:
    """The versions of the set, and what differs between two of them."""
    of_set = [one for one in list_versions(room) if one.training_set_id == version.training_set_id]
    for one in of_set:
        _line(one, here=one.id == version.id)
    if len(of_set) < 2:
        st.caption("There is one version so far. What you change is saved as the next one, beside this one.")
        return
    st.subheader("What changed", anchor=False)
    old, new = _two(of_set, version)
    if old.id == new.id:
        st.caption("Choose two different versions.")
        return
    _show(room, old, new)


def _line(version: VersionView, *, here: bool) -> None:
    with st.container(gap="xxsmall"):
        if here:
            st.markdown(f"**Version {version.version}** :gray-badge[this one]")
        else:
            st.page_link(
                TRAINING_SET.file,
                label=f"Version {version.version}",
                query_params={"version": str(version.id)},
            )
        st.caption(escaped(" · ".join(_facts(version))))


def _facts(version: VersionView) -> list[str]:
    made = [str(step["label"]) for step in version.changes.get("steps", ())]
    facts = [f"{count(version.examples, 'example')}, {version.held_out:,} held out"]
    facts.append(f"saved {ago(version.created_at)} by {version.author}")
    return [*facts, *made[:3], *([f"{len(made) - 3} more steps"] if len(made) > 3 else [])]


def _two(of_set: Sequence[VersionView], version: VersionView) -> tuple[VersionView, VersionView]:
    """Starts at this version and the one it was edited from, or the one before it."""
    numbers = [one.version for one in of_set]
    by_number = {one.version: one for one in of_set}
    parent = next((one.version for one in of_set if one.id == version.parent_id), None)
    before = parent or next((n for n in numbers if n < version.version), version.version)
    first, second = (before, version.version) if before != version.version else (version.version, numbers[0])
    with st.grid(2, min_column_width=200):
        old = st.selectbox(
            "From",
            numbers,
            numbers.index(first),
            lambda n: f"Version {n}",
            key=f"training_set_from_{version.id}",
        )
        new = st.selectbox(
            "To",
            numbers,
            numbers.index(second),
            lambda n: f"Version {n}",
            key=f"training_set_to_{version.id}",
        )
    return by_number[old], by_number[new]


def _show(room: Workspace, old: VersionView, new: VersionView) -> None:
    key = f"training_set_diff_{old.id}_{new.id}"
    page = max(1, int(st.session_state.get(key, 1) or 1))
    diff = compare_versions(room, old.id, new.id, (page - 1) * PER_PAGE, PER_PAGE)
    with st.grid(3, min_column_width=90):
        st.metric("Edited", f"{diff.edited_count:,}", border=True)
        st.metric("Added", f"{diff.added_count:,}", border=True)
        st.metric("Removed", f"{diff.removed_count:,}", border=True)
    if not diff.edited_count + diff.added_count + diff.removed_count:
        st.caption("Both versions hold the same examples.")
        return
    _lists(diff)
    pages = -(-max(diff.edited_count, diff.added_count, diff.removed_count) // PER_PAGE)
    if pages > 1:
        st.pagination(pages, key=key)


def _lists(diff: Diff) -> None:
    if diff.edited:
        st.markdown("**Edited**")
        st.markdown(":small[:red-background[~~only before~~] · :green-background[**only now**]]")
        for one in diff.edited:
            _edited(one)
    for title, rows, colour in (("Added", diff.added, "green"), ("Removed", diff.removed, "red")):
        if rows:
            st.markdown(f":{colour}[**{title}**]")
            for row in rows:
                _whole(row)


def _edited(one: Edited) -> None:
    """Before and now, side by side; what is equal in both is shown once."""
    with st.container(border=True, gap="xsmall"):
        asked_before, asked_now = changes_marked(one.before.prompt, one.after.prompt)
        said_before, said_now = changes_marked(one.before.completion, one.after.completion)
        if one.before.split != one.after.split:
            st.markdown(
                ":violet-badge[moved to the held-out part]" if one.after.split == "held_out" else BACK
            )
        with st.grid(2, min_column_width=300):
            with st.container(gap="xxsmall"):
                st.markdown(f"**{asked_before}**" if asked_before == asked_now else asked_before)
                st.markdown(said_before)
            with st.container(gap="xxsmall"):
                st.markdown(f"**{asked_now}**" if asked_before == asked_now else asked_now)
                st.markdown(said_now)


BACK = ":violet-badge[moved to the training part]"


def _whole(row: ExampleView) -> None:
    with st.container(border=True, gap="xxsmall"):
        if row.prompt:
            st.markdown(f"**{escaped(row.prompt)}**")
        st.markdown(prose(row.completion))
