"""Brings a base model onto this machine: converts the bundled one, downloads any other from the hub.

Called by training and the commands, in a process that may load torch.
"""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from studio.errors import BadInput, StudioError
from studio.models.bundled import CHAT_MODEL, ensure_bundled
from studio.models.catalogue import (
    REVISION_FILE,
    ModelFolder,
    check_model_folder,
    check_model_name,
    find_model,
)
from studio.models.embedders import (
    EmbedderFolder,
    check_embedder_folder,
    embedder_path,
    find_embedder,
    known_embedder,
)
from studio.models.folders import is_complete, write_manifest
from studio.settings import Settings
from studio.store.lease import exclusive

# weights as safetensors, settings, tokenizer, card and licence; no program code and no pickles
WANTED_FILES = [
    "*.safetensors", "*.json", "*.jinja", "tokenizer.model", "merges.txt", "vocab.txt",
    "README.md", "LICENSE*", "NOTICE*", "USE_POLICY*",
]  # fmt: skip


def fetch_model(model: ModelFolder, settings: Settings) -> ModelFolder:
    """Convert or download what is missing; may take minutes and, for the bundled model, loads torch."""
    if model.present:
        return model
    if model.id == CHAT_MODEL:
        ensure_bundled(settings)
        return find_model(model.id, settings)
    with exclusive(model.path.with_name(f".{model.path.name}.lock")):
        if not is_complete(model.path):
            _download(model.id, model.path, check_model_folder)
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


def _download(model_id: str, path: Path, check: Callable[[Path, str], None]) -> None:
    from httpx2 import HTTPError
    from huggingface_hub import model_info, snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    path.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    try:
        revision = str(model_info(model_id).sha)
        snapshot_download(model_id, revision=revision, local_dir=draft, allow_patterns=WANTED_FILES)
        shutil.rmtree(draft / ".cache", ignore_errors=True)
        check(draft, model_id)
        (draft / REVISION_FILE).write_text(revision)
        write_manifest(draft)
        draft.rename(path)
    except HfHubHTTPError as error:
        raise StudioError(
            f"The hub does not give out {model_id}: check its name, and whether its licence must be accepted."
        ) from error
    except (LocalEntryNotFoundError, HTTPError, OSError) as error:
        raise StudioError(
            f"{model_id} could not be downloaded: {error}. Check that this machine reaches huggingface.co."
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
