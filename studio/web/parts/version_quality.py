"""What was found in a version's examples, each kind with its remedy, which becomes a step of the draft."""

from collections.abc import Sequence

import streamlit as st

from studio.store.database import Workspace
from studio.training_sets.versions import ExampleView, Find, VersionView, drafts, edits, find_examples
from studio.web.parts.defects import Defect, defects_of, show_defects, verdict
from studio.web.parts.safe_text import escaped

SHOWN = 5
LONGEST = 400  # characters of a text in the list


def version_quality(room: Workspace, version: VersionView) -> None:
    """Verdict, findings and plots of the saved version; a draft is measured when it is saved."""
    verdict(version.report)

    def remedy(defect: Defect) -> None:
        _remedies(room, version, defect)

    def rows(defect: Defect) -> None:
        with st.expander("Look at them", key=f"training_set_rows_{defect.kind}", on_change="rerun") as box:
            if box.open:
                look_at(find_examples(room, version.id, Find(defect=defect.kind, limit=SHOWN)).rows)

    show_defects(defects_of(version.report), remedy, rows)


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
