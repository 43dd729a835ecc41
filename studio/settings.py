"""Settings, read once from the command line and the environment into a frozen object."""

import os
from dataclasses import dataclass
from pathlib import Path

from studio.errors import BadInput

DEFAULT_DATA = Path(".studio")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Settings:
    """Where things lie and whom to talk to.

    `database_url` and `engine_url` are None when the studio runs its own; the two model names matter
    only where `engine_url` names a server that calls its models otherwise.
    """

    data: Path
    database_url: str | None = None
    engine_url: str | None = None
    engine_key: str = "local"
    chat_model: str | None = None
    embedding_model: str | None = None
    host: str = "127.0.0.1"
    port: int = 8501

    @classmethod
    def load(cls, data: Path | str | None = None, *, host: str = "127.0.0.1", port: int = 8501) -> "Settings":
        """Read the environment; an explicit `data` folder wins over STUDIO_DATA."""
        if host not in LOOPBACK:
            raise BadInput(
                f"The studio answers only on this machine so far, not on {host}: sign-in is not built yet. "
                "Use --host 127.0.0.1 and reach it through an SSH tunnel."
            )
        folder = Path(data or os.environ.get("STUDIO_DATA") or DEFAULT_DATA).resolve()
        return cls(
            data=folder,
            database_url=_postgres_url(os.environ.get("DATABASE_URL")),
            engine_url=os.environ.get("STUDIO_ENGINE_URL") or None,
            engine_key=os.environ.get("STUDIO_ENGINE_KEY") or "local",
            chat_model=os.environ.get("STUDIO_CHAT_MODEL") or None,
            embedding_model=os.environ.get("STUDIO_EMBEDDING_MODEL") or None,
            host=host,
            port=port,
        )


def _postgres_url(url: str | None) -> str | None:
    """Accept the usual spellings of a Postgres address; SQLAlchemy needs the driver named."""
    if not url:
        return None
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in ("postgres", "postgresql", "postgresql+psycopg"):
        raise BadInput("DATABASE_URL must look like postgresql://user@host/database.")
    return f"postgresql+psycopg://{rest}"
