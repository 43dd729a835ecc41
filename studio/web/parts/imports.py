"""Tables that are being brought in: the uploader, and every open import with how far it is."""

from collections.abc import Sequence

import streamlit as st

from studio.store.database import Workspace
from studio.training_sets import imports
from studio.training_sets.imports import ImportView
from studio.web.menu import entry_titled
from studio.web.parts.links import same_tab
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import ago, count, duration, pill
from studio.web.uploads import let_go, table_suffixes

NEXT = {"ready": "Prepare", "unclear": "Choose its columns", "failed": "Correct"}
WORDS = {"waiting": "waiting to be read", "ready": "read and checked", "saving": "being saved"}


def bring_in(room: Workspace) -> None:
    """Every file that is chosen becomes an import at once; a single one is opened."""
    files = st.file_uploader(
        "A table of questions and answers, of instructions, or of chats",
        type=[suffix.lstrip(".") for suffix in table_suffixes()],
        accept_multiple_files=True,
        key=f"training_sets_file_{st.session_state.get(ROUND, 0)}",
    )
    st.caption("CSV, TSV, Excel, JSONL, JSON or Parquet. Every cell stays the text it is; the file is kept.")
    with st.container(horizontal=True, vertical_alignment="center"):
        same_tab("Add a table larger than 200 MB", "/upload?tables", "upload_file")
        st.page_link(
            entry_titled("Review examples").file,
            label="Have examples drafted from your documents",
            icon=":material/rate_review:",
        )
    if not files:
        return
    with st.spinner("Keeping the file…"):
        taken = [imports.receive(room, file, file.name) for file in files]
    let_go(files)
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1  # an empty uploader
    if len(taken) == 1:
        open_import(taken[0])
    st.rerun()


ROUND = "training_sets_round"  # in the session: how many uploads there were


def open_import(import_id: int) -> None:
    """Go to the page of this import."""
    st.switch_page(entry_titled("Training sets").file, query_params={"import": str(import_id)})


def open_imports(room: Workspace, views: Sequence[ImportView]) -> None:
    """Newest first, each with what it is at and what can be done with it."""
    for view in views:
        with st.container(border=True, gap="xsmall"):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                with st.container(gap="xxsmall", width="stretch"):
                    st.markdown(f"**{escaped(view.source_name)}** {import_pill(view)}")
                    st.caption(escaped(_facts(view)))
                _controls(room, view)
            if view.state in ("reading", "saving"):
                progress(view)
            if view.error:
                said = escaped(view.error)
                st.markdown(said if view.state == "unclear" else f":red[{said}]")


def import_pill(view: ImportView) -> str:
    return pill(view.state, WORDS.get(view.state))


def _facts(view: ImportView) -> str:
    facts = [f"uploaded {ago(view.created_at)}"]
    if view.report:
        facts.insert(0, f"{count(view.report['rows'], 'row')}, {view.report['kept']:,} usable")
    return " · ".join(facts)


def progress(view: ImportView) -> None:
    """How far it is and how long still."""
    left = f", about {duration(view.seconds_left)} left" if view.seconds_left else ""
    done = f": {count(view.rows_done, 'row')}" if view.rows_done else ""
    word = "Saving" if view.state == "saving" else "Reading and checking"
    st.progress(min(1.0, view.progress), text=f"{word}{done}{left}. It goes on when you leave this page.")


def _controls(room: Workspace, view: ImportView) -> None:
    if view.state in NEXT and st.button(
        NEXT[view.state],
        key=f"training_sets_prepare_{view.id}",
        icon=":material/arrow_forward:",
        type="secondary" if view.state == "failed" else "primary",
    ):
        open_import(view.id)
    stop_or_retry(room, view)
    if not view.busy and st.button(
        "Dismiss",
        key=f"training_sets_dismiss_{view.id}",
        icon=":material/close:",
        help="Forgets the file, too.",
    ):
        imports.discard(room, view.id)
        st.rerun(scope="app")


def stop_or_retry(room: Workspace, view: ImportView) -> None:
    if view.busy and st.button("Stop", key=f"training_sets_stop_{view.id}", icon=":material/stop_circle:"):
        imports.stop(room, view.id)
        st.rerun()
    if view.state in ("stopped", "failed") and st.button(
        "Try again", key=f"training_sets_retry_{view.id}", icon=":material/refresh:"
    ):
        imports.retry(room, view.id)
        st.rerun(scope="app")
