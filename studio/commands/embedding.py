"""`embedding`: which embedding model a library has, and how it gets another one."""

import argparse
from dataclasses import asdict

from studio.commands import arguments
from studio.commands.waiting import wait_until
from studio.engine.embedding_service import EmbeddingService, read_service
from studio.errors import BadInput, StudioError
from studio.library.embedding.choices import leads_to, list_embedding_choices, place_of, service_named
from studio.library.embedding.switching import (
    MOVING,
    Switch,
    begin_switch,
    drop_switch,
    find_switch,
    finish_switch,
    resume_switch,
)
from studio.library.libraries import LibraryView, find_library
from studio.models.fetching import fetch_embedder
from studio.settings import Settings
from studio.store.database import Workspace

ACTIONS = ("list", "fetch", "show", "switch", "status", "resume", "finish", "drop")


def register(commands: "arguments.Commands[argparse.ArgumentParser]") -> None:
    """Add the command about embedding models."""
    parser = arguments.add(
        commands, "embedding", "which embedding model a library has, or gets", run_embedding
    )
    parser.add_argument("action", choices=ACTIONS)
    parser.add_argument("model", nargs="?", help="a model's name, or https://host/v1#model")
    parser.add_argument("--library", metavar="NAME")
    parser.add_argument("--dimensions", type=int, help="shorter vectors, where the service can make them")
    parser.add_argument("--no-wait", action="store_true", help="leave the work to the running studio")


def run_embedding(given: argparse.Namespace) -> int:
    """One action; `switch`, `resume` and `finish` wait until their work is done."""
    if given.action in ("list", "fetch"):
        return _about_models(given)
    room = arguments.open_room(given)
    if not given.library:
        raise arguments.missing("--library NAME")
    library = find_library(room, given.library)
    if given.action == "switch":
        if not given.model:
            raise arguments.missing("the model to switch to")
        begin_switch(room, library.id, service_named(room.settings, given.model, given.dimensions))
    elif given.action in _MOVES:
        _MOVES[given.action](room, library.id)
    if given.action in ("switch", "resume", "finish", "drop") and not given.no_wait:
        _wait(given, room, library)
    return _show(given, room, find_library(room, given.library))


_MOVES = {"resume": resume_switch, "finish": finish_switch, "drop": drop_switch}


def _about_models(given: argparse.Namespace) -> int:
    settings = Settings.load(given.data)
    if given.action == "fetch":
        if not given.model:
            raise arguments.missing("the model to fetch")
        folder = fetch_embedder(given.model, settings)
        arguments.show(
            given, {"id": folder.id, "folder": str(folder.path)}, f"{folder.id} is in {folder.path}."
        )
        return 0
    choices = list_embedding_choices(settings)
    lines = [f"{c.id}  ({c.dimension}, {c.languages}, {c.licence}, {c.where})  {c.why_not}" for c in choices]
    arguments.show(given, [asdict(choice) for choice in choices], "\n".join(lines))
    return 0


def _wait(given: argparse.Namespace, room: Workspace, library: LibraryView) -> None:
    def settled() -> bool:
        switch = find_switch(room, library.id)
        if switch is None or switch.state not in MOVING:
            return True
        arguments.note(given, _progress(switch))
        return False

    wait_until(settled, room.settings, ["documents"])


def _show(given: argparse.Namespace, room: Workspace, library: LibraryView) -> int:
    switch = find_switch(room, library.id)
    service = read_service(library.embedding_service)
    addresses = _addresses(service)
    result = {
        "library": library.id,
        "model": library.embedding_model,
        "revision": library.embedding_revision,
        "dimension": library.dimension,
        "service": library.embedding_service,
        "addresses": addresses,
        "next": None if switch is None else asdict(switch),
    }
    lines = [
        f"{library.name} is embedded with {library.embedding_model} "
        f"({library.dimension} dimensions, on {place_of(service)}).",
        *(f"Its texts go to {address}." for address in addresses),
    ]
    if switch:
        lines.append(_progress(switch))
    arguments.show(given, result, "\n".join(lines))
    if switch and switch.error:
        raise BadInput(switch.error)
    return 0


def _addresses(service: EmbeddingService) -> list[str]:
    """Where the texts go; a host that is gone must not keep the rest from being shown."""
    try:
        return leads_to(service)
    except StudioError as problem:
        return [str(problem)]


def _progress(switch: Switch) -> str:
    said = f"{switch.model} beside it: {switch.state}, {switch.done} of {switch.total} passages"
    if switch.seconds_left:
        said += f", about {round(switch.seconds_left)} s left"
    if switch.waits_for:
        said += f" ({switch.waits_for})"
    if switch.report:
        said += f"\n{switch.report.get('sentence', '')}"
    return said
