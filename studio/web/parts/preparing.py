"""One import on its page: what was understood, what was found, what the model will see, and saving it."""

from dataclasses import replace
from pathlib import Path

import streamlit as st

from studio.store.database import Workspace
from studio.training_sets import imports
from studio.training_sets.examples import Candidate
from studio.training_sets.imports import ImportView
from studio.training_sets.imports.view import rows_at
from studio.training_sets.quality import Marks
from studio.training_sets.quality.remedies import REMEDIES, left_out
from studio.training_sets.shapes.mapping import GUESSED, describe
from studio.web.menu import TRAINING_SET, entry_titled
from studio.web.parts.correcting import correct, key_of, understood
from studio.web.parts.defects import Defect, defects_of, show_defects, verdict
from studio.web.parts.figures import looked_at
from studio.web.parts.imports import import_pill, progress, stop_or_retry
from studio.web.parts.safe_text import escaped
from studio.web.parts.seen import Row
from studio.web.parts.states import count

FIRST_ROWS = 20
LONGEST = 300  # characters of a text in a list
ASKED = "**Tell us which column is the question and which is the answer.** Your file is kept."
SPLITS = {"group": "Whole groups, by chance", "time": "The newest, by date"}


def head(room: Workspace, view: ImportView) -> None:
    """The file's name, its state, and the ways out."""
    st.page_link(entry_titled("Training sets").file, label="All training sets", icon=":material/arrow_back:")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(escaped(view.source_name), anchor=False, width="content")
        st.markdown(import_pill(view), width="content")
        st.space("stretch")
        stop_or_retry(room, view)
        if not view.busy and st.button("Dismiss", key="training_sets_dismiss", icon=":material/close:"):
            imports.discard(room, view.id)
            st.switch_page(entry_titled("Training sets").file)
    if view.state == "unclear":
        st.info(f"{ASKED} {escaped(view.error or '')}", icon=":material/help:")
    elif view.error:
        st.error(escaped(view.error), icon=":material/error:")
    if view.busy:
        progress(view)


def understood_as(room: Workspace, view: ImportView) -> None:
    """One line, what the reader noticed, and the way to correct it."""
    if view.table:
        st.markdown(understood(view))
        for note in _noticed(view):
            if GUESSED in note:
                st.warning(escaped(note), icon=":material/help:")
            else:
                st.caption(f":material/info: {escaped(note)}")
    guessed = any(GUESSED in note for note in view.report.get("notes", ()))
    box = st.expander(
        "Choose the columns" if view.state == "unclear" else "Correct this",
        expanded=guessed or view.state in ("unclear", "failed"),
        key=f"training_sets_correct_{view.id}",
        icon=":material/tune:",
        on_change="rerun",
    )
    if box.open:
        with box:
            correct(room, view)


def _noticed(view: ImportView) -> list[str]:
    """What the line above does not say already."""
    notes: list[str] = list(view.report.get("notes", view.table["notes"]))
    if view.mapping is None or view.mapping.shape not in ("pairs", "instruction"):
        return notes
    above = describe(replace(view.mapping, group=None, guessed_by="you"))
    return [rest for note in notes if (rest := note.removeprefix(above).strip())]


def found(room: Workspace, view: ImportView) -> None:
    """The verdict, then every finding with the switch for its remedy."""
    verdict(view.report)
    left_out = view.report["rows"] - view.report["kept"]
    if left_out:
        st.caption(
            f"{count(view.report['rows'], 'row')}; with the switches below {left_out:,} are left out "
            f"and {view.report['kept']:,} are kept."
        )

    def remedy(defect: Defect) -> None:
        _remedy(room, view, defect)

    def rows(defect: Defect) -> None:
        box = st.expander(
            "Look at them",
            key=f"training_sets_rows_{view.id}_{defect.kind}",
            on_change="rerun",
            type="compact",
        )
        if box.open:
            with box:
                look_at(_rows(room, view, tuple(defect.rows)), defect)

    show_defects(defects_of(view.report), remedy, rows)


