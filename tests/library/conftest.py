"""The real engine for the tests that embed and answer, and a library to put documents into."""

import contextlib
from collections.abc import Iterator

import psutil
import pytest

from studio.engine import start
from studio.engine.client import Engine
from studio.library.embedder import embedder
from studio.library.libraries import LibraryView, create_library
from studio.settings import Settings
from studio.store.database import Workspace


@pytest.fixture(scope="session")
def engine(settings: Settings) -> Iterator[Engine]:
    """The engine that the library itself uses, ended with the tests."""
    yield embedder(settings)
    address = start.read_address(settings.data)
    with contextlib.suppress(psutil.NoSuchProcess):
        if address is not None and address.pid is not None:
            process = psutil.Process(address.pid)
            process.terminate()
            psutil.wait_procs([process], timeout=15)


@pytest.fixture
def library(room: Workspace, engine: Engine) -> LibraryView:
    return create_library(room, "Pumps", engine=engine)
