"""How a page reaches the studio: one database and one engine client per web process, shared by all tabs.

Never imports torch; models run in the engine process.
"""

import os

import streamlit as st

from studio.engine.client import Engine
from studio.library.embedding.embedder import embedder
from studio.settings import Settings
from studio.store.database import Database, Workspace, open_database


def settings() -> Settings:
    """Read from the environment, which studio.web.launch prepared."""
    return Settings.load()


def workspace_name() -> str:
    """One room for everybody until there is sign-in."""
    return os.environ.get("STUDIO_WORKSPACE") or "default"


@st.cache_resource(show_spinner="Opening the database…", on_release=Database.close)
def _database(settings: Settings) -> Database:
    return open_database(settings)


@st.cache_resource(show_spinner=False)
def _room(settings: Settings, name: str) -> Workspace:
    return _database(settings).workspace(name)


def room() -> Workspace:
    """The workspace of this visit."""
    return _room(settings(), workspace_name())


def engine() -> Engine:
    """The model server's client, shared with the library; the first call may start the server."""
    return embedder(settings())
