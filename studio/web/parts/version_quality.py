"""What was found in a version's examples, each kind with its remedy, which becomes a step of the draft."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from studio.store.database import Workspace
from studio.training_sets.quality import Marks, report
from studio.training_sets.shapes.mapping import from_dict
from studio.training_sets.versions import ExampleView, Find, VersionView, drafts, edits, find_examples
from studio.web.parts.defects import Defect, defects_of, show_defects, verdict
from studio.web.parts.figures import answers, languages, lengths
from studio.web.parts.safe_text import escaped

SHOWN = 5
LONGEST = 400  # characters of a text in the list


def version_quality(room: Workspace, version: VersionView) -> None:
    """Verdict, findings and plots of the saved version; a draft is measured when it is saved."""
    measured = report_of(version)
    verdict(measured)

    def remedy(defect: Defect) -> None:
        _remedies(room, version, defect)

    def rows(defect: Defect) -> None:
        key = f"training_set_rows_{version.id}_{defect.kind}"
        box = st.expander("Look at them", key=key, on_change="rerun", type="compact")
        if box.open:
            with box:
                look_at(find_examples(room, version.id, Find(defect=defect.kind, limit=SHOWN)).rows)

    show_defects(defects_of(measured), remedy, rows)
    facts = measured.get("facts", {})
    with st.grid(2, min_column_width=340, gap="medium"):
        with st.container():
            lengths(facts, None)
        with st.container():
            answers(facts, version.examples)
            languages(facts)


def report_of(version: VersionView) -> dict[str, Any]:
    """What its own examples show; the stored report may be that of the table it was made from."""
    marks = Marks.from_json(version.marks)
    if not marks.total:
        return version.report
    return report(marks, from_dict(version.mapping), chosen=()).as_dict()


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
