"""Opens the studio's database and hands out workspaces; every process that needs data starts here."""

import select
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from pgvector.psycopg import register_vector
from sqlalchemy.exc import DisconnectionError, OperationalError
from sqlalchemy.orm import Session

from studio.errors import BadInput, StudioError
from studio.settings import Settings
from studio.store import embedded, migrate, tables
from studio.store.blobs import Blobs

RUNTIME_ROLE = "studio_runtime"
# the queue's tables lie in a schema of their own
CONNECT_OPTIONS = {
    "options": f"-c role={RUNTIME_ROLE} -c search_path=public,procrastinate",
    "connect_timeout": 10,
}
COMEBACK_SECONDS = 10.0  # longer than a server takes that was killed; who waits shall be told so
OLDEST_VECTOR = (0, 8, 0)
_ENTER = "SELECT set_config('app.workspace', %s, true)"


@dataclass(frozen=True)
class Database:
    """Connections under the runtime role, which owns no table and cannot bypass row-level security."""

    settings: Settings
    engine: sa.Engine
    owner_url: str

    def workspace(self, name: str = "default") -> "Workspace":
        """The workspace of this name, made on first use."""
        if not name.strip() or len(name) > 80:
            raise BadInput("A workspace name has 1 to 80 characters.")
        with self.engine.begin() as connection:
            connection.execute(
                sa.text("INSERT INTO workspaces (name) VALUES (:name) ON CONFLICT (name) DO NOTHING"),
                {"name": name},
            )
            found = connection.scalar(sa.select(tables.Workspace.id).where(tables.Workspace.name == name))
        assert found is not None  # noqa: S101 - just inserted
        return Workspace(self, int(found), name)

    def workspace_by_id(self, workspace_id: int) -> "Workspace":
        """For jobs, which carry the id."""
        with self.engine.begin() as connection:
            name = connection.scalar(
                sa.select(tables.Workspace.name).where(tables.Workspace.id == workspace_id)
            )
        if name is None:
            raise StudioError(f"Workspace {workspace_id} no longer exists.")
        return Workspace(self, workspace_id, str(name))

    def connect_arguments(self) -> dict[str, Any]:
        """What psycopg.connect needs to reach the database under the runtime role."""
        arguments = self.engine.dialect.create_connect_args(sa.make_url(self.owner_url))[1]
        return dict(arguments) | CONNECT_OPTIONS

    def close(self) -> None:
        self.engine.dispose()


@dataclass(frozen=True)
class Workspace:
    """A room: everything read or written through it belongs to it."""

    db: Database
    id: int
    name: str

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One transaction; row-level security sees this workspace until it ends."""
        with Session(self.db.engine, expire_on_commit=False) as session, session.begin():
            session.connection().exec_driver_sql(_ENTER, (str(self.id),))
            yield session

    def take_turns(self, session: Session, what: str) -> None:
        """Who does the same at once waits until this transaction ends."""
        key = sa.func.hashtextextended(f"{what} {self.id}", 0)
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))

    @contextmanager
    def plain(self) -> Iterator["psycopg.Connection[tuple[Any, ...]]"]:
        """The same as the driver gives it. For search, which takes hardly longer than what a session adds."""
        pooled = self.db.engine.raw_connection()
        try:
            connection: Any = pooled.driver_connection
            connection.execute(_ENTER, (str(self.id),))
            yield connection
            connection.commit()
        finally:
            pooled.close()  # rolls back what was not committed

    @property
    def settings(self) -> Settings:
        return self.db.settings

    @property
    def blobs(self) -> Blobs:
        return Blobs(self.settings.data / "blobs" / str(self.id), self.id, self.session)


def open_database(settings: Settings) -> Database:
    """Start or attach to PostgreSQL, bring it to the newest revision, connect as the runtime role."""
    owner_url = settings.database_url or _embedded_url(settings.data)
    owner = sa.create_engine(owner_url, poolclass=sa.NullPool)
    try:
        migrate.upgrade(owner)
        _check_extension(owner)
    except OperationalError as error:
        raise StudioError(f"The database cannot be reached: {_first_line(error)}") from error
    return Database(settings, _runtime_engine(settings, owner_url), owner_url)


def _embedded_url(data: Path) -> str:
    server = embedded.start(data)
    admin = sa.create_engine(server.url("postgres"), poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text("SELECT pg_advisory_lock(:lock)"), {"lock": migrate.LOCK})
        if not connection.scalar(sa.text("SELECT 1 FROM pg_database WHERE datname = 'studio'")):
            connection.execute(sa.text("CREATE DATABASE studio"))
    return server.url()


def _runtime_engine(settings: Settings, owner_url: str) -> sa.Engine:
    engine = sa.create_engine(
        owner_url,
        pool_pre_ping=bool(settings.database_url),
        pool_size=5,
        max_overflow=15,
        connect_args=CONNECT_OPTIONS,
    )

    @sa.event.listens_for(engine, "do_connect")
    def _bring_back(dialect: Any, record: Any, arguments: Any, keywords: Any) -> Any:
        """A killed embedded server is started again by whoever connects next."""
        try:
            return dialect.connect(*arguments, **keywords)
        except psycopg.OperationalError:
            if settings.database_url:
                raise
            _start_again(settings.data)
            return dialect.connect(*arguments, **keywords)

    @sa.event.listens_for(engine, "checkout")
    def _still_there(connection: Any, record: Any, proxy: Any) -> None:
        """A server on this machine that has gone closed its end, which is seen without asking it."""
        if not settings.database_url and (connection.closed or _has_news(connection.fileno())):
            raise DisconnectionError

    @sa.event.listens_for(engine, "connect")
    def _teach_vectors(connection: Any, record: Any) -> None:
        register_vector(connection)

    return engine


def _start_again(data: Path) -> None:
    """Raises what every caller takes for a database that is away."""
    try:
        embedded.start(data, COMEBACK_SECONDS)
    except StudioError as error:
        raise psycopg.OperationalError(str(error)) from error


def _has_news(descriptor: int) -> bool:
    """Whether something was sent unasked: only a farewell comes over an idle connection."""
    asked = select.poll()
    asked.register(descriptor, select.POLLIN)
    return bool(asked.poll(0))


def _check_extension(owner: sa.Engine) -> None:
    with owner.connect() as connection:
        found = connection.scalar(sa.text("SELECT extversion FROM pg_extension WHERE extname = 'vector'"))
    if tuple(int(part) for part in str(found).split(".")) < OLDEST_VECTOR:
        raise StudioError(f"pgvector {found} is too old: the studio needs 0.8 or newer.")


def _first_line(error: OperationalError) -> str:
    return str(error.orig).strip().splitlines()[0]
