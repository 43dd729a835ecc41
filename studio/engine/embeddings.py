"""The thread that owns the embedding model: small slices in turn, so that no request waits for a big one.

Called by the engine's server. Sorting by length and batches of 8 measured fastest on a CPU.
"""

import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from studio.errors import StudioError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

SLICE = 8
DIMENSION = 384


@dataclass
class Embedding:
    """Texts on their way to vectors, longest first so that a slice holds texts of like length."""

    texts: Sequence[str]
    outcome: Future[NDArray[np.float32]] = field(default_factory=Future)
    cancelled: threading.Event = field(default_factory=threading.Event)
    order: list[int] = field(init=False)
    vectors: NDArray[np.float32] = field(init=False)
    done: int = 0

    def __post_init__(self) -> None:
        self.order = sorted(range(len(self.texts)), key=lambda i: -len(self.texts[i]))
        self.vectors = np.zeros((len(self.texts), DIMENSION), np.float32)


class Embeddings:
    """Queue and thread around the embedding model, which is loaded at the first request."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._model: SentenceTransformer | None = None
        self._ready = threading.Condition()
        self._waiting: deque[Embedding] = deque()
        self._failure: StudioError | None = None
        self._thread = threading.Thread(target=self._work, name="embeddings", daemon=True)

    def start(self) -> None:
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Requests not finished yet."""
        return len(self._waiting)

    def submit(self, embedding: Embedding) -> None:
        """Queue texts; the outcome is set by the thread."""
        with self._ready:
            if self._failure:
                raise self._failure
            self._waiting.append(embedding)
            self._ready.notify()

    def stop(self) -> None:
        """Refuse what waits, for a quick shutdown."""
        self._give_up(StudioError("The engine is shutting down; ask again in a moment."))
        self._thread.join(timeout=5)

    def _work(self) -> None:
        try:
            while True:
                with self._ready:
                    self._ready.wait_for(lambda: self._waiting or self._failure)
                    if self._failure:
                        return
                    embedding = self._waiting[0]
                if not embedding.cancelled.is_set():
                    self._embed_slice(embedding)
                self._next_in_turn(embedding)
        finally:
            # whatever ended the thread, nobody may wait for it for ever
            self._give_up(StudioError("The engine's embedding model stopped working; its log says why."))

    def _embed_slice(self, embedding: Embedding) -> None:
        rows = embedding.order[embedding.done : embedding.done + SLICE]
        model = self._loaded()
        embedding.vectors[rows] = model.encode(
            [embedding.texts[row] for row in rows],
            batch_size=SLICE,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        embedding.done += len(rows)

    def _next_in_turn(self, embedding: Embedding) -> None:
        """Put an unfinished request behind the others; hand a finished one over."""
        with self._ready:
            if not self._waiting or self._waiting[0] is not embedding:
                return
            self._waiting.popleft()
            if embedding.done < len(embedding.texts) and not embedding.cancelled.is_set():
                self._waiting.append(embedding)
                return
        if not embedding.outcome.done():
            embedding.outcome.set_result(embedding.vectors)

    def _loaded(self) -> "SentenceTransformer":
        if self._model is None:
            # here and not at the top: an engine that only chats never pays for it
            import torch
            from sentence_transformers import SentenceTransformer

            device = "cuda" if torch.cuda.is_available() else "cpu"
            self._model = SentenceTransformer(str(self._folder), device=device, local_files_only=True)
        return self._model

    def _give_up(self, error: StudioError) -> None:
        with self._ready:
            self._failure = self._failure or error
            for embedding in self._waiting:
                embedding.cancelled.set()
                if not embedding.outcome.done():
                    embedding.outcome.set_exception(self._failure)
            self._waiting.clear()
            self._ready.notify()
