"""A workspace in a data folder of the bench's own; its database server ends with it."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from studio.settings import Settings
from studio.store import embedded
from studio.store.database import Workspace, open_database

PATIENCE_SECONDS = 30.0


@contextmanager
def opened_room(folder: Path) -> Iterator[Workspace]:
    """The workspace that the pages show."""
    database = open_database(Settings.load(folder))
    try:
        yield database.workspace()
    finally:
        database.close()
        _end_server(folder)


def as_owner(room: Workspace, *statements: str) -> None:
    """Run these one by one, each in a transaction of its own, as the role that owns the tables."""
    owner = sa.create_engine(room.db.owner_url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with owner.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def _end_server(folder: Path) -> None:
    server = embedded.locate(folder)
    embedded.stop_using(server)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while server.pid() is not None and time.monotonic() < deadline:
        time.sleep(0.1)
    shutil.rmtree(server.home, ignore_errors=True)
