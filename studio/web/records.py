"""The route that shows a decision record as a page to print, or hands it out as Markdown."""

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from studio.advice.decisions import record
from studio.advice.record.writing import as_html, as_markdown
from studio.errors import StudioError
from studio.web.originals import HEADERS, disposition
from studio.web.same_site import SITE_REFUSED, comes_from_here
from studio.web.services import room


async def show(request: Request) -> Response:
    """The HTML opens in the browser to be printed, since every text in it is escaped; Markdown is saved."""
    if not comes_from_here(request):
        return PlainTextResponse(SITE_REFUSED, 403)
    number, form = request.path_params["decision"], request.path_params["format"]
    if form not in ("html", "md"):
        return PlainTextResponse("A decision can be had as HTML or Markdown.", 404)
    try:
        sheet = await run_in_threadpool(lambda: record(room(), number))
    except StudioError as problem:
        return PlainTextResponse(str(problem), 404)
    except SQLAlchemyError:
        return PlainTextResponse("The database is restarting. Try again in a moment.", 503)
    if form == "html":
        return HTMLResponse(as_html(sheet), headers=HEADERS)
    saved = HEADERS | {"Content-Disposition": disposition(f"Decision {number}.md")}
    return PlainTextResponse(as_markdown(sheet), headers=saved, media_type="text/markdown")


ROUTES = (Route("/decision/{decision:int}.{format}", show),)
