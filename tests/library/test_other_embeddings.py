"""Libraries with an embedding service of their own: ingest and search through it, and nothing mixed."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from studio.engine.client import Engine
from studio.engine.embedding_service import EmbeddingService, read_service
from studio.engine.remote_embeddings import RemoteEmbeddings
from studio.errors import BadInput, StudioError
from studio.library.documents import list_documents
from studio.library.embedding.embedder import embedder_for
from studio.library.libraries import create_library
from studio.store.database import Workspace
from studio.store.tables import Library
from tests.fakes import EmbeddingServer, embedding_server
from tests.library.samples import add, found, write_text

pytestmark = [pytest.mark.postgres]
LID = "The lid of the brass boiler is painted green."
WAGES = "Employees receive their salary on the last working day of the month."


@pytest.fixture
def server() -> Iterator[EmbeddingServer]:
    with embedding_server(dimension=24) as started:
        yield started


def service_at(server: EmbeddingServer) -> EmbeddingService:
    return read_service({"provider": "compatible", "url": server.url, "model": "fake-1"})


def test_a_library_pins_what_its_service_says(room: Workspace, server: EmbeddingServer) -> None:
    made = create_library(room, "Remote", service=service_at(server))
    assert (made.embedding_model, made.embedding_revision, made.dimension) == ("fake-1", "fake-1", 24)
    assert made.embedding_service == {"provider": "compatible", "url": server.url, "model": "fake-1"}


def test_documents_are_embedded_there_and_found(
    room: Workspace, server: EmbeddingServer, tmp_path: Path
) -> None:
    library = create_library(room, "Remote", service=service_at(server))
    add(room, library, write_text(tmp_path / "lid.txt", LID))
    assert any(LID in text for text in server.texts)
    assert found(room, library, "green lid") == [LID]


def test_vectors_of_another_width_never_enter(
    room: Workspace, server: EmbeddingServer, tmp_path: Path
) -> None:
    library = create_library(room, "Remote", service=service_at(server))
    server.dimension = 25
    with pytest.raises(StudioError, match="width 25 instead of 24"):
        add(room, library, write_text(tmp_path / "lid.txt", LID))


def test_a_key_that_was_rejected_is_asked_for(
    room: Workspace, server: EmbeddingServer, tmp_path: Path
) -> None:
    library = create_library(room, "Remote", service=service_at(server))
    server.script = [{"status": 401}]
    with pytest.raises(StudioError, match="key was rejected by"):
        add(room, library, write_text(tmp_path / "lid.txt", LID))
    assert len(server.seen) == 2


@pytest.mark.model
def test_an_edition_the_engine_no_longer_has_is_refused(room: Workspace, engine: Engine) -> None:
    made = create_library(room, "Old", engine=engine)
    with room.session() as session:
        row = session.get_one(Library, made.id)
        row.embedding_revision = "an older one"
    with pytest.raises(BadInput, match="was embedded with all-minilm-l6-v2 \\(an older one\\)"):
        embedder_for(room, row)


@pytest.fixture(scope="module")
def independent() -> EmbeddingService:
    """An OpenAI-compatible server that is not ours, serving the bundled model, say `infinity_emb`."""
    url = os.environ.get("STUDIO_TEST_EMBEDDING_URL")
    if not url:
        pytest.skip("STUDIO_TEST_EMBEDDING_URL names no independent server of all-minilm-l6-v2")
    return read_service({"provider": "compatible", "url": url, "model": "all-minilm-l6-v2"})


@pytest.mark.model
def test_an_independent_server_makes_our_vectors(
    independent: EmbeddingService, engine: Engine, tmp_path: Path
) -> None:
    texts = [LID, WAGES, "a", "Ein Satz auf Deutsch.", "The brake disc is worn out. " * 60]
    theirs = RemoteEmbeddings(independent, tmp_path).embed(texts, "passage")
    cosines = np.sum(theirs * engine.embed(texts), axis=1)
    assert cosines.min() >= 0.999


@pytest.mark.model
def test_a_library_lives_on_an_independent_server(
    independent: EmbeddingService, room: Workspace, tmp_path: Path
) -> None:
    library = create_library(room, "Independent", service=independent)
    add(room, library, *(write_text(tmp_path / f"{n}.txt", t) for n, t in enumerate((LID, WAGES))))
    assert [document.state for document in list_documents(room, library.id)] == ["ready", "ready"]
    assert found(room, library, "when do people get paid")[0] == WAGES
