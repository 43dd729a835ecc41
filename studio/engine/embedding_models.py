"""The embedding models in memory: loaded at their first request, dropped when idle or when memory is short.

Called only by the engine's embedding thread.
"""

import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

from studio.errors import StudioError
from studio.models.embedders import EmbedderFolder

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

IDLE_SECONDS = 600.0
NEEDED_PER_WEIGHT = 1.5  # bytes of memory for a byte of weights: the weights, and what a batch makes of them


@dataclass
class _Loaded:
    model: "SentenceTransformer"
    used: float


class EmbeddingModels:
    """Models by name and revision, the one used last at the end; not safe to use from two threads."""

    def __init__(self) -> None:
        self._loaded: OrderedDict[tuple[str, str], _Loaded] = OrderedDict()

    def loaded(self, folder: EmbedderFolder) -> "SentenceTransformer":
        """The model of this folder; what is needed least makes room for it."""
        key = folder.id, folder.revision
        if key not in self._loaded:
            self._make_room(folder)
            self._loaded[key] = _Loaded(_load(folder), 0.0)
        self._loaded[key].used = time.monotonic()
        self._loaded.move_to_end(key)
        return self._loaded[key].model

    def drop_idle(self, idle_seconds: float = IDLE_SECONDS) -> None:
        """Forget models that nobody has used for a while."""
        oldest = time.monotonic() - idle_seconds
        for key in [key for key, entry in self._loaded.items() if entry.used < oldest]:
            del self._loaded[key]

    @property
    def names(self) -> list[str]:
        """Which are in memory, the one used last at the end."""
        return [name for name, _ in self._loaded]

    def _make_room(self, folder: EmbedderFolder) -> None:
        weights = sum(path.stat().st_size for path in folder.path.rglob("*.safetensors"))
        needed = int(weights * NEEDED_PER_WEIGHT)
        while self._loaded and psutil.virtual_memory().available < needed:
            self._loaded.popitem(last=False)
        free = psutil.virtual_memory().available
        if free < needed:
            raise StudioError(
                f"{folder.id} needs about {needed / 1e9:.1f} GB of memory and {free / 1e9:.1f} GB are free; "
                "end something else, or choose a smaller embedding model."
            )


def _load(folder: EmbedderFolder) -> "SentenceTransformer":
    # here and not at the top: an engine that only chats never pays for it
    import torch
    from sentence_transformers import SentenceTransformer

    device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        return SentenceTransformer(
            str(folder.path),
            device=device,
            local_files_only=True,
            model_kwargs={"use_safetensors": True},
        )
    except (OSError, ValueError, KeyError, RuntimeError, TypeError, AttributeError, ImportError) as error:
        # a broken folder may fail in any of these; the other models must go on
        raise StudioError(f"The embedding model {folder.id} could not be loaded: {error}"[:300]) from error
