"""Fixtures that every tier shares: one data folder with a real PostgreSQL, and a fresh workspace per test."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

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
def room(database: Database) -> Workspace:
    """A workspace nobody else uses."""
    return database.workspace(f"room {os.getpid()} {next(_numbers)}")


@pytest.fixture(scope="session")
def realdata() -> Path:
    """A folder of public data, for tests marked `realdata`."""
    named = os.environ.get("STUDIO_REALDATA")
    if not named or not Path(named).is_dir():
        pytest.skip("STUDIO_REALDATA names no folder with public data")
    return Path(named)
