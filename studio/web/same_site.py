"""Whether a request comes from a page of this studio. Used by the routes beside the pages.

Streamlit checks the host's name only where its own pages connect; routes of ours have to do it themselves.
"""

from urllib.parse import urlsplit

import streamlit as st
from starlette.requests import Request

SITE_REFUSED = "This request did not come from a page of the studio. Reload the page and try again."


def comes_from_here(request: Request) -> bool:
    """The host is one we answer to (no DNS rebinding), and no other site asks; it may only link."""
    allowed = st.get_option("server.allowedHosts")
    if allowed and request.url.hostname not in allowed:
        return False
    opened = request.method == "GET" and request.headers.get("sec-fetch-mode") == "navigate"
    if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin") and not opened:
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")
