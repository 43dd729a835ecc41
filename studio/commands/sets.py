"""`sets`: training sets and their versions: list, show, add, compare, export, delete."""

import argparse
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from studio.commands import arguments
from studio.commands.waiting import wait_until
from studio.comparison.question_sets import from_held_out
from studio.errors import BadInput, StudioError
from studio.store.database import Workspace
from studio.training_sets import imports
from studio.training_sets.splitting import HELD_OUT_SHARE
from studio.training_sets.versions import VersionView, get_version
from studio.training_sets.versions.diff import Diff, compare_versions
from studio.training_sets.versions.examining import report_of
from studio.training_sets.versions.export import export_version
from studio.training_sets.versions.sets import SetView, delete_set, delete_version, find_version, list_sets

WHICH = "a version: NAME (the newest), NAME@2, or its number"
ROWS_SHOWN = 20


def register(commands: "arguments.Commands[argparse.ArgumentParser]") -> None:
    """Add the commands below `sets`."""
    parser = arguments.add(commands, "sets", "training sets: list, show, add, compare, export", run_sets)
    parser.add_argument(
        "what",
        choices=("list", "show", "add", "diff", "export", "questions", "delete"),
        help="all of them, one version, a new one from a file, what differs between two, "
        "a version as a file, its held-out part as a question set, or deleting one",
    )
    parser.add_argument("given", nargs="*", metavar="FILE|VERSION", help=WHICH)
    parser.add_argument("--name", help="of the set a file is added to (default: the file's name)")
    parser.add_argument("--held-out", type=float, default=HELD_OUT_SHARE, metavar="SHARE")
    parser.add_argument("--split-by", choices=("group", "time"), default="group")
    parser.add_argument("--format", choices=("csv", "jsonl"), default="csv")
    parser.add_argument("--to", metavar="FILE", help="where to export to")
    parser.add_argument(
        "--for-spreadsheet",
        action="store_true",
        help="make cells harmless that a spreadsheet would run as formulas",
    )
    parser.add_argument("--all-versions", action="store_true", help="delete the whole set")


def run_sets(given: argparse.Namespace) -> int:
    """`list` all of them, or do something with one."""
    actions: dict[str, tuple[int, Callable[[argparse.Namespace, Workspace], int]]] = {
        "list": (0, _list),
        "show": (1, _show),
        "add": (1, _add),
        "diff": (2, _diff),
        "export": (1, _export),
        "questions": (1, _questions),
        "delete": (1, _delete),
    }
    wanted, action = actions[given.what]
    if len(given.given) != wanted:
        raise arguments.missing({0: "nothing more", 1: "one name", 2: "two versions"}[wanted])
    return action(given, arguments.open_room(given))


def _list(given: argparse.Namespace, room: Workspace) -> int:
    found = list_sets(room)
    text = "\n".join(line for one in found for line in _lines(one)) or "No training set yet."
    arguments.show(given, [_set(one) for one in found], text)
    return 0


def _show(given: argparse.Namespace, room: Workspace) -> int:
    version = find_version(room, given.given[0])
    report = report_of(room, version.id)
    runs = next(one for one in list_sets(room) if one.id == version.training_set_id).runs[version.id]
    said = _version(version) | {
        "runs": [asdict(run) for run in runs],
        "report": report,
        "changes": version.changes,
        "split": version.split,
        "probes": version.probes,
    }
    why = f"{report['verdict']}: {report['why']}"
    made = [f"  run {run.run_id} ({run.run_name}, {run.state})" for run in runs]
    arguments.show(given, said, "\n".join([_line(version), why, *made]))
    return 0


def _add(given: argparse.Namespace, room: Workspace) -> int:
    path = Path(given.given[0])
    if not path.is_file():
        raise BadInput(f"There is no file {path}.")
    import_id = imports.read_now(room, imports.receive(room, path, path.name))
    _wait(given, room, import_id)
    view = imports.get(room, import_id)
    if view.state in ("failed", "unclear"):
        imports.discard(room, import_id)
        raise BadInput(view.error or f"{path.name} could not be read.")
    imports.save(room, import_id, given.name or path.stem, given.held_out, given.split_by)
    _wait(given, room, import_id)
    view = imports.get(room, import_id)
    if view.version_id is None:
        raise StudioError(view.error or f"{path.name} could not be saved.")
    report_of(room, view.version_id)
    version = get_version(room, view.version_id)
    arguments.show(given, _version(version), _line(version))
    return 0


