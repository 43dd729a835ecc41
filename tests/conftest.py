"""Fixtures that every tier shares: one data folder with a real PostgreSQL, and a fresh workspace per test."""

import itertools
import os

# as the engine and the training process set it: threads that wait must not burn what others need
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import sqlalchemy as sa

from studio.engine import start
from studio.engine.client import Engine, open_engine
from studio.settings import Settings
from studio.store import embedded
from studio.store.database import Database, Workspace, open_database

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of this test session's own; a running studio is never touched."""
    return tmp_path_factory.mktemp("studio-data")


@pytest.fixture(scope="session")
def settings(data_folder: Path) -> Settings:
    return Settings.load(data_folder)


@pytest.fixture(scope="session")
def database(settings: Settings) -> Iterator[Database]:
    opened = open_database(settings)
    yield opened
    opened.close()
    if not settings.database_url:
        embedded.stop_using(embedded.locate(settings.data))


@pytest.fixture
def room(database: Database) -> Iterator[Workspace]:
    """A workspace nobody else uses. Its jobs that nobody ran go with it: later tests start workers."""
    own = database.workspace(f"room {os.getpid()} {next(_numbers)}")
    yield own
    left = (
        "DELETE FROM procrastinate_jobs WHERE status = 'todo' AND (args ->> 'workspace_id')::bigint = :room"
    )
    with own.session() as session:
        session.execute(sa.text(left), {"room": own.id})


def end_engine(data: Path) -> None:
    """Ask the engine of a data folder to leave and wait until it has."""
    address = start.read_address(data)
    if address is not None and address.pid is not None and psutil.pid_exists(address.pid):
        process = psutil.Process(address.pid)
        process.terminate()
        psutil.wait_procs([process], timeout=15)


@pytest.fixture(scope="session")
def engine(settings: Settings) -> Iterator[Engine]:
    """The real client against the real server; one for all tests, since it takes a gigabyte."""
    yield open_engine(settings)
    end_engine(settings.data)


@pytest.fixture
def seen(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Tell in a few words what became of a fault; docs/reliability.md shows it."""
    return lambda sentence: record_property("seen", sentence)


@pytest.fixture(scope="session")
def realdata() -> Path:
    """A folder of public data, for tests marked `realdata`."""
    named = os.environ.get("STUDIO_REALDATA")
    if not named or not Path(named).is_dir():
        pytest.skip("STUDIO_REALDATA names no folder with public data")
    return Path(named)
