"""What was found in a version's examples, each kind with its remedy, which becomes a step of the draft."""

from collections.abc import Sequence

import streamlit as st

from studio.store.database import Workspace
from studio.training_sets import drafts
from studio.training_sets.drafts import edits
from studio.training_sets.versions import ExampleView, Find, VersionView, find_examples, get_version
from studio.web.parts.defects import Defect, defects_of, show_defects
from studio.web.parts.figures import looked_at
from studio.web.parts.live import live
from studio.web.parts.safe_text import escaped
from studio.web.parts.seen import Row

FIRST, SHOWN = 20, 5
LONGEST = 400  # characters of a text in the list


def version_quality(room: Workspace, version: VersionView) -> None:
    """Why its verdict, findings and plots of the saved version; a draft is measured once it is saved."""
    measured = version.report
    if not measured:
        _being_checked(room, version)
        return
    st.markdown(f"**{escaped(str(measured['why']))}**")

    def remedy(defect: Defect) -> None:
        _remedies(room, version, defect)

    def rows(defect: Defect) -> None:
        key = f"training_set_rows_{version.id}_{defect.kind}"
        box = st.expander("Look at them", key=key, on_change="rerun", type="compact")
        if box.open:
            with box:
                look_at(find_examples(room, version.id, Find(defect=defect.kind, limit=SHOWN)).rows)

    show_defects(defects_of(measured), remedy, rows)
    st.subheader("What the model will see", anchor=False)
    looked_at(room, measured.get("facts", {}), _shown_rows(room, version), f"training_set_{version.id}")


def _being_checked(room: Workspace, version: VersionView) -> None:
    @live(True)
    def watch() -> None:
        if get_version(room, version.id).report:
            st.rerun(scope="app")
        st.info("The examples are being checked. It goes on when you leave.", icon=":material/hourglass_top:")

    watch()


def _shown_rows(room: Workspace, version: VersionView) -> list[Row]:
    """The first examples, and the first that are too long."""
    named = version.marks.get("rows", {}).get("too_long", [])[:SHOWN]
    positions = sorted({*range(min(FIRST, version.examples)), *named})
    rows = find_examples(room, version.id, Find(positions=positions, limit=None)).rows
    return [(f"{row.position + 1:,}: {(row.prompt or row.completion)[:60]}", row.content) for row in rows]


def _remedies(room: Workspace, version: VersionView, defect: Defect) -> None:
    with st.container(horizontal=True):
        for name, remedy in defect.remedies:
            if st.button(
                remedy.label,
                key=f"training_set_remedy_{name}",
                help=remedy.text,
                icon=":material/healing:" if remedy.action == "mend" else ":material/filter_alt_off:",
            ):
                edits.apply_remedy(room, drafts.open_draft(room, version.id).id, name)
                st.rerun()


def look_at(rows: Sequence[ExampleView]) -> None:
    """Question and answer of each, shortened."""
    for row in rows:
        st.markdown(f"**{row.position + 1:,}** {_short(row.prompt)}  \n:gray[{_short(row.completion)}]")


def _short(text: str) -> str:
    return escaped(text if len(text) <= LONGEST else text[:LONGEST] + " …") or "(empty)"
