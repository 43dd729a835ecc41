"""What only the engine's own tests need; the shared engine itself is in tests/conftest.py."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.settings import Settings
from tests.conftest import end_engine


@pytest.fixture(scope="session")
def engine_data(data_folder: Path) -> Path:
    return data_folder


@pytest.fixture(scope="session")
def engine_settings(settings: Settings) -> Settings:
    return settings


@pytest.fixture
def short_lived(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Settings]:
    """Settings for an engine of this test alone, ended with it."""
    monkeypatch.setitem(os.environ, "STUDIO_ENGINE_IDLE_SECONDS", "2")
    yield Settings(data=tmp_path)
    end_engine(tmp_path)