def _wait(given: argparse.Namespace, room: Workspace, import_id: int) -> None:
    def finished() -> bool:
        view = imports.get(room, import_id)
        arguments.note(given, f"{view.state}: {view.progress:.0%}")
        return not view.busy

    if not finished():
        wait_until(finished, room.settings, ["documents"])


def _diff(given: argparse.Namespace, room: Workspace) -> int:
    old, new = (find_version(room, named).id for named in given.given)
    found = compare_versions(room, old, new, limit=None if given.json else ROWS_SHOWN)
    said = {
        "old": _version(found.old),
        "new": _version(found.new),
        "added": [one.content for one in found.added],
        "removed": [one.content for one in found.removed],
        "edited": [{"before": one.before.content, "after": one.after.content} for one in found.edited],
        "counts": {
            "added": found.added_count,
            "removed": found.removed_count,
            "edited": found.edited_count,
        },
    }
    arguments.show(given, said, _difference(found))
    return 0


def _difference(found: Diff) -> str:
    lines = [f"{found.added_count:,} added, {found.removed_count:,} removed, {found.edited_count:,} edited"]
    lines += [f"+ {_short(one.prompt)} → {_short(one.completion)}" for one in found.added]
    lines += [f"- {_short(one.prompt)} → {_short(one.completion)}" for one in found.removed]
    for one in found.edited:
        lines.append(f"~ {_short(one.before.prompt)} → {_short(one.before.completion)}")
        lines.append(f"  {_short(one.after.prompt)} → {_short(one.after.completion)}")
    return "\n".join(lines)


def _export(given: argparse.Namespace, room: Workspace) -> int:
    if not given.to:
        raise arguments.missing("where to export to, as --to FILE")
    version = find_version(room, given.given[0])
    with Path(given.to).open("wb") as file:
        export_version(room, version.id, given.format, file, for_spreadsheet=given.for_spreadsheet)
    said = _version(version) | {"file": given.to, "format": given.format}
    arguments.show(given, said, f"{version.examples:,} examples are in {given.to}.")
    return 0


def _questions(given: argparse.Namespace, room: Workspace) -> int:
    version = find_version(room, given.given[0])
    set_id = from_held_out(room, version.id)
    arguments.show(
        given,
        {"question_set": set_id, "version": version.id},
        f"Question set {set_id} is the held-out part of {version.name} version {version.version}.",
    )
    return 0


def _delete(given: argparse.Namespace, room: Workspace) -> int:
    version = find_version(room, given.given[0])
    if given.all_versions:
        delete_set(room, version.training_set_id)
        arguments.show(given, {"deleted_set": version.name}, f"{version.name} is deleted.")
    else:
        delete_version(room, version.id)
        said = f"{version.name} version {version.version} is deleted."
        arguments.show(given, {"deleted": _version(version)}, said)
    return 0


def _set(found: SetView) -> dict[str, Any]:
    return {
        "set": found.name,
        "id": found.id,
        "versions": [
            _version(version) | {"runs": [asdict(run) for run in found.runs[version.id]]}
            for version in found.versions
        ],
    }


def _version(version: VersionView) -> dict[str, Any]:
    """The keys other programs may rely on."""
    names = ("name", "version", "sha256", "examples", "held_out", "author", "created_at", "source_name")
    said = {name: getattr(version, name) for name in names}
    verdict = version.report.get("verdict")
    return {"id": version.id, **said, "parent": version.parent_id, "verdict": verdict}


def _lines(found: SetView) -> list[str]:
    lines = []
    for version in found.versions:
        runs = ", ".join(f"run {run.run_id}" for run in found.runs[version.id])
        lines.append(_line(version) + (f"  ({runs})" if runs else ""))
    return lines


def _line(version: VersionView) -> str:
    return (
        f"{version.id}  {version.name}@{version.version}  {version.examples:,} examples, "
        f"{version.held_out:,} held out  by {version.author}  {version.sha256[:12]}"
    )


def _short(text: str, letters: int = 60) -> str:
    line = " ".join(text.split())
    return line if len(line) <= letters else line[: letters - 1] + "…"
