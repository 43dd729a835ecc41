"""How an uploaded table was understood, and correcting it: what a choice would give is shown at once."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from studio.errors import BadInput
from studio.store.database import Workspace
from studio.text_tables.dialect import PLAIN
from studio.training_sets import imports
from studio.training_sets.examples import Candidate
from studio.training_sets.imports import ImportView, Preview
from studio.training_sets.reading import ENCODINGS, Reading, TableFile
from studio.training_sets.shapes.cutting import candidates
from studio.training_sets.shapes.mapping import Mapping, Shape, choose
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import count

PREVIEW_ROWS = 6
EXAMPLE_WIDTH, EXAMPLE_HEIGHT = 165, 72  # pixels: both sides and three lines of each, on a phone too
NONE = "– none –"
FOUND_OUT = "Find it out"
SHAPE_NAMES: dict[Shape, str] = {
    "pairs": "Questions and answers",
    "instruction": "Instruction, input and output",
    "messages": "Chats (messages)",
    "conversations": "Chats (conversations, from/value)",
    "label": "Texts and their labels",
    "text": "Plain text",
    "version": "A version exported from here",
}
ANOTHER = "Any other character can be typed in."
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar |", PLAIN.delimiter: "nothing"}
# which columns a shape needs: field of the mapping -> what people call it
COLUMNS: dict[Shape, dict[str, str]] = {
    "pairs": {"prompt": "Question", "completion": "Answer"},
    "instruction": {"prompt": "Instruction", "input": "Input (optional)", "completion": "Output"},
    "messages": {"completion": "Chat"},
    "conversations": {"completion": "Chat"},
    "label": {"prompt": "Text", "completion": "Label"},
    "text": {"completion": "Text"},
    "version": {},
}
ALSO = {"group": "Keep together (group)", "date": "Date", "system": "Instruction to the model"}


def understood(view: ImportView) -> str:
    """One line of Markdown: shape, columns, rows, and how the file was read."""
    table, mapping = view.table, view.mapping
    if mapping is None:
        return ""
    told = [f"**{SHAPE_NAMES[mapping.shape]}**", _columns_used(mapping)]
    told.append(f"{count(table['rows'], 'row')}, {count(len(table['columns']), 'column')}")
    if len(table["sheets"]) > 1:
        told.append(f"{_sheet_of(table).lower()} “{escaped(table['sheet'])}”")
    delimiter = table["delimiter"]
    if delimiter:
        told.append(escaped(ENCODINGS.get(table["encoding"], table["encoding"].upper())))
        told.append(f"{DELIMITERS.get(delimiter, escaped(f'“{delimiter}”'))} between cells")
    if table["header"] is not None:
        told.append("names in the first row" if table["header"] else "no names in the first row")
    return " · ".join(part for part in told if part)


def _sheet_of(table: dict[str, Any]) -> str:
    """What a table is chosen from: a workbook has sheets, a JSON file lists."""
    return "List" if table["header"] is None else "Sheet"


def _columns_used(mapping: Mapping) -> str:
    named = COLUMNS[mapping.shape].items()
    used = {name.removesuffix(" (optional)").lower(): getattr(mapping, field) for field, name in named}
    if mapping.template:
        used = {"question": mapping.template} | used
    return ", ".join(f"{name} from “{escaped(column)}”" for name, column in used.items() if column)


def key_of(view: ImportView) -> str:
    """The beginning of keys of widgets whose choices hold only while the table is understood as it is now."""
    return f"training_sets_{view.id}_{abs(hash((repr(view.reading), repr(view.mapping))))}"


def correct(room: Workspace, view: ImportView) -> None:
    """Every choice with what it gives at once; the button makes it count."""
    key = key_of(view)
    reading = _choose_reading(key, view)
    try:
        seen = imports.preview(room, view.id, PREVIEW_ROWS, reading)
    except BadInput as problem:
        if str(problem) == view.error:  # it stands above already
            st.caption("Choose otherwise: what it gives is shown here at once.")
        else:
            st.error(escaped(str(problem)), icon=":material/error:")
        return
    now = view.mapping if reading == view.reading and view.mapping else seen.mapping
    try:
        mapping = _choose_mapping(key, seen.table, now)
    except BadInput as missing:
        before_and_after(seen, [])
        st.info(escaped(str(missing)), icon=":material/arrow_upward:")
        return
    before_and_after(seen, list(candidates(seen.table, mapping)))
    changed = reading != view.reading or mapping != view.mapping
    if st.button(
        "Use this",
        key=f"training_sets_{view.id}_use",
        type="primary",
        icon=":material/check:",
        disabled=not changed,
    ):
        corrected = mapping if mapping.guessed_by == "you" else None
        imports.change(room, view.id, reading if reading != view.reading else None, corrected)
        st.rerun()


def _choose_reading(key: str, view: ImportView) -> Reading:
    """Encoding, delimiter, header and sheet, each found out unless a person says otherwise."""
    reading, table = view.reading, view.table
    text = not table or bool(table["delimiter"])
    with st.grid(4, min_column_width=180):
        if text:
            found = table.get("encoding"), table.get("delimiter")
            encoding = _choice("Encoding", ENCODINGS, (reading.encoding, found[0]), f"{key}_encoding")
            delimiters = {one: name.capitalize() for one, name in DELIMITERS.items()}
            chosen = reading.delimiter, found[1]
            delimiter = _choice("Between cells", delimiters, chosen, f"{key}_delimiter", typed=ANOTHER)
            reading = replace(reading, encoding=encoding, delimiter=delimiter)
        if len(table.get("sheets", ())) > 1:
            sheets = {sheet: sheet for sheet in table["sheets"]}
            sheet = _choice(_sheet_of(table), sheets, (reading.sheet, table["sheet"]), f"{key}_sheet")
            reading = replace(reading, sheet=sheet)
        if not table or table["header"] is not None:
            names = {True: "Names of columns", False: "An example already"}
            header = _choice("First row", names, (reading.header, table.get("header")), f"{key}_header")
            reading = replace(reading, header=header)
    return reading


def _choice(label: str, names: dict[Any, str], chosen: tuple[Any, Any], key: str, typed: str = "") -> Any:
    """`chosen`: by a person, None where nobody did, and what was found out then; `typed` tells what else may
    be typed in."""
    now, found = chosen
    options = [None, *names, *([now] if now not in (None, *names) else [])]
    automatic = f"Found: {names.get(found, found)}" if now is None and found is not None else FOUND_OUT
    return st.selectbox(
        label,
        options,
        index=options.index(now),
        format_func=lambda one: automatic if one is None else names.get(one, str(one)),
        key=key,
        help=typed or None,
        accept_new_options=bool(typed),
    )


def _choose_mapping(key: str, table: TableFile, known: Mapping | None) -> Mapping:
    """The shape and its columns, beginning at what is known. Raises BadInput where they do not fit the table,
    or are not chosen yet."""
    now = known or Mapping()
    key = f"{key}_{abs(hash(tuple(table.columns)))}"  # other columns are other choices
    shapes = [shape for shape in SHAPE_NAMES if shape != "version" or now.shape == "version"]
    with st.grid(4, min_column_width=180):
        shape = st.selectbox(
            "What it holds", shapes, shapes.index(now.shape), SHAPE_NAMES.__getitem__, key=f"{key}_shape"
        )
        fields = {} if shape == "version" else COLUMNS[shape] | ALSO
        chosen: dict[str, Any] = {
            field: _column(label, table.columns, getattr(now, field), f"{key}_{field}")
            for field, label in fields.items()
        }
    if "prompt" in fields:
        chosen["template"] = _template(key, now)
    if known and shape == now.shape and all(getattr(now, field) == one for field, one in chosen.items()):
        return known
    return choose(table, Mapping(shape=shape, **chosen))


def _column(label: str, columns: Sequence[str], now: str | None, key: str) -> str | None:
    options = [NONE, *columns]
    chosen = st.selectbox(label, options, options.index(now) if now in options else 0, key=key)
    return None if chosen == NONE else chosen


def _template(key: str, now: Mapping) -> str | None:
    typed = st.text_input(
        "Question made of several columns (optional)",
        now.template or "",
        placeholder="{question} ({product})",
        help="Names of columns in braces are filled in from each row.",
        key=f"{key}_template",
    )
    return str(typed).strip() or None


def before_and_after(seen: Preview, examples: Sequence[Candidate]) -> None:
    """The first rows as they stand in the file, and the examples that they become, if any."""
    with st.grid(2, min_column_width=320):
        with st.container(gap="xsmall"):
            st.caption("In the file")
            cells = [dict(zip(seen.columns, row, strict=True)) for _, row in seen.rows]
            st.dataframe(cells, hide_index=True, alt="The first rows as they stand in the file")
        if not examples:
            return
        with st.container(gap="xsmall"):
            st.caption("As examples")
            made = [{"Question": one.prompt, "Answer": one.completion or one.fault} for one in examples]
            sides = {
                name: st.column_config.TextColumn(width=EXAMPLE_WIDTH) for name in ("Question", "Answer")
            }
            alt = "The examples that the first rows become"
            st.dataframe(made, hide_index=True, column_config=sides, row_height=EXAMPLE_HEIGHT, alt=alt)
