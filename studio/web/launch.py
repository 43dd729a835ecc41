"""Serves the pages: Streamlit as an ASGI application under uvicorn. Called by `python -m studio up`."""

import os
from pathlib import Path

import streamlit as st
import uvicorn
from starlette.middleware import Middleware
from streamlit.runtime.pages_manager import PagesManager

from studio.settings import Settings
from studio.web.errors import show_error
from studio.web.exports import ROUTES as EXPORTS
from studio.web.headers import SecurityHeaders
from studio.web.html_page import page_routes
from studio.web.model_downloads import ROUTES as MODELS
from studio.web.originals import ROUTES as ORIGINALS
from studio.web.records import ROUTES as RECORDS
from studio.web.upload_routes import ROUTES as LARGE_FILES

SCRIPT = Path(__file__).resolve().parents[2] / "streamlit_app.py"


def create_app(settings: Settings, workspace: str = "default") -> st.App:
    """The ASGI application of this data folder."""
    # what studio.web.services reads in this process
    os.environ.update({"STUDIO_DATA": str(settings.data), "STUDIO_WORKSPACE": workspace})
    # Until st.navigation has run once, Streamlit would run a deep-linked file of pages/ without the frame.
    PagesManager.uses_pages_directory = False
    return st.App(
        SCRIPT,
        routes=[*page_routes(), *LARGE_FILES, *ORIGINALS, *EXPORTS, *MODELS, *RECORDS],
        middleware=[Middleware(SecurityHeaders)],
        on_script_error=show_error,
    )


def serve(settings: Settings, workspace: str = "default") -> None:
    """Answer browsers until the process is told to end."""
    uvicorn.run(
        create_app(settings, workspace),
        host=settings.host,
        port=settings.port,
        ws="websockets-sansio",
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=3,
    )
