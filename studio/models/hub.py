"""What the model hub says about a model, and its files brought here; each failure is one sentence.

Called by the download and by `models check`. HF_ENDPOINT names another hub, HF_TOKEN who asks.
"""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from httpx2 import HTTPError
from huggingface_hub import HfApi
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
)

from studio.errors import BadInput, NotFound, StudioError
from studio.models.checking import CONFIG

GB = 1e9
LONGEST_WAIT = 8.0  # seconds for a list of files: a person may be waiting for it
DEFAULT_HUB = "https://huggingface.co"
# weights as safetensors, settings, tokenizer, card and licence; no program code and no pickles
WANTED = (
    "*.safetensors", "*.json", "*.jinja", "tokenizer.model", "merges.txt", "vocab.txt",
    "README.md", "LICENSE", "LICENSE.txt", "LICENSE.md", "NOTICE", "NOTICE.txt", "USE_POLICY.md",
)  # fmt: skip
# the same weights once more, in the form of the authors' own programs
UNWANTED = ("consolidated*", "original/*", "onnx/*", "openvino/*")


@dataclass(frozen=True)
class HubModel:
    """`files`: all names; `wanted`: those to be fetched, with their sizes in bytes."""

    id: str
    revision: str
    licence: str
    gated: bool
    files: tuple[str, ...]
    wanted: dict[str, int]

    @property
    def size(self) -> int:
        """Bytes to fetch."""
        return sum(self.wanted.values())


def look_up(model_id: str) -> HubModel:
    """Ask the hub; nothing is downloaded. Raises NotFound, BadInput or StudioError with one sentence."""
    with explained(model_id):
        info = _api().model_info(model_id, files_metadata=True, timeout=LONGEST_WAIT)
    sizes = {one.rfilename: one.size or 0 for one in info.siblings or ()}
    licences = [tag.removeprefix("license:") for tag in info.tags or () if tag.startswith("license:")]
    return HubModel(
        id=model_id,
        revision=str(info.sha),
        licence=licences[0] if licences else "",
        gated=bool(info.gated),
        files=tuple(sizes),
        wanted={name: size for name, size in sizes.items() if _is_wanted(name)},
    )


def check_disk(model: HubModel, folder: Path) -> None:
    """Refuse what would not fit; `folder` need not exist yet."""
    place = next(one for one in (folder, *folder.parents) if one.is_dir())
    have = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) if place == folder else 0
    free = shutil.disk_usage(place).free
    if model.size - have > free:
        raise StudioError(
            f"{model.id} takes {model.size / GB:.1f} GB, and only {free / GB:.1f} GB of disk are free under "
            f"{place}: free some space, or choose a smaller model."
        )


def fetch_config(model: HubModel, into: Path) -> None:
    """Only the small file that says what the model is."""
    if CONFIG not in model.files:
        raise BadInput(f"{model.id} has no {CONFIG}, so it is not a language model.")
    _fetch(model, into, [CONFIG])


def fetch_files(model: HubModel, into: Path) -> None:
    """All that is wanted; what lies there from an earlier try is not fetched again."""
    _fetch(model, into, list(model.wanted))
    short = [name for name, size in model.wanted.items() if not _is_whole(into / name, size)]
    if short:
        raise StudioError(
            f"The download of {model.id} was cut off at {short[0]}; try again, it goes on from there."
        )
    shutil.rmtree(into / ".cache", ignore_errors=True)


@contextmanager
def explained(model_id: str, kept: str = "") -> Iterator[None]:
    """Turn what goes wrong with the hub into a sentence; `kept` says what of it is not lost."""
    hub = os.environ.get("HF_ENDPOINT") or DEFAULT_HUB
    try:
        yield
    except OfflineModeIsEnabled as error:
        raise StudioError(
            f"{model_id} is not on this machine, and HF_HUB_OFFLINE forbids to ask the hub; unset it."
        ) from error
    except GatedRepoError as error:
        raise StudioError(
            f"{model_id} is gated: accept its licence at {hub}/{model_id}, then set HF_TOKEN to a token of "
            "that account."
        ) from error
    except RepositoryNotFoundError as error:
        raise NotFound(
            f"The hub knows no model {model_id}, or keeps it private: check the name, or set HF_TOKEN."
        ) from error
    except HfHubHTTPError as error:
        code = error.response.status_code if error.response is not None else "nothing"
        raise StudioError(
            f"The hub answered {code} when asked for {model_id}; try again later.{kept}"
        ) from error
    except (LocalEntryNotFoundError, HTTPError, ConnectionError) as error:
        raise StudioError(
            f"{model_id} could not be downloaded, because {hub} cannot be reached from here; try again "
            f"later.{kept}"
        ) from error
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise StudioError(f"The disk is full: {model_id} could not be downloaded.{kept}") from error


def _fetch(model: HubModel, into: Path, names: list[str]) -> None:
    with explained(model.id, kept=" What was fetched so far is kept."):
        _api().snapshot_download(
            model.id, revision=model.revision, local_dir=into, allow_patterns=names, max_workers=4
        )


def _api() -> HfApi:
    return HfApi(endpoint=os.environ.get("HF_ENDPOINT") or None)


def _is_wanted(name: str) -> bool:
    return any(fnmatch(name, one) for one in WANTED) and not any(fnmatch(name, one) for one in UNWANTED)


def _is_whole(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size == size
