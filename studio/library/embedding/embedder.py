"""How a library's texts become vectors: by the studio's engine, or by the service that the library names.

Called by ingest, search, measuring and switching. An embedder belongs to one pinned model: it makes vectors
of that model or none.
"""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from studio.engine.addresses import key_for
from studio.engine.client import EmbeddingModel, Engine, open_engine
from studio.engine.embedding_service import EmbeddingService, read_service
from studio.engine.remote_embeddings import QUESTION, RemoteEmbeddings, Say, quiet
from studio.errors import BadInput
from studio.models.embedders import known_embedder
from studio.settings import Settings
from studio.store.database import Workspace


class Pinned(Protocol):
    """What a library pins; its row and its view both have it."""

    @property
    def name(self) -> str: ...
    @property
    def embedding_model(self) -> str: ...
    @property
    def embedding_revision(self) -> str: ...
    @property
    def dimension(self) -> int: ...
    @property
    def embedding_service(self) -> dict[str, Any]: ...


class Embedder(Protocol):
    """Vectors of shape (len(texts), dimension), each of length 1, in the order of `texts`."""

    def embed_passages(
        self, texts: Sequence[str], documents: Sequence[int] | None = None, say: Say = quiet
    ) -> NDArray[np.float32]:
        """`documents` names each text's document; `say` hears when a service must be waited for."""

    def embed_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Gives up sooner than passages do: somebody is waiting."""


class EngineEmbedder:
    """By the studio's engine, or by the model server that stands in its place."""

    def __init__(self, engine: Engine, model: EmbeddingModel, service: EmbeddingService) -> None:
        self._engine = engine
        self._model = model
        query, passage = service.query_prefix, service.passage_prefix
        self._query = model.query_prefix if query is None else query
        self._passage = model.passage_prefix if passage is None else passage

    def embed_passages(
        self, texts: Sequence[str], documents: Sequence[int] | None = None, say: Say = quiet
    ) -> NDArray[np.float32]:
        return self._engine.embed([self._passage + text for text in texts], self._model)

    def embed_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._engine.embed([self._query + text for text in texts], self._model)


class RemoteEmbedder:
    """By a service on the net."""

    def __init__(self, remote: RemoteEmbeddings) -> None:
        self._remote = remote

    def embed_passages(
        self, texts: Sequence[str], documents: Sequence[int] | None = None, say: Say = quiet
    ) -> NDArray[np.float32]:
        return self._remote.embed(texts, "passage", documents, say)

    def embed_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._remote.embed(texts, "query", patience=QUESTION)


@lru_cache(maxsize=4)
def embedder(settings: Settings) -> Engine:
    """The engine's client, one per data folder: finding the engine again would cost more than the search."""
    return open_engine(settings)


def embedder_for(room: Workspace, library: Pinned) -> Embedder:
    """The embedder of the library's pinned model; BadInput when its service now has another one."""
    service = read_service(library.embedding_service)
    if service.own:
        engine = embedder(room.settings)
        model = engine.find_embedding_model(library.embedding_model)
        _check_pinned(library, model)
        return EngineEmbedder(engine, model, service)
    key = hash(key_for(service.url, room.settings.data))  # a new key needs a new client
    pinned = library.dimension, library.embedding_revision
    return RemoteEmbedder(_remote(json.dumps(service.as_json()), room.settings, *pinned, key))


def model_of(settings: Settings, service: EmbeddingService, engine: Engine | None = None) -> EmbeddingModel:
    """What a library would pin that is embedded by this service, as it stands now."""
    if service.own:
        engine = engine or embedder(settings)
        return engine.find_embedding_model(service.model) if service.model else engine.embedding_model
    remote = RemoteEmbeddings(service, settings.data)
    width = int(remote.embed(["dimension"], "passage", patience=QUESTION).shape[1])
    known = known_embedder(service.model)
    return EmbeddingModel(service.model, remote.said_model, width, known.languages if known else "")


@lru_cache(maxsize=16)
def _remote(service: str, settings: Settings, dimension: int, said_model: str, key: int) -> RemoteEmbeddings:
    """One client per pinned model, so that connections stay open between questions."""
    return RemoteEmbeddings(read_service(json.loads(service)), settings.data, dimension, said_model)


def _check_pinned(library: Pinned, model: EmbeddingModel) -> None:
    """Vectors of different models cannot be compared, even when they have the same length."""
    pinned = library.embedding_model, library.embedding_revision, library.dimension
    if pinned != (model.name, model.revision, model.dimension):
        raise BadInput(
            f"The library {library.name} was embedded with {library.embedding_model} "
            f"({library.embedding_revision}), and the engine now has {model.name} ({model.revision}). "
            "Bring that edition back, or switch the library to another embedding model."
        )
