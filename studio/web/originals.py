"""The route that hands out originals as downloads, to whoever may read their workspace.

Streamlit's own downloads lie at an address that everybody may fetch who knows it, so they are not used.
"""

from urllib.parse import quote

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from studio.errors import StudioError
from studio.library.viewing.viewer import original
from studio.web.same_site import SITE_REFUSED, comes_from_here
from studio.web.services import room

HEADERS = {"Cache-Control": "private, no-store", "Cross-Origin-Resource-Policy": "same-origin"}


async def download(request: Request) -> Response:
    """Always as an attachment and as plain bytes: a browser must never open it as a page of ours."""
    if not comes_from_here(request):
        return PlainTextResponse(SITE_REFUSED, 403)
    try:
        found = await run_in_threadpool(lambda: original(room(), request.path_params["document"]))
    except StudioError as problem:
        return PlainTextResponse(str(problem), 404)
    except SQLAlchemyError:
        return PlainTextResponse("The database is restarting. Try again in a moment.", 503)
    headers = HEADERS | {"Content-Disposition": disposition(found.name)}
    return FileResponse(found.path, media_type="application/octet-stream", headers=headers)


def disposition(name: str) -> str:
    """An attachment under this name: plain for old browsers, exact for all others (RFC 6266, RFC 8187)."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1] or "document"
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in last)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(last, safe='')}"


ROUTES = (Route("/original/{document:int}", download),)
