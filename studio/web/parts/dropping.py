"""Files dropped on the advice page: documents go into a library, a table becomes a training set."""

from pathlib import Path

import streamlit as st

from studio.library.finding.languages import AUTOMATIC
from studio.library.libraries import LibraryView, create_library, get_library, list_libraries
from studio.store.database import Workspace
from studio.training_sets import imports
from studio.training_sets.imports import ImportView
from studio.training_sets.versions import VersionView
from studio.web.parts.adding import take_in
from studio.web.parts.imports import import_pill, open_import, progress
from studio.web.parts.live import live
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import count
from studio.web.services import engine
from studio.web.uploads import accepted_suffixes, let_go, table_suffixes

NEW_LIBRARY = "Our documents"
ROUND = "advice_round"  # in the session: how many uploads there were
CAME = "_came"  # behind the key of a choice, in the session: what was brought in and is to be chosen


def drop_files(room: Workspace, library: LibraryView | None, version: VersionView | None) -> None:
    """Open where nothing is there yet; below it, what is still being read."""
    nothing = library is None and version is None
    with st.expander(
        "**Drop your files**", expanded=nothing, icon=":material/upload_file:", key="advice_drop"
    ):
        number = st.session_state.get(ROUND, 0)
        documents = st.file_uploader(
            "Documents to look things up in: PDF, Word, Excel, text and others",
            type=[suffix.lstrip(".") for suffix in accepted_suffixes()],
            accept_multiple_files=True,
            key=f"advice_documents_{number}",
        )
        table = st.file_uploader(
            "Examples to learn from: a table of questions and answers",
            type=[suffix.lstrip(".") for suffix in table_suffixes()],
            key=f"advice_table_{number}",
        )
        if (documents or table) and st.button(
            "Bring them in", key="advice_bring_in", type="primary", icon=":material/check:"
        ):
            with st.spinner("Storing the files…"):
                if documents:
                    library = library or own_library(room)
                    take_in(room, library.id, documents, [])
                    st.session_state[f"advice_library{CAME}"] = library.id
                if table:
                    imports.receive(room, table, table.name)
                    let_go([table])
            st.session_state[ROUND] = number + 1  # uploaders that hold nothing
            st.rerun()
    _being_read(room, library)


def own_library(room: Workspace) -> LibraryView:
    """The one that is made where a person has not made any."""
    named = (one for one in list_libraries(room) if one.name == NEW_LIBRARY)
    return next(named, None) or create_library(room, NEW_LIBRARY, AUTOMATIC, engine())


def _being_read(room: Workspace, library: LibraryView | None) -> None:
    """Moves until all is read; then the page measures what is there now."""
    waiting = imports.list_open(room)
    working = library.working if library else 0
    busy = bool(working) or any(one.busy for one in waiting)
    if not waiting and not working:
        return

    @live(busy)
    def reading() -> None:
        now = get_library(room, library.id) if library else None
        views = imports.list_open(room)
        left = now.working if now else 0
        if busy and ((not left and not any(one.busy for one in views)) or len(views) < len(waiting)):
            st.rerun(scope="app")
        if now and left:
            st.progress(1 - left / now.documents, text=f"{count(left, 'document')} still to be read")
        for view in views:
            _table(room, view)

    reading()


def _table(room: Workspace, view: ImportView) -> None:
    """What was found in it, beside the way to use it at once and the way to look at it first."""
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{escaped(view.source_name)}** {import_pill(view)}")
        if view.busy:
            progress(view)
            return
        usable = view.state == "ready" and view.report["verdict"] != "unusable"
        if view.report.get("why") or view.error:
            st.caption(escaped(view.error or view.report["why"]))
        with st.container(horizontal=True):
            if usable and st.button(
                "Use it as it is", key=f"advice_use_{view.id}", type="primary", icon=":material/check:"
            ):
                with st.spinner("Saving…"):
                    made = imports.save(room, view.id, Path(view.source_name).stem).version_id
                if made:  # chosen from now on; a large one is when it is there
                    st.query_params["version"] = str(made)
                    st.session_state.pop("advice_version", None)
                st.rerun(scope="app")
            label = "Look at it first" if usable else "Look at it"
            if st.button(label, key=f"advice_look_{view.id}", icon=":material/arrow_forward:"):
                open_import(view.id)
