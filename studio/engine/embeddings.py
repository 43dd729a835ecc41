"""The thread that owns the embedding models: small slices in turn, so that no request waits for a big one.

Called by the engine's server. Sorting by length and batches of 8 measured fastest on a CPU.
"""

import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from studio.engine.embedding_models import EmbeddingModels
from studio.errors import StudioError
from studio.models.embedders import EmbedderFolder

SLICE = 8
LOOK_SECONDS = 30.0  # between two looks for models that nobody uses any more


@dataclass
class Embedding:
    """Texts on their way to vectors, longest first so that a slice holds texts of like length."""

    texts: Sequence[str]
    folder: EmbedderFolder
    outcome: Future[NDArray[np.float32]] = field(default_factory=Future)
    cancelled: threading.Event = field(default_factory=threading.Event)
    order: list[int] = field(init=False)
    vectors: NDArray[np.float32] = field(init=False)
    done: int = 0

    def __post_init__(self) -> None:
        self.order = sorted(range(len(self.texts)), key=lambda i: -len(self.texts[i]))
        self.vectors = np.zeros((len(self.texts), self.folder.dimension), np.float32)


class Embeddings:
    """Queue and thread around the embedding models; each is loaded at its first request."""

    def __init__(self) -> None:
        self._models = EmbeddingModels()
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
                    asked = self._ready.wait_for(lambda: self._waiting or self._failure, LOOK_SECONDS)
                    if self._failure:
                        return
                    embedding = self._waiting[0] if self._waiting else None
                if embedding is None or not asked:
                    self._models.drop_idle()
                    continue
                if not embedding.cancelled.is_set():
                    self._embed_slice(embedding)
                self._next_in_turn(embedding)
        finally:
            # whatever ended the thread, nobody may wait for it for ever
            self._give_up(StudioError("The engine's embedding model stopped working; its log says why."))

    def _embed_slice(self, embedding: Embedding) -> None:
        rows = embedding.order[embedding.done : embedding.done + SLICE]
        try:
            vectors = self._models.loaded(embedding.folder).encode(
                [embedding.texts[row] for row in rows],
                prompt="",  # prefixes are in the texts already; the model's own must not come on top
                batch_size=SLICE,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
            embedding.vectors[rows] = vectors
        except StudioError as error:
            _fail(embedding, error)
        except (RuntimeError, ValueError) as error:  # out of memory, or not as wide as its settings say
            _fail(embedding, StudioError(f"{embedding.folder.id} could not embed this: {error}"[:300]))
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

    def _give_up(self, error: StudioError) -> None:
        with self._ready:
            self._failure = self._failure or error
            for embedding in self._waiting:
                _fail(embedding, self._failure)
            self._waiting.clear()
            self._ready.notify()


def _fail(embedding: Embedding, error: StudioError) -> None:
    embedding.cancelled.set()
    if not embedding.outcome.done():
        embedding.outcome.set_exception(error)
