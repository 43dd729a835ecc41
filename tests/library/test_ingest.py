"""Documents going in and out: what is ready is complete, what is gone leaves nothing."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from studio.errors import BadInput, NotFound
from studio.library.documents import delete_document, get_document, list_documents, retry_document
from studio.library.intake.adding import Upload, add_documents
from studio.library.intake.ingest import ingest_documents
from studio.library.libraries import LibraryView, create_library, get_library
from studio.library.removing import delete_library
from studio.store.database import Workspace
from studio.store.tables import Blob, Document, Passage, TermCount
from tests.library.counting import count, recounted, term_counts
from tests.library.samples import LONG_TEXT, add, found, write_docx, write_pdf, write_text

pytestmark = [pytest.mark.postgres, pytest.mark.model]


def test_a_document_is_ready_with_a_receipt(room: Workspace, library: LibraryView, tmp_path: Path) -> None:
    (document_id,) = add(room, library, write_docx(tmp_path / "pump.docx"))
    document = get_document(room, document_id)
    assert (document.state, document.title, document.tables) == ("ready", "Pump manual", 1)
    assert document.passages == document.embedded == get_library(room, library.id).passages > 0


def test_nothing_is_found_before_all_of_it_is_in(
    room: Workspace, library: LibraryView, tmp_path: Path
) -> None:
    ids = add_documents(room, library.id, [write_text(tmp_path / "a.txt", "Valves open slowly.")])
    assert found(room, library, "valves") == []
    ingest_documents(room, document_ids=list(ids))
    assert found(room, library, "valves") == ["Valves open slowly."]


def test_the_same_file_twice_is_one_document(room: Workspace, library: LibraryView, tmp_path: Path) -> None:
    first = add(room, library, write_text(tmp_path / "a.txt", LONG_TEXT))
    second = add(room, library, write_text(tmp_path / "b.txt", LONG_TEXT))
    assert first == second
    assert len(list_documents(room, library.id)) == 1


def test_a_job_that_runs_twice_changes_nothing(room: Workspace, library: LibraryView, tmp_path: Path) -> None:
    ids = add(room, library, write_text(tmp_path / "a.txt", LONG_TEXT))
    before = (count(room, Passage), term_counts(room))
    ingest_documents(room, document_ids=ids)
    assert (count(room, Passage), term_counts(room)) == before


def test_a_changed_file_replaces_the_old_one_once_it_is_ready(
    room: Workspace, library: LibraryView, tmp_path: Path
) -> None:
    add(room, library, write_text(tmp_path / "a.txt", "The lid is red."))
    ids = add_documents(room, library.id, [write_text(tmp_path / "a.txt", "The lid is green.")])
    assert found(room, library, "lid") == ["The lid is red."]
    ingest_documents(room, document_ids=list(ids))
    assert found(room, library, "lid") == ["The lid is green."]
    assert count(room, Blob) == 1


def test_json_rows_are_documents_of_their_own(room: Workspace, library: LibraryView, tmp_path: Path) -> None:
    rows = [
        {"_id": f"p{n}", "title": f"Pump {n}", "text": f"Pump {n} weighs {n} kilograms."} for n in range(3)
    ]
    add(room, library, write_text(tmp_path / "pumps.jsonl", "\n".join(map(json.dumps, rows))))
    documents = {document.external_id: document for document in list_documents(room, library.id)}
    assert (documents["p2"].title, documents["p2"].state) == ("Pump 2", "ready")
    assert count(room, Blob) == 1


def test_a_json_row_that_changed_replaces_only_itself(
    room: Workspace, library: LibraryView, tmp_path: Path
) -> None:
    rows = [{"_id": f"p{n}", "text": f"Pump {n} weighs {n} kilograms."} for n in range(3)]
    add(room, library, write_text(tmp_path / "pumps.jsonl", "\n".join(map(json.dumps, rows))))
    kept = {document.external_id: document.id for document in list_documents(room, library.id)}
    rows[1]["text"] = "Pump 1 weighs 99 kilograms."
    add(room, library, write_text(tmp_path / "pumps.jsonl", "\n".join(map(json.dumps, rows))))
    now = {document.external_id: document.id for document in list_documents(room, library.id)}
    assert [now[key] == kept[key] for key in ("p0", "p1", "p2")] == [True, False, True]
    assert term_counts(room) == recounted(room)


def test_a_refused_file_leaves_nothing_behind(room: Workspace, library: LibraryView, tmp_path: Path) -> None:
    scan = write_pdf(tmp_path / "scan.pdf", [[]])
    with pytest.raises(BadInput, match="needs OCR"), scan.open("rb") as content:
        add_documents(room, library.id, [Upload("scan.pdf", content)])
    assert (count(room, Document), count(room, Blob)) == (0, 0)


def test_good_files_go_in_beside_refused_ones(room: Workspace, library: LibraryView, tmp_path: Path) -> None:
    files = [write_text(tmp_path / "a.txt", "Valves."), write_text(tmp_path / "empty.txt", "")]
    added = add_documents(room, library.id, files)
    assert (len(added), added.refused) == (1, ["empty.txt is empty."])


def test_files_of_a_folder_are_named_by_their_path(
    room: Workspace, library: LibraryView, tmp_path: Path
) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        write_text(tmp_path / folder / "README.md", f"About {folder}.")
    add(room, library, tmp_path)
    assert {document.name for document in list_documents(room, library.id)} == {"a/README.md", "b/README.md"}


def test_a_failed_document_says_why_and_can_be_tried_again(
    room: Workspace, library: LibraryView, tmp_path: Path
) -> None:
    ids = add_documents(room, library.id, [write_text(tmp_path / "a.txt", "Valves open slowly.")])
    with room.session() as session:
        original = room.blobs.path(session.scalars(sa.select(Document.sha256)).one())
    original.rename(tmp_path / "away")
    ingest_documents(room, document_ids=list(ids))
    failed = get_document(room, ids[0])
    assert (failed.state, failed.error) == ("failed", "The original of this document is no longer stored.")
    (tmp_path / "away").rename(original)
    retry_document(room, ids[0])
    ingest_documents(room, document_ids=list(ids))
    assert get_document(room, ids[0]).state == "ready"


def test_deleting_a_document_leaves_nothing_of_it(
    room: Workspace, library: LibraryView, tmp_path: Path
) -> None:
    (gone,) = add(room, library, write_docx(tmp_path / "pump.docx"))
    delete_document(room, gone)
    assert [count(room, table) for table in (Document, Passage, TermCount, Blob)] == [0, 0, 0, 0]
    assert get_library(room, library.id).passages == 0


def test_term_counts_stay_true_while_documents_come_and_go(
    room: Workspace, library: LibraryView, tmp_path: Path
) -> None:
    first, _ = add(
        room,
        library,
        write_text(tmp_path / "a.txt", LONG_TEXT),
        write_text(tmp_path / "b.txt", "Valves and lids."),
    )
    assert term_counts(room) == recounted(room) != {}
    delete_document(room, first)
    assert term_counts(room) == recounted(room) != {}


def test_an_original_shared_by_two_libraries_stays_until_both_are_gone(
    room: Workspace, library: LibraryView, tmp_path: Path
) -> None:
    other = create_library(room, "Other")
    path = write_text(tmp_path / "a.txt", "Valves.")
    add(room, library, path)
    add(room, other, path)
    delete_library(room, library.id)
    assert count(room, Blob) == 1
    delete_library(room, other.id)
    assert count(room, Blob) == 0


def test_a_document_of_another_workspace_cannot_be_deleted(
    room: Workspace, library: LibraryView, tmp_path: Path
) -> None:
    (mine,) = add(room, library, write_text(tmp_path / "a.txt", "Valves."))
    stranger = room.db.workspace("strangers")
    with pytest.raises(NotFound):
        delete_document(stranger, mine)
    assert get_document(room, mine).state == "ready"
