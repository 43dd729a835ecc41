"""One running engine for all tests that need one; it lives in its own data folder."""

import os
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from studio.engine import start
from studio.engine.client import Engine, open_engine
from studio.settings import Settings


def end_engine(data: Path) -> None:
    """Ask the engine of a data folder to leave and wait until it has."""
    address = start.read_address(data)
    if address is not None and address.pid is not None and psutil.pid_exists(address.pid):
        process = psutil.Process(address.pid)
        process.terminate()
        psutil.wait_procs([process], timeout=15)


@pytest.fixture(scope="session")
def engine_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("engine")


@pytest.fixture(scope="session")
def engine_settings(engine_data: Path) -> Iterator[Settings]:
    yield Settings(data=engine_data)
    end_engine(engine_data)


@pytest.fixture(scope="session")
def engine(engine_settings: Settings) -> Engine:
    """The real client against the real server."""
    return open_engine(engine_settings)


@pytest.fixture
def short_lived(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Settings]:
    """Settings for an engine of this test alone, ended with it."""
    monkeypatch.setitem(os.environ, "STUDIO_ENGINE_IDLE_SECONDS", "2")
    yield Settings(data=tmp_path)
    end_engine(tmp_path)
