"""`runs export`: a run's result in a folder that other programs load."""

import argparse
import shutil
import tempfile
from pathlib import Path
from typing import Any

from studio.commands import arguments
from studio.commands.waiting import wait_until
from studio.errors import BadInput, StudioError
from studio.store.database import Workspace
from studio.tuning.exporting.exports import (
    ExportView,
    content,
    get_export,
    list_exports,
    request_export,
    run_commands,
)
from studio.tuning.exporting.plan import FORMATS


def add_options(runs: argparse.ArgumentParser) -> None:
    """What `runs export` takes besides the run."""
    runs.add_argument("--format", choices=FORMATS, help="what to export it as")
    runs.add_argument(
        "--to", metavar="DIR", help="copy the finished export there (default: leave it in place)"
    )


def run_export(given: argparse.Namespace, room: Workspace) -> int:
    """Waits until it is built and checked. Without --format: what was exported of this run already."""
    if given.format is None:
        found = list_exports(room, given.run)
        text = "\n".join(map(_line, found)) or "Nothing was exported of this run; give --format."
        arguments.show(given, [as_json(one, None) for one in found], text)
        return 0
    _refuse_taken(given.to)
    export_id = request_export(room, given.run, given.format)
    export = _finished(given, room, export_id)
    if not export.ready:
        raise StudioError(export.error or f"The export was {export.state}.")
    name, files = content(room, export_id)
    place = _copied(files, Path(given.to), name) if given.to else files
    text = f"{_line(export)}\n{place}\n\n{run_commands(room, given.run, export.format)}"
    arguments.show(given, as_json(export, place), text)
    return 0


def as_json(export: ExportView, place: Path | None) -> dict[str, Any]:
    """The keys other programs may rely on."""
    return {
        "run": export.run_id,
        "export": export.id,
        "format": export.format,
        "state": export.state,
        "bytes": export.size,
        "checked": export.verdict.as_dict() if export.verdict else None,
        "error": export.error,
        "path": str(place) if place else None,
    }


def _finished(given: argparse.Namespace, room: Workspace, export_id: int) -> ExportView:
    def ended() -> bool:
        now = get_export(room, export_id)
        arguments.note(given, f"{now.state}: {now.progress:.0%} {now.doing}")
        return not now.active

    if get_export(room, export_id).active:
        wait_until(ended, room.settings, ["compute"])
    return get_export(room, export_id)


def _refuse_taken(folder: str | None) -> None:
    if folder and Path(folder).exists() and not Path(folder).is_dir():
        raise BadInput(f"{folder} is a file; --to takes a folder.")


def _copied(files: Path, folder: Path, name: str) -> Path:
    """Renamed into place when it is whole. Raises BadInput where something of that name lies already."""
    target = folder / name
    if target.exists():
        raise BadInput(f"{target} exists already; remove it or give another folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=folder))
        shutil.copytree(files, draft / name)
        (draft / name).rename(target)
        draft.rmdir()
    except OSError as error:
        raise StudioError(f"The export could not be copied to {target}: {error.strerror}.") from error
    return target


def _line(export: ExportView) -> str:
    parts = [f"export {export.id}", export.format, export.state]
    parts += [f"{export.size / 1e6:,.1f} MB"] if export.size else []
    parts += [export.verdict.sentence] if export.verdict else []
    parts += [export.error] if export.error else []
    return "  ".join(parts)
