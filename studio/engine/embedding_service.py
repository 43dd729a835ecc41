"""What a library says about where its vectors come from: an engine, a service on the net, and how to ask it.

Called by the library; kept with it as JSON. Empty means the studio's own engine with its bundled model.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any

from studio.engine.addresses import normalised_url
from studio.errors import BadInput
from studio.models.embedders import known_embedder

PROVIDERS = ("engine", "openai", "jina", "compatible")
URLS = {"openai": "https://api.openai.com/v1", "jina": "https://api.jina.ai/v1"}
WIDEST = 4000  # a halfvec with more dimensions cannot be indexed
LONGEST_PREFIX = 500


@dataclass(frozen=True)
class EmbeddingService:
    """`dimensions` asks a service for shorter vectors; `late_chunking` is Jina's: passages of one document
    are embedded with sight of each other. Prefixes go before every text; None: as the catalogue says."""

    provider: str = "engine"
    model: str = ""
    url: str = ""
    dimensions: int | None = None
    late_chunking: bool = False
    query_prefix: str | None = None
    passage_prefix: str | None = None

    @property
    def own(self) -> bool:
        """Whether the studio's engine embeds, so that no text leaves for another server."""
        return self.provider == "engine"

    def as_json(self) -> dict[str, Any]:
        """Only what was said; the bundled model of the engine is {}."""
        said = {key: value for key, value in asdict(self).items() if value not in (None, "", False)}
        return {} if said == {"provider": "engine"} else said


def read_service(given: dict[str, Any] | None) -> EmbeddingService:
    """Checked and normalised; a key has no place here."""
    given = given or {}
    unknown = sorted(set(given) - set(EmbeddingService.__dataclass_fields__))
    if unknown:
        raise BadInput(f"An embedding service has no setting called {unknown[0]}.")
    service = EmbeddingService(**given)
    if service.provider not in PROVIDERS:
        raise BadInput(f"An embedding service is one of {', '.join(PROVIDERS)}, not {service.provider}.")
    _check_values(service)
    if service.own:
        if service.url or service.dimensions or service.late_chunking:
            raise BadInput("The studio's engine takes a model, and no address, dimensions or late chunking.")
        return service
    return _with_defaults(service)


def _check_values(service: EmbeddingService) -> None:
    if len(service.model) > 200 or not service.model.isprintable():
        raise BadInput("The name of an embedding model has up to 200 characters on one line.")
    if service.dimensions is not None and not 1 <= service.dimensions <= WIDEST:
        raise BadInput(f"Vectors have 1 to {WIDEST} dimensions.")
    if service.late_chunking and service.provider != "jina":
        raise BadInput("Only Jina's service knows late chunking.")
    if any(len(prefix or "") > LONGEST_PREFIX for prefix in (service.query_prefix, service.passage_prefix)):
        raise BadInput(f"A prefix has at most {LONGEST_PREFIX} characters.")


def _with_defaults(service: EmbeddingService) -> EmbeddingService:
    if not service.model:
        raise BadInput("Name the model that the embedding service shall use.")
    url = service.url or URLS.get(service.provider, "")
    if not url:
        raise BadInput("Give the address of the embedding service, like https://host:port/v1.")
    known = known_embedder(service.model)
    if service.dimensions and known and service.dimensions > known.dimension:
        raise BadInput(f"{known.id} makes vectors of at most {known.dimension} dimensions.")
    return replace(service, url=normalised_url(url))
