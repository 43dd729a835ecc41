"""The route that hands out finished exports of runs as ZIP, to whoever may read their workspace."""

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from studio.errors import StudioError
from studio.tuning.exporting.exports import content
from studio.tuning.exporting.packing import zipped
from studio.web.originals import HEADERS, disposition
from studio.web.same_site import SITE_REFUSED, comes_from_here
from studio.web.services import room


async def download(request: Request) -> Response:
    """Always as an attachment, packed while it is sent: a merged model may be larger than what is free."""
    if not comes_from_here(request):
        return PlainTextResponse(SITE_REFUSED, 403)
    try:
        name, files = await run_in_threadpool(lambda: content(room(), request.path_params["export"]))
    except StudioError as problem:
        return PlainTextResponse(str(problem), 404)
    except SQLAlchemyError:
        return PlainTextResponse("The database is restarting. Try again in a moment.", 503)
    headers = HEADERS | {"Content-Disposition": disposition(f"{name}.zip")}
    return StreamingResponse(zipped(files, name), media_type="application/octet-stream", headers=headers)


ROUTES = (Route("/model/{export:int}.zip", download),)
