"""Brings a base model onto this machine: converts the bundled one, downloads any other from the hub.

What asks the hub is called before a run is queued, the rest by training and the commands, in a process that
may load torch.
"""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from studio.errors import BadInput, StudioError
from studio.models.bundled import CHAT_MODEL, ensure_bundled
from studio.models.catalogue import REVISION_FILE, ModelFolder, check_model_name, find_model
from studio.models.checking import check_config, check_model_folder, check_weights, read_config
from studio.models.embedders import (
    EmbedderFolder,
    check_embedder_folder,
    embedder_path,
    find_embedder,
    known_embedder,
)
from studio.models.folders import is_complete, write_manifest
from studio.models.hub import HubModel, check_disk, fetch_config, fetch_files, look_up
from studio.settings import Settings
from studio.store.lease import exclusive

Check = Callable[[Path, str], None]


def fetch_model(model: ModelFolder, settings: Settings) -> ModelFolder:
    """Convert or download what is missing; may take minutes and, for the bundled model, loads torch."""
    if model.present:
        return model
    if model.id == CHAT_MODEL:
        ensure_bundled(settings)
        return find_model(model.id, settings)
    model.path.parent.mkdir(parents=True, exist_ok=True)
    with exclusive(model.path.with_name(f".{model.path.name}.lock")):
        if not is_complete(model.path):
            _download(model.id, model.path, check_model_folder, config_first=True)
    return find_model(model.id, settings)


def fetch_embedder(name: str, settings: Settings) -> EmbedderFolder:
    """Download an embedding model unless it is there."""
    check_model_name(name, "intfloat/multilingual-e5-small")
    known = known_embedder(name)
    if known and known.provider != "engine":
        raise BadInput(f"{known.id} is a service on the net; there is nothing to fetch.")
    model_id = known.id if known else name
    path = embedder_path(model_id, settings)
    if not path.is_dir():
        path.parent.mkdir(parents=True, exist_ok=True)
        with exclusive(path.with_name(f".{path.name}.lock")):
            if not path.is_dir():
                _download(model_id, path, check_embedder_folder)
    return find_embedder(model_id, settings)


def ask_hub(model_id: str, path: Path) -> HubModel:
    """What the hub says of a model that is to lie at `path`, and its config.json in `draft_of(path)`.

    Raises NotFound, BadInput or StudioError with one sentence unless it may be fetched, fits and can be used.
    """
    found = look_up(model_id)
    check_weights(found.files, model_id)
    check_disk(found, draft_of(path))
    fetch_config(found, draft_of(path))
    check_config(read_config(draft_of(path), model_id), model_id)
    return found


def obtainable(model: ModelFolder) -> ModelFolder:
    """The model, or the folder it will be fetched into with the file that tells its size. Raises likewise"""
    if model.present or model.id == CHAT_MODEL:
        return model
    ask_hub(model.id, model.path)
    return replace(model, path=draft_of(model.path))


def draft_of(path: Path) -> Path:
    """The folder that a model is fetched into before it is whole."""
    return path.with_name(f".{path.name}.part")


def _download(model_id: str, path: Path, check: Check, config_first: bool = False) -> None:
    """Into a folder beside it, which is renamed when it is whole and was checked; a failed try is kept."""
    draft = draft_of(path)
    if config_first:
        found = ask_hub(model_id, path)
    else:
        found = look_up(model_id)
        check_weights(found.files, model_id)
        check_disk(found, draft)
    fetch_files(found, draft)
    try:
        check(draft, model_id)
    except StudioError:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    (draft / REVISION_FILE).write_text(found.revision)
    write_manifest(draft)
    draft.rename(path)
