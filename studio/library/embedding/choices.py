"""Which embedding models a person may choose from, and what a name or an address stands for.

Called by pages and commands.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from studio.engine.addresses import key_for, resolved, where_to_put_the_key
from studio.engine.embedding_service import URLS, EmbeddingService, read_service
from studio.engine.remote_embeddings import RemoteEmbeddings
from studio.errors import BadInput, StudioError
from studio.models.embedders import (
    EMBEDDERS,
    KnownEmbedder,
    copied_embedders,
    embedder_path,
    known_embedder,
)
from studio.settings import Settings

HERE = "this machine"


@dataclass(frozen=True)
class Choice:
    """A model as a person may choose it; `id` goes to `service_named`, `why_not` says what is missing."""

    id: str
    label: str
    languages: str
    licence: str
    dimension: int
    where: str
    available: bool
    why_not: str = ""


def list_embedding_choices(settings: Settings) -> list[Choice]:
    """The models of the catalogue and every other model folder on this machine."""
    return [*_catalogue(settings), *_other_folders(settings)]


def service_named(settings: Settings, name: str, dimensions: int | None = None) -> EmbeddingService:
    """The service behind a model's name, or behind an address written as `https://host/v1#model`."""
    address, _, model = name.partition("#")
    if "://" in address:
        return _service_at(settings, address, model, dimensions)
    known = known_embedder(name)
    if known and known.provider != "engine":
        return read_service({"provider": known.provider, "model": known.id, "dimensions": dimensions})
    if dimensions:
        raise BadInput("Only services on the net can be asked for shorter vectors.")
    model = known.id if known else name
    return read_service({} if model == EMBEDDERS[0].id else {"provider": "engine", "model": model})


def place_of(service: EmbeddingService) -> str:
    """Where texts go, for people."""
    return HERE if service.own else urlsplit(service.url).netloc


def leads_to(service: EmbeddingService) -> list[str]:
    """The network addresses that texts go to; none where they stay here. Asks the network's names."""
    return [] if service.own else resolved(service.url)


def _service_at(settings: Settings, url: str, model: str, dimensions: int | None) -> EmbeddingService:
    given = {"provider": "compatible", "url": url, "dimensions": dimensions}
    if model:
        return read_service({**given, "model": model})
    served = RemoteEmbeddings(read_service({**given, "model": "unknown"}), settings.data).models()
    if len(served) != 1:
        raise BadInput(
            f"This server has {len(served)} models ({', '.join(served)[:200]}); "
            f"write which one, like {url}#{served[0] if served else 'model'}."
        )
    return read_service({**given, "model": served[0]})


def _catalogue(settings: Settings) -> Iterator[Choice]:
    for entry in EMBEDDERS:
        why_not = _missing(entry, settings)
        where = HERE if entry.provider == "engine" else urlsplit(URLS[entry.provider]).netloc
        label = entry.id if not entry.note else f"{entry.id} — {entry.note}"
        yield Choice(
            entry.id, label, entry.languages, entry.licence, entry.dimension, where, not why_not, why_not
        )


def _missing(entry: KnownEmbedder, settings: Settings) -> str:
    if entry.provider != "engine":
        try:
            has_key = key_for(URLS[entry.provider], settings.data)
        except StudioError as problem:
            return str(problem)
        return (
            "" if has_key else f"It needs a key: {where_to_put_the_key(URLS[entry.provider], settings.data)}."
        )
    if embedder_path(entry.id, settings).is_dir():
        return ""
    return f"Not on this machine yet; `python -m studio embedding fetch {entry.id}` downloads it."


def _other_folders(settings: Settings) -> Iterator[Choice]:
    for name, dimension in copied_embedders(settings).items():
        if known_embedder(name) is None:
            yield Choice(name, name, "unknown", "unknown", dimension, HERE, True)
