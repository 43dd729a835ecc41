"""The engine shared by everything in this process that embeds questions or documents."""

from functools import lru_cache

from studio.engine.client import Engine, open_engine
from studio.settings import Settings


@lru_cache(maxsize=4)
def embedder(settings: Settings) -> Engine:
    """One client per data folder: finding the engine again would cost more than the search."""
    return open_engine(settings)
