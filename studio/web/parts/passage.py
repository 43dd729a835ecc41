"""The source viewer: a passage marked at its place in the original, with what stands around it."""

from collections.abc import Sequence

import streamlit as st

from studio.library.passages import sentence_ranges
from studio.library.viewing.small_tables import Part, Range, SmallRow, SmallTable, parts_of
from studio.library.viewing.table_rows import TableView
from studio.library.viewing.viewer import PassageView, open_passage, page_of_passage
from studio.store.database import Workspace
from studio.web.menu import entry_titled
from studio.web.parts.links import same_tab
from studio.web.parts.safe_text import escaped, marked
from studio.web.parts.states import count

Ranges = Sequence[Range]
BESIDE, WHOLE, CLOSE = "Beside the text", "Full width", "Only the passage"
KINDS = {
    "sheet": "A description of the whole table, counted from all of its rows when the file was read.",
    "summary": "A summary: sentences chosen from all over the document. Open the original for the whole.",
}


def passage_at(room: Workspace, passage_id: int, answer_id: int | None = None) -> PassageView:
    """The passage, as the source of an answer where that is given.

    Reading its table or pages takes longer than all else, so it is kept for a minute.
    """
    return _opened(room, room.id, passage_id, answer_id)


@st.cache_data(max_entries=32, ttl=60, show_spinner="Opening the document…")
def _opened(_room: Workspace, workspace_id: int, passage_id: int, answer_id: int | None) -> PassageView:
    return open_passage(_room, passage_id, answer_id)


@st.cache_data(max_entries=32, ttl=60, show_spinner="Drawing the page…")
def _drawn(_room: Workspace, workspace_id: int, passage: PassageView, page: int, close_up: bool) -> bytes:
    return page_of_passage(_room, passage, page, close_up)


def forget_passages() -> None:
    """Called when documents are deleted, so that nothing of them is shown any more."""
    _opened.clear()
    _drawn.clear()


def show_passage(room: Workspace, passage: PassageView) -> None:
    """Title and place first; then the page or the rows where there are such, else the text around it."""
    st.subheader(escaped(passage.title or passage.document), anchor=False)
    st.markdown(f":material/description: {escaped(passage.document)} · {escaped(passage.where)}")
    if passage.heading:
        st.caption(escaped(" › ".join(passage.heading)))
    if passage.kind in KINDS:
        st.info(KINDS[passage.kind], icon=":material/info:")
    if passage.page is not None:
        _page_and_text(room, passage, passage.page)
    elif passage.table is not None:
        _table(passage, passage.table)
        if passage.kind == "sheet":
            _in_context(passage)
    else:
        _in_context(passage)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        same_tab("Download the original", f"/original/{passage.document_id}", "download")
        st.page_link(
            entry_titled("Documents").file,
            label="Go to the documents",
            icon=":material/library_books:",
            query_params={"library": str(passage.library_id)},
        )


def _page_and_text(room: Workspace, passage: PassageView, first: int) -> None:
    size = st.radio("Size of the page", [BESIDE, WHOLE, CLOSE], horizontal=True, key="passage_size")
    page = _turned(passage, first) if size != CLOSE else first
    if size == BESIDE:
        left, right = st.columns([3, 2], gap="large")
    else:
        left, right = st.container(), st.container()
    here = any(box[0] == page for box in passage.boxes)
    said = f"Page {page} of {passage.pages}" + ("" if here else ": the passage is on another page")
    with left.container(border=True):
        picture = _drawn(room, room.id, passage, page, size == CLOSE)
        st.image(picture, caption=said, width="stretch", alt=f"{said}, the passage marked" if here else said)
    with right:
        _in_context(passage)


def _turned(passage: PassageView, first: int) -> int:
    """The page to show, with the buttons that turn it; kept for this passage only."""
    key = f"passage_page_{passage.id}"
    page: int = st.session_state.setdefault(key, first)

    def turn(to: int) -> None:
        st.session_state[key] = to

    with st.container(horizontal=True):
        st.button(
            "Previous page",
            key="passage_previous",
            icon=":material/chevron_left:",
            on_click=turn,
            args=(page - 1,),
            disabled=page <= 1,
        )
        st.button(
            "Next page",
            key="passage_next",
            icon=":material/chevron_right:",
            on_click=turn,
            args=(page + 1,),
            disabled=page >= passage.pages,
        )
        if page != first:
            st.button("Back to the passage", key="passage_back", on_click=turn, args=(first,))
    return page


