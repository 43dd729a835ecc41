"""The route that hands out versions of training sets as CSV or JSONL, to whoever may read their workspace."""

import os
import tempfile
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from studio.errors import StudioError
from studio.training_sets.versions import get_version
from studio.training_sets.versions.export import Format, export_version
from studio.web.originals import HEADERS, disposition
from studio.web.same_site import SITE_REFUSED, comes_from_here
from studio.web.services import room

FORMATS: dict[str, Format] = {"csv": "csv", "jsonl": "jsonl"}


async def export(request: Request) -> Response:
    """Always as an attachment; written to disk first, since a version may be larger than memory."""
    if not comes_from_here(request):
        return PlainTextResponse(SITE_REFUSED, 403)
    version, form = request.path_params["version"], FORMATS.get(request.path_params["format"])
    if form is None:
        return PlainTextResponse("A training set can be had as CSV or JSONL.", 404)
    for_spreadsheet = request.query_params.get("for") == "spreadsheet"
    try:
        name, path = await run_in_threadpool(lambda: _written(version, form, for_spreadsheet))
    except StudioError as problem:
        return PlainTextResponse(str(problem), 404)
    except SQLAlchemyError:
        return PlainTextResponse("The database is restarting. Try again in a moment.", 503)
    headers = HEADERS | {"Content-Disposition": disposition(name)}
    gone = BackgroundTask(path.unlink, missing_ok=True)
    return FileResponse(path, media_type="application/octet-stream", headers=headers, background=gone)


def _written(version_id: int, form: Format, for_spreadsheet: bool) -> tuple[str, Path]:
    here = room()
    version = get_version(here, version_id)
    handle, name = tempfile.mkstemp(prefix="studio-export-", suffix=f".{form}")
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            export_version(here, version_id, form, file, for_spreadsheet=for_spreadsheet)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return f"{version.name}, version {version.version}.{form}", path


ROUTES = (Route("/export/{version:int}.{format}", export),)
