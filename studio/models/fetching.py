"""Brings a base model onto this machine: converts the bundled one, downloads any other from the hub.

Called by training and the commands, in a process that may load torch.
"""

import shutil
import tempfile
from pathlib import Path

from studio.errors import StudioError
from studio.models.bundled import CHAT_MODEL, ensure_bundled
from studio.models.catalogue import REVISION_FILE, ModelFolder, check_model_folder, find_model
from studio.models.folders import is_complete, write_manifest
from studio.settings import Settings
from studio.store.lease import exclusive

# weights as safetensors, settings and tokenizer; no program code and no pickles
WANTED_FILES = ["*.safetensors", "*.json", "*.jinja", "tokenizer.model", "merges.txt", "vocab.txt"]


def fetch_model(model: ModelFolder, settings: Settings) -> ModelFolder:
    """Convert or download what is missing; may take minutes and, for the bundled model, loads torch."""
    if model.present:
        return model
    if model.id == CHAT_MODEL:
        ensure_bundled(settings)
        return find_model(model.id, settings)
    with exclusive(model.path.with_name(f".{model.path.name}.lock")):
        if not is_complete(model.path):
            _download(model)
    return find_model(model.id, settings)


def _download(model: ModelFolder) -> None:
    from huggingface_hub import model_info, snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    model.path.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{model.path.name}-", dir=model.path.parent))
    try:
        revision = str(model_info(model.id).sha)
        snapshot_download(model.id, revision=revision, local_dir=draft, allow_patterns=WANTED_FILES)
        shutil.rmtree(draft / ".cache", ignore_errors=True)
        check_model_folder(draft, model.id)
        (draft / REVISION_FILE).write_text(revision)
        write_manifest(draft)
        draft.rename(model.path)
    except HfHubHTTPError as error:
        raise StudioError(
            f"The hub does not give out {model.id}: check its name, and whether its licence must be accepted."
        ) from error
    except (LocalEntryNotFoundError, OSError) as error:
        raise StudioError(
            f"{model.id} could not be downloaded: {error}. Check that this machine reaches huggingface.co."
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
