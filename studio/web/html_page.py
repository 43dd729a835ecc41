"""The HTML that every page begins with: Streamlit's own, told at which address its server answers.

Streamlit's script would otherwise look below the page's address first: at every link that is opened, two
requests for /chat/_stcore/... that fail. Used by studio.web.launch.
"""

from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from studio.web.menu import ENTRIES

_ORIGINAL = Path(st.__file__).parent / "static/index.html"
_SERVER = '<script>window.__streamlit = { BACKEND_BASE_URL: location.origin + "/" }</script>'
_HEAD = "<head>"


def html_page() -> str:
    """Before all other scripts, since Streamlit's reads it once when it begins."""
    return _ORIGINAL.read_text("utf-8").replace(_HEAD, f"{_HEAD}{_SERVER}", 1)


def _addresses() -> list[str]:
    """The name of a page's file is its address."""
    return ["/", *(f"/{Path(entry.file).stem}" for entry in ENTRIES)]


def _answered(text: str, path: str) -> Route:
    async def answer(request: Request) -> HTMLResponse:
        return HTMLResponse(text, headers={"Cache-Control": "no-cache"})

    return Route(path, answer)


def page_routes() -> list[Route]:
    """One route for every page of the menu."""
    text = html_page()
    return [_answered(text, path) for path in _addresses()]
