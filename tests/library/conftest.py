"""A library to put documents into."""

import pytest

from studio.engine.client import Engine
from studio.library.libraries import LibraryView, create_library
from studio.store.database import Workspace


@pytest.fixture
def library(room: Workspace, engine: Engine) -> LibraryView:
    return create_library(room, "Pumps", engine=engine)
