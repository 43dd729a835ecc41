"""A newer version of a file replaces only what changed; nothing is embedded twice."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from numpy.typing import NDArray

from studio.engine.client import Engine
from studio.library.documents import (
    get_document,
    list_documents,
    outdated_documents,
    read_again,
    set_date,
    set_tags,
)
from studio.library.embedding.embedder import EngineEmbedder
from studio.library.intake import ingest
from studio.library.intake.adding import add_documents
from studio.library.intake.ingest import ingest_documents
from studio.library.libraries import LibraryView, get_library
from studio.library.originals import original_of
from studio.store.database import Workspace
from studio.store.tables import Blob, Document, Passage
from tests.library.counting import count, recounted, term_counts
from tests.library.samples import add, found, write_text

pytestmark = [pytest.mark.postgres, pytest.mark.model]
SECTIONS = {
    "Lids": "The lid is red. It closes with a turn of the hand.",
    "Valves": "Valves are opened slowly. Never use a wrench.",
    "Filters": "The filter is rinsed every week in cold water.",
}


def manual(path: Path, sections: dict[str, str]) -> Path:
    return write_text(
        path, "# Manual\n\n" + "\n\n".join(f"## {name}\n\n{sections[name]}" for name in sections)
    )


def passages(room: Workspace) -> dict[str, tuple[int, int]]:
    """Text to id and position, of what can be searched."""
    chosen = sa.select(Passage).where(Passage.workspace_id == room.id, Passage.kind != "summary")
    with room.session() as session:
        return {one.text: (one.id, one.position) for one in session.scalars(chosen)}


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every text that goes to the embedder, which works as ever."""
    texts: list[str] = []
    real = EngineEmbedder.embed_passages

    def listening(self: EngineEmbedder, given: list[str], *more: object) -> NDArray[np.float32]:
        texts.extend(given)
        return real(self, given, *more)

    monkeypatch.setattr(EngineEmbedder, "embed_passages", listening)
    yield texts


def test_passages_that_did_not_change_keep_their_id(
    room: Workspace, library: LibraryView, tmp_path: Path
) -> None:
    add(room, library, manual(tmp_path / "a.md", SECTIONS))
    before = passages(room)
    add(room, library, manual(tmp_path / "a.md", SECTIONS | {"Valves": "Valves are closed at night."}))
    after = passages(room)
    kept = {text for text in before.keys() & after.keys() if before[text] == after[text]}
    assert kept == {SECTIONS["Lids"], SECTIONS["Filters"]}
    assert set(after) == kept | {"Valves are closed at night."}


def test_only_the_changed_passage_is_embedded(
    room: Workspace, library: LibraryView, tmp_path: Path, embedded: list[str]
) -> None:
    add(room, library, manual(tmp_path / "a.md", SECTIONS))
    embedded.clear()
    add(room, library, manual(tmp_path / "a.md", SECTIONS | {"Valves": "Valves are closed at night."}))
    assert embedded == ["Manual\nValves\nValves are closed at night."]


def test_a_passage_that_moved_keeps_its_id_at_its_new_place(
    room: Workspace, library: LibraryView, tmp_path: Path
) -> None:
    add(room, library, manual(tmp_path / "a.md", SECTIONS))
    before = passages(room)
    turned = dict(reversed(SECTIONS.items()))
    add(room, library, manual(tmp_path / "a.md", turned))
    assert {text: place[0] for text, place in passages(room).items()} == {
        text: place[0] for text, place in before.items()
    }
    assert [passages(room)[SECTIONS[name]][1] for name in turned] == [0, 1, 2]


def test_the_receipt_says_how_many_passages_stayed(
    room: Workspace, library: LibraryView, tmp_path: Path
) -> None:
    add(room, library, manual(tmp_path / "a.md", SECTIONS))
    (newer,) = add(room, library, manual(tmp_path / "a.md", SECTIONS | {"Valves": "Closed at night."}))
    document = get_document(room, newer)
    assert (document.passages, document.embedded, document.kept) == (3, 3, 2)


def test_counts_are_true_after_a_change(room: Workspace, library: LibraryView, tmp_path: Path) -> None:
    add(room, library, manual(tmp_path / "a.md", SECTIONS))
    add(room, library, manual(tmp_path / "a.md", {"Lids": SECTIONS["Lids"], "Hoses": "Hoses are blue."}))
    assert term_counts(room) == recounted(room)
    assert get_library(room, library.id).passages == len(passages(room)) == 2
    assert count(room, Document) == count(room, Blob) == 1


