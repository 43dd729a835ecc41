"""What a person sees when something goes wrong; the frame and the live parts of pages end here."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import streamlit as st
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from studio.errors import NotFound, StudioError

RETRY_SECONDS = 2
DISK_FULL = (
    "The disk of the database is full: what is there can be read, nothing new can be saved. "
    "Free some space and try again."
)
DATABASE_AWAY = (OperationalError, InterfaceError, PoolTimeout, psycopg.OperationalError)


@contextmanager
def errors_shown() -> Iterator[None]:
    """Turn what people can act on, and a database that is away, into a message; let the rest through."""
    try:
        yield
    except (StudioError, DBAPIError, PoolTimeout, psycopg.OperationalError) as error:
        if isinstance(error, DBAPIError) and not database_is_away(error):
            raise
        show_error(error)


def database_is_away(error: BaseException) -> bool:
    """Whether the error only says that Postgres is not there at this moment."""
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return lost or isinstance(error, DATABASE_AWAY)


def disk_is_full(error: BaseException) -> bool:
    """Whether Postgres is there, but has no room to write."""
    return isinstance(getattr(error, "orig", error), psycopg.errors.DiskFull)


def show_error(error: BaseException) -> bool:
    """Say on the page what happened; True tells Streamlit that nothing more needs to be shown."""
    if isinstance(error, NotFound):
        st.warning(str(error), icon=":material/search_off:")
    elif isinstance(error, StudioError):
        st.error(str(error), icon=":material/error:")
    elif disk_is_full(error):
        st.error(DISK_FULL, icon=":material/error:")
    elif database_is_away(error):
        _wait_for_database()
    else:  # Streamlit writes the traceback to the log
        st.error(
            "Something unexpected went wrong on this page. Your data is safe. "
            "Reload the page; if it happens again, the log of the web process says why.",
            icon=":material/error:",
        )
    return True


def _wait_for_database() -> None:
    """The retry is a fragment: it only asks for a rerun of the page, so nothing typed is lost."""
    st.warning(
        "The database is restarting. This page comes back by itself; nothing that was saved is lost.",
        icon=":material/hourglass_top:",
    )
    st.session_state["frame_waited"] = False

    @st.fragment(run_every=RETRY_SECONDS)
    def retry() -> None:
        if st.session_state["frame_waited"]:
            st.rerun(scope="app")
        st.session_state["frame_waited"] = True

    retry()
