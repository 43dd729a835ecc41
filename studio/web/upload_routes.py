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
from studio.web import incoming
from studio.web.destinations import Destination, ToLibrary, ToTrainingSets
from studio.web.errors import DISK_FULL, disk_is_full
from studio.web.incoming import OutOfStep
from studio.web.same_site import SITE_REFUSED, comes_from_here
from studio.web.services import room
from studio.web.theme import theme_css

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
        except SQLAlchemyError as problem:
            trouble = DISK_FULL if disk_is_full(problem) else "The database is restarting."
            return JSONResponse({"error": trouble}, 503)
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
    to = _destination(request)
    told = await run_in_threadpool(lambda: to.about(room()))
    return JSONResponse(told | {"largest": to.largest, "accepted": sorted(to.accepted())})


@answered
async def begin(request: Request) -> Response:
    said = await _said(request)
    name, size, mark = str(said.get("name", "")), said.get("size"), str(said.get("mark", ""))
    if not isinstance(size, int):
        raise NotFound("The browser did not say how large the file is. Choose it again.")
    file = await run_in_threadpool(
        lambda: incoming.begin(room(), _destination(request), name.rsplit("/", 1)[-1], size, mark)
    )
    return JSONResponse({"id": file.id, "have": file.have})


@answered
async def one_file(request: Request) -> Response:
    """GET: how much is there; PUT ?at=: more of it; DELETE: forget it."""
    file = await run_in_threadpool(
        lambda: incoming.find(room(), _destination(request), request.path_params["id"])
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
        to = _destination(request)
        return incoming.finish(room(), to, incoming.find(room(), to, request.path_params["id"]))

    return JSONResponse(await run_in_threadpool(hand_over))


def _destination(request: Request) -> Destination:
    library = request.path_params.get("library")
    return ToTrainingSets() if library is None else ToLibrary(int(library))


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


def _taking_in(place: str) -> list[Route]:
    """What can be asked of one kind of destination."""
    files = f"{place}/files"
    return [
        Route(place, about),
        Route(files, begin, methods=["POST"]),
        Route(files + "/{id}", one_file, methods=["GET", "PUT", "DELETE"]),
        Route(files + "/{id}/whole", finish, methods=["POST"]),
    ]


ROUTES = (
    Route("/upload", page),
    Route("/upload/theme.css", style),
    _part_of_page(FOLDER / "upload.css"),
    _part_of_page(FOLDER / "upload.js"),
    _part_of_page(FOLDER.with_name("mark.svg")),
    *_taking_in("/upload/library/{library:int}"),
    *_taking_in("/upload/tables"),
)
