"""Brings a database to the newest revision of migrations/; called whenever a process opens the database."""

import time
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from studio.errors import StudioError

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
LOCK = 0x57D10
PATIENCE_SECONDS = 300


def upgrade(engine: sa.Engine) -> None:
    """Apply what is missing, one process at a time.

    The lock is polled on a connection outside any transaction: a blocking or transactional advisory lock
    deadlocks or hangs with migrations that build indexes concurrently.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if _revision(connection) == newest():
            return
        _wait_for_lock(connection)
        try:
            with engine.connect() as work:
                command.upgrade(_config(work), "head")
                work.commit()
        finally:
            connection.execute(sa.text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})


def newest() -> str:
    """The revision that this version of the studio needs."""
    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    assert head is not None, "migrations/ holds no revision"  # noqa: S101 - a broken checkout, not an input
    return head


def current(engine: sa.Engine) -> str | None:
    """The revision a database is at; None when it is empty."""
    with engine.connect() as connection:
        return _revision(connection)


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return revision


def _wait_for_lock(connection: sa.Connection) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not connection.scalar(sa.text("SELECT pg_try_advisory_lock(:lock)"), {"lock": LOCK}):
        if time.monotonic() > end:
            raise StudioError(
                "Another process has been upgrading the database for five minutes. Try again later."
            )
        time.sleep(0.1)


def _config(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
