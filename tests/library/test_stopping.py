"""Reading can be stopped and tried again, and says how long it still takes."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from studio.errors import BadInput, NotFound
from studio.library.documents import (
    get_document,
    library_progress,
    list_documents,
    read_again,
    retry_failed,
    set_tags,
    stop_reading,
)
from studio.library.embedding.embedder import EngineEmbedder
from studio.library.intake import group_vectors
from studio.library.intake.adding import add_documents
from studio.library.intake.ingest import MOST_TRIES, ingest_documents
from studio.library.libraries import LibraryView
from studio.store.database import Workspace
from studio.store.tables import Document, Passage
from tests.library.counting import count
from tests.library.samples import LONG_TEXT, add, found, write_text

pytestmark = [pytest.mark.postgres, pytest.mark.model]


def states(room: Workspace, library: LibraryView) -> list[str]:
    return [document.state for document in list_documents(room, library.id)]


def test_stopping_says_so_on_what_still_waits(room: Workspace, library: LibraryView, tmp_path: Path) -> None:
    add(room, library, write_text(tmp_path / "a.txt", "The lid is red."))
    (waiting,) = add_documents(room, library.id, [write_text(tmp_path / "b.txt", "The hose is blue.")])
    assert stop_reading(room, library.id) == 1
    stopped = get_document(room, waiting)
    assert (stopped.state, stopped.error) == ("failed", "Stopped. Try again reads it.")
    assert states(room, library) == ["failed", "ready"]


def test_stopping_in_the_middle_ends_the_embedding(
    room: Workspace, library: LibraryView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded = []
    real = EngineEmbedder.embed_passages

    def stopping(self: EngineEmbedder, texts: list[str], *more: object) -> object:
        embedded.append(len(texts))
        stop_reading(room, library.id)
        return real(self, texts, *more)

    monkeypatch.setattr(EngineEmbedder, "embed_passages", stopping)
    monkeypatch.setattr(group_vectors, "TEXTS_PER_SLICE", 2)
    monkeypatch.setattr(group_vectors, "SECONDS_BETWEEN_REPORTS", 0.0)
    ids = add_documents(room, library.id, [write_text(tmp_path / "a.txt", LONG_TEXT)])
    ingest_documents(room, document_ids=list(ids))
    assert (embedded, states(room, library), count(room, Passage)) == ([2], ["failed"], 0)


def test_all_that_failed_is_tried_again_together(
    room: Workspace, library: LibraryView, tmp_path: Path
) -> None:
    files = [write_text(tmp_path / f"{n}.txt", f"Pump {n}.") for n in range(3)]
    ids = add_documents(room, library.id, files)
    stop_reading(room, library.id)
    assert retry_failed(room, library.id) == 3
    ingest_documents(room, document_ids=list(ids))
    assert states(room, library) == ["ready"] * 3


def test_stopping_a_second_reading_leaves_the_first(
    room: Workspace, library: LibraryView, tmp_path: Path
) -> None:
    ids = add(room, library, write_text(tmp_path / "a.txt", "The lid is red."))
    read_again(room, library.id, ids)
    stop_reading(room, library.id)
    assert (states(room, library), found(room, library, "lid")) == (["ready"], ["The lid is red."])


def test_a_file_that_ends_the_worker_each_time_is_given_up_alone(
    room: Workspace, library: LibraryView, tmp_path: Path
) -> None:
    files = [write_text(tmp_path / f"{n}.txt", f"Pump {n}.") for n in range(2)]
    ids = add_documents(room, library.id, files)
    with room.session() as session:
        deaths = Document.receipt.op("||")(sa.func.jsonb_build_object("attempts", MOST_TRIES))
        session.execute(sa.update(Document).where(Document.id == ids[0]).values(receipt=deaths))
    ingest_documents(room, document_ids=list(ids))
    assert "ended the worker 3 times" in (get_document(room, ids[0]).error or "")
    assert get_document(room, ids[1]).state == "ready"


def test_what_waits_knows_how_long_once_something_was_read(
    room: Workspace, library: LibraryView, tmp_path: Path
) -> None:
    assert library_progress(room, library.id).seconds_left is None
    add(room, library, write_text(tmp_path / "a.txt", LONG_TEXT))
    add_documents(room, library.id, [write_text(tmp_path / "b.txt", LONG_TEXT + " More.")])
    progress = library_progress(room, library.id)
    took = list_documents(room, library.id)[1].embedding_seconds
    assert (progress.done, progress.total) == (1, 2)
    assert progress.seconds_left == pytest.approx(took, rel=0.1, abs=0.1)


def test_a_receipt_tells_reading_from_embedding(
    room: Workspace, library: LibraryView, tmp_path: Path
) -> None:
    (document,) = add(room, library, write_text(tmp_path / "a.txt", LONG_TEXT))
    receipt = get_document(room, document)
    assert receipt.parsing_seconds is not None and receipt.embedding_seconds is not None
    assert receipt.seconds == pytest.approx(receipt.parsing_seconds + receipt.embedding_seconds, abs=0.02)
    assert (receipt.language, receipt.bytes) == ("en", len(LONG_TEXT))


def test_too_many_or_too_long_tags_are_refused(room: Workspace, library: LibraryView, tmp_path: Path) -> None:
    (document,) = add_documents(room, library.id, [write_text(tmp_path / "a.txt", "The lid is red.")])
    with pytest.raises(BadInput, match="at most 50 characters"):
        set_tags(room, document, ["x" * 51])
    with pytest.raises(BadInput, match="at most 20 tags"):
        set_tags(room, document, [str(number) for number in range(21)])


def test_another_workspace_can_neither_stop_nor_read_again_nor_tag(
    room: Workspace, library: LibraryView, tmp_path: Path
) -> None:
    (mine,) = add_documents(room, library.id, [write_text(tmp_path / "a.txt", "The lid is red.")])
    stranger = room.db.workspace("strangers")
    for attempt in (
        lambda: stop_reading(stranger, library.id),
        lambda: read_again(stranger, library.id),
        lambda: retry_failed(stranger, library.id),
        lambda: set_tags(stranger, mine, ["x"]),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert get_document(room, mine).state == "waiting"