def test_the_same_text_in_another_file_is_not_embedded_again(
    room: Workspace, library: LibraryView, tmp_path: Path, embedded: list[str]
) -> None:
    add(room, library, manual(tmp_path / "a.md", SECTIONS))
    embedded.clear()
    add(room, library, manual(tmp_path / "b.md", SECTIONS | {"Hoses": "Hoses are blue."}))
    assert embedded == ["Manual\nHoses\nHoses are blue."]


def test_a_text_that_stands_twice_in_one_upload_is_embedded_once(
    room: Workspace, library: LibraryView, tmp_path: Path, embedded: list[str]
) -> None:
    add(room, library, manual(tmp_path / "a.md", SECTIONS), manual(tmp_path / "b.md", SECTIONS | {"X": "Y."}))
    assert len(embedded) == len(set(embedded)) == 4


def test_tags_and_a_date_given_by_a_person_stay_with_the_newer_version(
    room: Workspace, library: LibraryView, tmp_path: Path
) -> None:
    from datetime import date

    (older,) = add(room, library, manual(tmp_path / "a.md", SECTIONS))
    set_tags(room, older, ["pumps", "Pumps", " 2024 "])
    set_date(room, older, date(2024, 5, 1))
    (newer,) = add(room, library, manual(tmp_path / "a.md", SECTIONS | {"X": "Y."}))
    document = get_document(room, newer)
    assert (document.tags, document.dated) == (("pumps", "2024"), date(2024, 5, 1))


def test_reading_again_keeps_what_comes_out_the_same(
    room: Workspace, library: LibraryView, tmp_path: Path, embedded: list[str]
) -> None:
    ids = add(room, library, manual(tmp_path / "a.md", SECTIONS))
    before, _ = passages(room), embedded.clear()
    assert read_again(room, library.id, ids) == 1
    ingest_documents(room, document_ids=ids)
    assert (passages(room), embedded) == (before, [])
    assert get_document(room, ids[0]).state == "ready"


def test_a_document_of_an_older_reader_can_be_read_again_and_is_found_meanwhile(
    room: Workspace, library: LibraryView, tmp_path: Path
) -> None:
    ids = add(room, library, manual(tmp_path / "a.md", SECTIONS))
    with room.session() as session:
        session.execute(sa.update(Document).where(Document.id == ids[0]).values(reader=1))
    assert get_document(room, ids[0]).outdated
    assert (outdated_documents(room, library.id), read_again(room, library.id)) == (1, 1)
    assert len(found(room, library, "lid")) == 3
    ingest_documents(room, document_ids=ids)
    assert outdated_documents(room, library.id) == 0


def test_a_document_that_cannot_be_read_again_stays_as_it_was(
    room: Workspace, library: LibraryView, tmp_path: Path
) -> None:
    ids = add(room, library, manual(tmp_path / "a.md", SECTIONS))
    with room.session() as session:
        original = room.blobs.path(original_of(session.scalars(sa.select(Document)).one()))
    original.unlink()
    read_again(room, library.id, ids)
    ingest_documents(room, document_ids=ids)
    document = get_document(room, ids[0])
    assert document.state == "ready"
    assert "no longer stored" in document.warnings[-1]
    assert len(found(room, library, "lid")) == 3


def test_going_back_to_the_older_content_drops_the_newer_one_that_still_waits(
    room: Workspace, library: LibraryView, tmp_path: Path
) -> None:
    add(room, library, write_text(tmp_path / "a.txt", "The lid is red."))
    newer = add_documents(room, library.id, [write_text(tmp_path / "a.txt", "The lid is green.")])
    add(room, library, write_text(tmp_path / "a.txt", "The lid is red."))
    ingest_documents(room, document_ids=list(newer))
    assert found(room, library, "lid") == ["The lid is red."]
    assert len(list_documents(room, library.id)) == count(room, Blob) == 1


def test_a_job_whose_documents_are_all_gone_does_nothing(room: Workspace) -> None:
    ingest.ingest_documents(room, document_ids=[10**9])
    assert count(room, Document) == 0


def test_a_summary_is_stored_with_the_document_and_never_searched(
    room: Workspace, library: LibraryView, engine: Engine, tmp_path: Path
) -> None:
    (document,) = add(room, library, manual(tmp_path / "a.md", SECTIONS))
    with room.session() as session:
        (summary,) = session.scalars(sa.select(Passage).where(Passage.kind == "summary"))
    assert summary.text == get_document(room, document).summary != ""
    assert summary.text not in found(room, library, summary.text, limit=10)
