"""The page for large files and the requests it makes: files are streamed to disk, never held in memory.

Added to the pages by studio.web.launch. Every request that changes something carries a token that only
a page of this studio could read, and is refused when it comes from another site.
"""

import hmac
import json
import secrets
from collections.abc import Awaitable, Callable
from functools import wraps
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from studio.errors import NotFound, StudioError
from studio.library.libraries import get_library
from studio.web import incoming
from studio.web.incoming import LARGEST_BYTES, OutOfStep
from studio.web.same_site import SITE_REFUSED, comes_from_here
from studio.web.services import room
from studio.web.theme import theme_css
from studio.web.uploads import accepted_suffixes

FOLDER = Path(__file__).with_name("upload_page")
COOKIE, HEADER = "studio_upload", "x-studio-token"
_LONGEST_BODY = 10_000
Handler = Callable[[Request], Awaitable[Response]]


def answered(handler: Handler) -> Handler:
    """What people can act on becomes a sentence for the page; a database that is away is worth a retry."""

    @wraps(handler)
    async def guarded(request: Request) -> Response:
        if not comes_from_here(request) or (request.method != "GET" and not _has_token(request)):
            return JSONResponse({"error": SITE_REFUSED}, 403)
        try:
            return await handler(request)
        except StudioError as problem:
            status = 409 if isinstance(problem, OutOfStep) else 404 if isinstance(problem, NotFound) else 400
            return JSONResponse({"error": str(problem)}, status)
        except SQLAlchemyError:
            return JSONResponse({"error": "The database is restarting."}, 503)
        except ClientDisconnect:
            return Response(status_code=499)

    return guarded


def _has_token(request: Request) -> bool:
    given, kept = request.headers.get(HEADER, ""), request.cookies.get(COOKIE, "")
    return bool(kept) and hmac.compare_digest(given.encode(), kept.encode())


@answered
async def page(request: Request) -> Response:
    """The page itself; its script reads the token from the cookie."""
    answer = FileResponse(FOLDER / "upload.html", headers={"Cache-Control": "no-store"})
    if not request.cookies.get(COOKIE):
        answer.set_cookie(COOKIE, secrets.token_urlsafe(24), path="/upload", samesite="strict")
    return answer


@answered
async def style(request: Request) -> Response:
    return Response(theme_css(), media_type="text/css")


@answered
async def about(request: Request) -> Response:
    """What the page shows before anything is chosen."""
    library = await run_in_threadpool(lambda: get_library(room(), _library(request)))
    return JSONResponse(
        {"library": library.name, "largest": LARGEST_BYTES, "accepted": sorted(accepted_suffixes())}
    )


@answered
async def begin(request: Request) -> Response:
    said = await _said(request)
    name, size, mark = str(said.get("name", "")), said.get("size"), str(said.get("mark", ""))
    if not isinstance(size, int):
        raise NotFound("The browser did not say how large the file is. Choose it again.")
    file = await run_in_threadpool(
        lambda: incoming.begin(room(), _library(request), name.rsplit("/", 1)[-1], size, mark)
    )
    return JSONResponse({"id": file.id, "have": file.have})


@answered
async def one_file(request: Request) -> Response:
    """GET: how much is there; PUT ?at=: more of it; DELETE: forget it."""
    file = await run_in_threadpool(
        lambda: incoming.find(room(), _library(request), request.path_params["id"])
    )
    if request.method == "PUT":
        at = request.query_params.get("at", "")
        await incoming.receive(file, int(at) if at.isdecimal() else -1, request.stream())
    elif request.method == "DELETE":
        incoming.discard(file)
    return JSONResponse({"have": file.have})


@answered
async def finish(request: Request) -> Response:
    def hand_over() -> dict[str, Any]:
        file = incoming.find(room(), _library(request), request.path_params["id"])
        added = incoming.finish(room(), file)
        return {"documents": len(added), "said": [*added.refused, *added.notes]}

    return JSONResponse(await run_in_threadpool(hand_over))


def _library(request: Request) -> int:
    return int(request.path_params["library"])


async def _said(request: Request) -> dict[str, Any]:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_BODY:
            break
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise NotFound("The browser sent something else than a file's name and size.")
    return said


def _part_of_page(path: Path) -> Route:
    async def send(request: Request) -> Response:
        return FileResponse(path, headers={"Cache-Control": "no-cache"})

    return Route(f"/upload/{path.name}", send)


FILES = "/upload/library/{library:int}/files"
ROUTES = (
    Route("/upload", page),
    Route("/upload/theme.css", style),
    _part_of_page(FOLDER / "upload.css"),
    _part_of_page(FOLDER / "upload.js"),
    _part_of_page(FOLDER.with_name("mark.svg")),
    Route("/upload/library/{library:int}", about),
    Route(FILES, begin, methods=["POST"]),
    Route(FILES + "/{id}", one_file, methods=["GET", "PUT", "DELETE"]),
    Route(FILES + "/{id}/whole", finish, methods=["POST"]),
)