def _in_context(passage: PassageView) -> None:
    with st.container(border=True):
        _around(passage, passage.before)
        for part in parts_of(passage.text):
            if part.table is None:
                st.markdown(marked(part.text, _within(part, passage.quoted)))
            else:
                _small_table(passage, part.table, chosen=True)
        _around(passage, passage.after)
    if passage.quoted and len(passage.quoted) < len(list(sentence_ranges(passage.text))):
        st.caption("In bold: what the answer rests on.")


def _around(passage: PassageView, text: str) -> None:
    """What stands before or after the passage."""
    for part in parts_of(text):
        if part.table is not None:
            _small_table(passage, part.table, chosen=False)
        elif part.text:
            st.caption(_plain(part.text))


def _within(part: Part, ranges: Ranges) -> list[Range]:
    """As characters of the part; a range outside is empty, which tells that the part holds no quote."""
    size = len(part.text)
    return [(_clamped(first - part.start, size), _clamped(last - part.start, size)) for first, last in ranges]


def _clamped(at: int, size: int) -> int:
    return min(max(at, 0), size)


def _small_table(passage: PassageView, table: SmallTable, chosen: bool) -> None:
    """Marked row by row where it belongs to the passage."""
    columns: dict[str, list[str]] = {}
    for at, name in enumerate(table.header or [str(number) for number in range(len(table.rows[0].cells))]):
        cells = [
            _small_cell(row, at, passage.quoted) if chosen else escaped(row.cells[at]) for row in table.rows
        ]
        columns[_unused(escaped(name) or " ", columns)] = cells
    reachable = linked_columns(columns, f"/passage?id={passage.id}", named=bool(table.header))
    st.table(reachable, border="horizontal", hide_index=True, hide_header=not table.header)


def linked_columns(columns: dict[str, list[str]], address: str, named: bool) -> dict[str, list[str]]:
    """The same with one link, in the first name or else the first cell that holds something: something to
    reach by keyboard, from where a table wider than a phone can be scrolled."""
    texts = list(columns) if named else [cell for row in zip(*columns.values(), strict=True) for cell in row]
    first = next((text for text in texts if text.strip()), None)
    if first is None:
        return columns
    link = f"[{first}]({address})"
    if named:
        return {link if name == first else name: cells for name, cells in columns.items()}
    return {name: [link if cell == first else cell for cell in cells] for name, cells in columns.items()}


def _small_cell(row: SmallRow, at: int, quoted: Ranges) -> str:
    cell = row.cells[at]
    resting = any(first < row.at[1] and last > row.at[0] for first, last in quoted)
    return marked(cell, [(0, len(cell) if resting else 0)] if quoted else ())


def _plain(text: str) -> str:
    return "  \n".join(escaped(line) for line in text.split("\n") if line.strip())


def _table(passage: PassageView, table: TableView) -> None:
    """Some rows under their header; the passage's own is marked in every cell."""
    names = ["Row", *(name or f"Column {at}" for at, name in enumerate(table.header, 1))]
    columns: dict[str, list[str]] = {}
    for at, name in enumerate(names):
        cells = [str(row.number) if at == 0 else row.cells[at - 1] for row in table.rows]
        columns[_unused(name, columns)] = cells
    if passage.kind == "sheet":
        st.dataframe(columns, hide_index=True, key="passage_rows")
        st.caption(f"The first rows, of {count(table.total, 'row')} in this table.")
        return
    chosen = [row.chosen for row in table.rows]
    lines = {escaped(name): _marked_cells(cells, chosen) for name, cells in columns.items()}
    # something to reach by keyboard, from where a table wider than a phone can be scrolled
    at = chosen.index(True)
    lines["Row"][at] = f":yellow-background[[{table.rows[at].number}](/passage?id={passage.id})]"
    with st.container(border=True, key="passage_table"):
        st.table(lines, border="horizontal", hide_index=True)
    st.caption(f"The rows around it, of {count(table.total, 'row')} in this table.")


def _marked_cells(cells: list[str], chosen: list[bool]) -> list[str]:
    return [
        marked(cell) if mine and cell else escaped(cell) for cell, mine in zip(cells, chosen, strict=True)
    ]


def _unused(name: str, names: dict[str, list[str]]) -> str:
    """Sheets may name two columns alike."""
    number, free = 1, name
    while free in names:
        number += 1
        free = f"{name} {number}"
    return free
