"""The receipts of a library's documents: what was understood of each file, and what can be done with it."""

from pathlib import Path

import streamlit as st

from studio.library.documents import (
    DocumentView,
    delete_document,
    read_again,
    retry_document,
    retry_failed,
    set_date,
    set_tags,
    stop_reading,
)
from studio.library.finding.languages import OTHER, language_named
from studio.library.libraries import LibraryView
from studio.library.listing import STATES, Standing, Wanted, find_documents, standing_of
from studio.store.database import Workspace
from studio.web.parts.adding import split_tags
from studio.web.parts.links import same_tab
from studio.web.parts.passage import forget_passages
from studio.web.parts.safe_text import escaped, prose
from studio.web.parts.states import MOVING, count, duration, pill

PER_PAGE = 10
FEW = 5  # documents that need no search
LONGEST = 80  # characters of a name in the list


def receipts(room: Workspace, library: LibraryView) -> bool:
    """What failed first, then what is being read, then the newest; returns whether some are coming in."""
    standing = standing_of(room, library.id)
    _together(room, library, standing)
    wanted = _wanted(standing) if standing.progress.total > FEW else Wanted()
    found = find_documents(room, library.id, wanted, (_page() - 1) * PER_PAGE, PER_PAGE)
    pages = -(-found.total // PER_PAGE)
    if _page() > pages > 0:  # fewer fit than before
        found = find_documents(room, library.id, wanted, (pages - 1) * PER_PAGE, PER_PAGE)
    if not found.total:
        st.caption("No document fits. Take a word or a choice away.")
    for document in found.documents:
        _receipt(room, document)
    if pages > 1:
        page = st.pagination(pages, key="library_page")
        st.caption(f"Page {page} of {pages}, {count(found.total, 'document')}.")
    return standing.progress.done < standing.progress.total


def _page() -> int:
    """The page chosen at the foot of the list, which is drawn after it."""
    return max(1, int(st.session_state.get("library_page", 1) or 1))


def _together(room: Workspace, library: LibraryView, standing: Standing) -> None:
    """How far all of them are, and what can be done with all at once."""
    progress = standing.progress
    if progress.done < progress.total:
        left = f", about {duration(progress.seconds_left)} left" if progress.seconds_left else ""
        st.progress(
            progress.done / progress.total,
            text=f"Reading: {progress.done} of {count(progress.total, 'document')} done{left}. "
            "It goes on when you leave this page.",
        )
        if st.button("Stop reading", key="library_stop", icon=":material/stop_circle:"):
            stop_reading(room, library.id)
            st.rerun()
    if standing.failed > 1 and st.button(
        f"Try all {standing.failed} failed again", key="library_retry_all", icon=":material/refresh:"
    ):
        retry_failed(room, library.id)
        st.rerun()
    if standing.outdated:
        st.info(
            f"{count(standing.outdated, 'document')} were read by an older version of the studio; "
            "today it may understand more of them. The originals are here, nothing need be uploaded again.",
            icon=":material/update:",
        )
        if st.button("Read them again", key="library_reread_all", icon=":material/refresh:"):
            read_again(room, library.id)
            st.rerun()


def _wanted(standing: Standing) -> Wanted:
    tags = standing.tags
    with st.grid(3, min_column_width=180):
        words = st.text_input("Find a document", placeholder="Part of its name", key="library_find")
        state = st.selectbox("State", list(STATES), index=None, placeholder="Any", key="library_state")
        tag = st.selectbox("Tag", tags, index=None, placeholder="Any", key="library_tag", disabled=not tags)
    return Wanted(words, state, tag)


def _receipt(room: Workspace, document: DocumentView) -> None:
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            with st.container(gap="xxsmall", width="stretch"):
                tags = " ".join(f":violet-badge[{escaped(tag)}]" for tag in document.tags)
                st.markdown(f"**{escaped(_short(document.title))}** {pill(document.state)} {tags}")
                if facts := _facts(document):
                    st.caption(escaped(facts))
            with st.popover("Actions", key=f"library_actions_{document.id}"):
                _actions(room, document)
        if len(document.name) > LONGEST or len(document.title) > LONGEST:
            with st.expander("Its whole name", key=f"library_name_{document.id}"):
                st.markdown(escaped(document.name))
                if document.title not in (document.name, Path(document.name).stem):
                    st.markdown(escaped(document.title))
        if document.error:
            st.markdown(f":red[{escaped(document.error)}]")
        for warning in document.warnings:
            st.markdown(f":orange[{escaped(warning)}]")
        if document.summary:
            with st.expander("What it is about", key=f"library_about_{document.id}"):
                st.markdown(prose(document.summary))


def _short(name: str) -> str:
    """Long names lose their middle: what tells files apart stands at both ends."""
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 21]} … {name[-18:]}"


def _facts(document: DocumentView) -> str:
    facts = [] if document.title == document.name else [_short(document.name)]
    facts += [f"also called {_short(name)}" for name in document.also]
    counts = (("pages", "page"), ("characters", "character"), ("tables", "table"), ("passages", "passage"))
    facts += [count(number, word) for key, word in counts if (number := getattr(document, key))]
    facts += [_language(document.language)] if document.language else []
    facts += [f"dated {document.dated}"] if document.dated else []
    if document.state == "ready" and document.seconds is not None:
        took = "less than a second" if document.seconds < 1 else duration(document.seconds)
        facts.append(f"read in {took}")
    if document.state == "embedding" and document.passages:
        facts.append(f"{document.embedded or 0:,} of them indexed")
    if document.state in MOVING and document.waits_for:
        facts.append(f"waiting for {document.waits_for}")
    if document.state in MOVING and document.seconds_left:
        facts.append(f"ready in about {duration(document.seconds_left)}")
    return " · ".join(facts)


def _language(code: str) -> str:
    """Its name, or the bare code of a language the studio has no name for."""
    name = language_named(code)
    return code if name == OTHER else name.capitalize()


def _actions(room: Workspace, document: DocumentView) -> None:
    if document.state == "failed" and st.button(
        "Try again", key=f"library_retry_{document.id}", icon=":material/refresh:"
    ):
        retry_document(room, document.id)
        st.rerun()
    if document.state == "ready" and st.button(
        "Read again", key=f"library_reread_{document.id}", icon=":material/refresh:"
    ):
        read_again(room, document.library_id, [document.id])
        st.rerun()
    same_tab("Download the original", f"/original/{document.id}", "download")
    _labels(room, document)
    _deletion(room, document)


def _deletion(room: Workspace, document: DocumentView) -> None:
    """Two clicks, as for a library."""
    sure = st.checkbox("Delete this document and its original for good", key=f"library_sure_{document.id}")
    st.caption("Answers already given keep the quotes they showed.")
    if st.button(
        "Delete document", key=f"library_remove_{document.id}", disabled=not sure, icon=":material/delete:"
    ):
        delete_document(room, document.id)
        forget_passages()
        st.rerun()


def _labels(room: Workspace, document: DocumentView) -> None:
    """Tags and date, by which searches can be narrowed."""
    with st.form(f"library_labels_{document.id}", border=False):
        tags = st.text_input(
            "Tags, separated by commas", ", ".join(document.tags), key=f"library_tags_{document.id}"
        )
        day = st.date_input(
            "Date of the document", document.dated, key=f"library_date_{document.id}", format="YYYY-MM-DD"
        )
        if st.form_submit_button("Save tags and date"):
            set_tags(room, document.id, split_tags(tags))
            if day != document.dated:
                set_date(room, document.id, day)
            st.rerun()