def _remedy(room: Workspace, view: ImportView, defect: Defect) -> None:
    """A switch, or a choice where more than one thing can be done."""
    marks = Marks.from_json(view.marks)
    named = {name: f"{one.label} ({count(_rows_of(marks, name), 'row')})" for name, one in defect.remedies}
    key, names = f"training_sets_remedy_{view.id}_{defect.kind}", list(named)
    now = next((name for name in names if name in view.remedies), None)
    if len(names) == 1:
        text = REMEDIES[names[0]].text
        st.toggle(named[names[0]], now is not None, key, text, _switch, (room, view, names, key))
    elif names:
        st.segmented_control(
            "What to do",
            names,
            default=now,
            format_func=named.__getitem__,
            key=key,
            help="  \n".join(f"{one.label}: {one.text}" for _, one in defect.remedies),
            on_change=_switch,
            args=(room, view, names, key),
            label_visibility="collapsed",
        )


def _rows_of(marks: Marks, name: str) -> int:
    """How many rows a remedy leaves out or mends."""
    remedy = REMEDIES[name]
    return len(left_out(marks, [name]) if remedy.action == "drop" else marks.places(remedy.kind))


def _switch(room: Workspace, view: ImportView, names: list[str], key: str) -> None:
    """The widget says True, or which of the names; the others of this kind are off."""
    said = st.session_state[key]
    chosen = set(view.remedies) - set(names) | ({names[0]} if said is True else {said} if said else set())
    imports.change(room, view.id, remedies=sorted(chosen))


def _rows(room: Workspace, view: ImportView, numbers: tuple[int, ...]) -> list[Candidate]:
    key = (room.id, view.id, repr(view.reading), repr(view.mapping))
    return _rows_kept(room, key, view.id, numbers)


@st.cache_data(max_entries=200, ttl=900, show_spinner=False)
def _rows_kept(
    _room: Workspace, key: tuple[object, ...], import_id: int, numbers: tuple[int, ...]
) -> list[Candidate]:
    return rows_at(_room, import_id, numbers)


def look_at(rows: list[Candidate], defect: Defect) -> None:
    """Question and answer of the rows that were found, by their number in the file."""
    for row in rows:
        said = f"  \n:gray[{_short(row.completion)}]" if row.completion else "  \n:gray[(no answer)]"
        st.markdown(f"**Row {row.number:,}** {_short(row.prompt) or '(no question)'}{said}")
    if defect.count > len(defect.rows):
        st.caption(f"The first {len(defect.rows)} of {count(defect.count, 'row')}.")


def _short(text: str) -> str:
    return escaped(text if len(text) <= LONGEST else text[:LONGEST] + " …")


def looked_into(room: Workspace, view: ImportView) -> None:
    """What the model will see of single rows, beside the plots."""
    looked_at(room, view.report.get("facts", {}), _shown_rows(room, view), key_of(view))


def _shown_rows(room: Workspace, view: ImportView) -> list[Row]:
    """The first rows of the file, and those that findings name: the longest are of interest."""
    named = {number for defect in defects_of(view.report) for number in defect.rows}
    first = min(view.table["rows"], FIRST_ROWS) + 1
    numbers = tuple(sorted({*range(1, first + 1), *named}))
    rows = [row for row in _rows(room, view, numbers) if row.completion]
    return [(f"Row {row.number:,}: {(row.prompt or row.completion)[:60]}", row.content) for row in rows]


def save(room: Workspace, view: ImportView) -> None:
    """Name, held-out share and how it is chosen; a version that is saved at once is opened."""
    with st.form("training_sets_save", border=True):
        name = st.text_input(
            "Name of the training set",
            Path(view.source_name).stem,
            key=f"training_sets_name_{view.id}",
            max_chars=120,
        )
        with st.grid(2, min_column_width=260):
            share, by = _held_out(view)
        stored = st.form_submit_button(
            "Save as a version",
            key="training_sets_store",
            type="primary",
            icon=":material/check:",
            disabled=view.report["verdict"] == "unusable",
        )
    if stored:
        with st.spinner("Saving…"):
            now = imports.save(room, view.id, str(name), share / 100, by)
        if now.version_id:
            st.switch_page(TRAINING_SET.file, query_params={"version": str(now.version_id)})
        st.rerun()


def _held_out(view: ImportView) -> tuple[int, str]:
    """How many percent are never trained on, and how those are chosen."""
    key = f"training_sets_share_{view.id}"
    why = "Never trained on, so that a run can be measured on what it has not seen."
    share: int = st.slider("Held out for measuring (%)", 0, 30, 10, key=key, help=why)
    by = st.radio(
        "Which ones",
        ["time", "group"] if view.mapping and view.mapping.date else ["group"],
        format_func=SPLITS.__getitem__,
        key=f"training_sets_by_{view.id}",
        help="Rows of one group, near duplicates and equal questions always stay on one side.",
    )
    return share, by
