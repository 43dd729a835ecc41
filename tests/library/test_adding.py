"""Files as people have them: twins, strange names, archives, versions of a table of rows."""

import io
import json
import unicodedata
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from studio.errors import BadInput
from studio.library.documents import get_document, list_documents
from studio.library.intake.adding import Upload, add_documents
from studio.library.intake.ingest import ingest_documents
from studio.library.intake.names import LONGEST, display_name, free_name
from studio.library.intake.reading import Wanted, read_documents
from studio.library.libraries import LibraryView, create_library
from studio.library.removing import delete_documents
from studio.store.database import Workspace
from studio.store.tables import Blob, Document
from tests.library.counting import count, recounted, term_counts
from tests.library.samples import add, found, write_text


def names(room: Workspace, library: LibraryView) -> list[str]:
    return sorted(document.name for document in list_documents(room, library.id))


def write_zip(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def write_rows(path: Path, texts: dict[str, str]) -> Path:
    rows = [{"_id": key, "title": key, "text": text} for key, text in texts.items()]
    return write_text(path, "\n".join(map(json.dumps, rows)))


def test_a_name_never_leaves_its_folder() -> None:
    assert display_name("../../etc/a.txt") == "etc/a.txt"


def test_a_name_without_anything_to_see_is_refused() -> None:
    with pytest.raises(BadInput, match="without a name"):
        display_name("../\u200b ")


def test_both_spellings_of_an_accent_are_one_name() -> None:
    assert display_name(unicodedata.normalize("NFD", "Köln.txt")) == unicodedata.normalize("NFC", "Köln.txt")


def test_long_names_stay_different_and_keep_their_suffix() -> None:
    first, second = (display_name("x" * 300 + end) for end in ("a.txt", "b.txt"))
    assert first != second
    assert (len(first), first[-4:]) == (LONGEST, ".txt")


def test_a_name_that_is_taken_gets_a_number() -> None:
    assert free_name("docs/a.txt", {"docs/a.txt", "docs/a (2).txt"}) == "docs/a (3).txt"


@pytest.mark.postgres
@pytest.mark.model
class TestInALibrary:
    """With the database and the engine."""

    def test_two_files_of_one_name_in_one_upload_are_two_documents(
        self, room: Workspace, library: LibraryView, tmp_path: Path
    ) -> None:
        for folder in ("x", "y"):
            (tmp_path / folder).mkdir()
        files = [write_text(tmp_path / folder / "a.txt", f"About {folder}.") for folder in ("x", "y")]
        added = add_documents(room, library.id, files)
        assert names(room, library) == ["a (2).txt", "a.txt"]
        assert "the second is kept as a (2).txt" in added.notes[0]

    def test_the_same_content_under_another_name_is_told(
        self, room: Workspace, library: LibraryView, tmp_path: Path
    ) -> None:
        (first,) = add(room, library, write_text(tmp_path / "a.txt", "The lid is red."))
        added = add_documents(room, library.id, [write_text(tmp_path / "b.txt", "The lid is red.")])
        assert (list(added), added.unchanged) == ([first], 1)
        assert added.notes == ["b.txt has the same content as a.txt; it is kept once."]
        assert get_document(room, first).also == ("b.txt",)

    def test_twins_of_one_drop_are_told_once_and_not_as_there_already(
        self, room: Workspace, library: LibraryView
    ) -> None:
        drop = [Upload(name, io.BytesIO(b"The lid is red.")) for name in ("again.md", "notes.md")]
        added = add_documents(room, library.id, drop)
        assert added.notes == ["notes.md has the same content as again.md; it is kept once."]
        assert (len(added), added.unchanged) == (1, 0)

    def test_a_document_goes_on_under_its_other_name_when_one_of_the_files_changes(
        self, room: Workspace, library: LibraryView, tmp_path: Path
    ) -> None:
        add(room, library, write_text(tmp_path / "a.txt", "The lid is red."))
        add(room, library, write_text(tmp_path / "b.txt", "The lid is red."))
        add(room, library, write_text(tmp_path / "a.txt", "The lid is green."))
        assert names(room, library) == ["a.txt", "b.txt"]
        assert set(found(room, library, "lid")) == {"The lid is red.", "The lid is green."}

    def test_a_file_that_became_the_copy_of_another_leaves_nothing_of_its_old_content(
        self, room: Workspace, library: LibraryView, tmp_path: Path
    ) -> None:
        add(room, library, write_text(tmp_path / "a.txt", "The lid is red."))
        add(room, library, write_text(tmp_path / "b.txt", "The hose is blue."))
        add(room, library, write_text(tmp_path / "b.txt", "The lid is red."))
        assert (names(room, library), found(room, library, "hose lid")) == (["a.txt"], ["The lid is red."])

    def test_adding_a_failed_file_again_tries_it_again(
        self, room: Workspace, library: LibraryView, tmp_path: Path
    ) -> None:
        path = write_text(tmp_path / "a.txt", "The lid is red.")
        (document,) = add_documents(room, library.id, [path])
        with room.session() as session:
            session.execute(sa.update(Document).where(Document.id == document).values(state="failed"))
        assert add_documents(room, library.id, [path]) == [document]
        assert get_document(room, document).state == "waiting"

    def test_a_refused_copy_under_another_name_takes_nothing_from_the_file_of_the_same_drop(
        self, room: Workspace, library: LibraryView
    ) -> None:
        text = b"The lid is red."
        drop = [Upload("a.txt", io.BytesIO(text)), Upload("b.pdf", io.BytesIO(text))]
        added = add_documents(room, library.id, drop)
        ingest_documents(room, document_ids=list(added))
        assert (len(added.refused), get_document(room, added[0]).state) == (1, "ready")

    def test_a_refused_file_leaves_nothing_in_the_folder(self, room: Workspace, library: LibraryView) -> None:
        with pytest.raises(BadInput):
            add_documents(room, library.id, [Upload("b.pdf", io.BytesIO(b"The lid is red."))])
        assert (everything_stored(room), count(room, Blob)) == ("", 0)

    def test_an_original_stays_while_its_twin_is_deleted_by_somebody_else(
        self, room: Workspace, library: LibraryView
    ) -> None:
        other = create_library(room, "Other").id
        for number in range(25):
            content = f"Lid {number}.".encode()
            first = list(add_documents(room, library.id, [Upload("a.txt", io.BytesIO(content))]))
            twin = [Upload("b.txt", io.BytesIO(content))]
            at_once(partial(delete_documents, room, first), partial(add_documents, room, other, twin))
        stored = {path.name for path in (room.settings.data / "blobs" / str(room.id)).glob("??/*")}
        with room.session() as session:
            documents = set(
                session.scalars(sa.select(Document.sha256).where(Document.workspace_id == room.id))
            )
        assert stored == documents

    def test_two_who_delete_rows_of_one_file_leave_only_the_other_rows(
        self, room: Workspace, library: LibraryView, tmp_path: Path
    ) -> None:
        for number in range(8):
            texts = {f"{number}-{row}": f"Pump {number}-{row}, canary." for row in range(6)}
            texts |= {f"{number}-kept": f"Pump {number}, kept."}
            ids = add_documents(room, library.id, [write_rows(tmp_path / "pumps.jsonl", texts)])
            at_once(*(partial(delete_documents, room, [some]) for some in ids[:6]))
        assert "canary" not in everything_stored(room)
        assert everything_stored(room).count(", kept.") == 8

    def test_every_file_of_an_archive_is_a_document_and_what_cannot_be_read_is_listed(
        self, room: Workspace, library: LibraryView, tmp_path: Path
    ) -> None:
        files = {"docs/a.txt": "Valves.", "docs/b.md": "# Lids\n\nRed.", "logo.xyz": "?", "empty.txt": ""}
        added = add_documents(room, library.id, [write_zip(tmp_path / "all.zip", files)])
        assert names(room, library) == ["docs/a.txt", "docs/b.md"]
        assert sorted(sentence.split(" ")[0] for sentence in added.refused) == ["empty.txt", "logo.xyz"]

    def test_an_archive_from_a_browser_is_taken_too(
        self, room: Workspace, library: LibraryView, tmp_path: Path
    ) -> None:
        path = write_zip(tmp_path / "all.zip", {"a.txt": "Valves."})
        with path.open("rb") as content:
            add_documents(room, library.id, [Upload("all.zip", content)], tags=["new"])
        (document,) = list_documents(room, library.id)
        assert (document.name, document.tags) == ("a.txt", ("new",))

    def test_the_same_rows_again_read_nothing_and_keep_one_original(
        self, room: Workspace, library: LibraryView, tmp_path: Path
    ) -> None:
        texts = {f"p{n}": f"Pump {n}." for n in range(3)}
        ids = add(room, library, write_rows(tmp_path / "pumps.jsonl", texts))
        added = add_documents(
            room, library.id, [write_rows(tmp_path / "pumps.jsonl", dict(reversed(texts.items())))]
        )
        assert (set(added), added.unchanged) == (set(ids), 3)
        assert count(room, Blob) == 1

    def test_rows_are_read_although_another_row_of_their_file_is_deleted_meanwhile(
        self, room: Workspace, library: LibraryView, tmp_path: Path
    ) -> None:
        texts = {f"p{n}": f"Pump {n}." for n in range(3)}
        ids = list(add_documents(room, library.id, [write_rows(tmp_path / "pumps.jsonl", texts)]))
        with room.session() as session:
            sources = [session.get_one(Document, one).receipt["source"] for one in ids]
        wanted = [
            Wanted(one, "p", source["sha256"], source["name"], source["line"])
            for one, source in zip(ids, sources, strict=True)
        ]
        delete_documents(room, ids[:1])  # after the job has noted where its rows stand
        read = dict(read_documents(room, wanted[1:], lambda some: True))
        assert [getattr(outcome, "text", outcome) for outcome in read.values()] == ["Pump 1.", "Pump 2."]

    def test_of_a_changed_row_nothing_stays_in_the_originals(
        self, room: Workspace, library: LibraryView, tmp_path: Path
    ) -> None:
        texts = {f"p{n}": f"Pump {n}." for n in range(3)}
        add(room, library, write_rows(tmp_path / "pumps.jsonl", texts | {"p1": "The canary sings."}))
        add(room, library, write_rows(tmp_path / "pumps.jsonl", texts))
        assert "canary" not in everything_stored(room)
        assert term_counts(room) == recounted(room)

    def test_of_a_deleted_row_nothing_stays_in_the_originals(
        self, room: Workspace, library: LibraryView, tmp_path: Path
    ) -> None:
        texts = {"p0": "Pump 0.", "p1": "The canary sings.", "p2": "Pump 2."}
        ids = add(room, library, write_rows(tmp_path / "pumps.jsonl", texts))
        delete_documents(room, [ids[1]])
        assert "canary" not in everything_stored(room)
        with room.session() as session:
            session.execute(sa.update(Document).values(state="waiting"))
        ingest_documents(room, document_ids=ids)
        assert {document.state for document in list_documents(room, library.id)} == {"ready"}


def everything_stored(room: Workspace) -> str:
    folder = room.settings.data / "blobs" / str(room.id)
    return "".join(path.read_text() for path in folder.rglob("*") if path.is_file())


def at_once(*calls: Callable[[], object]) -> None:
    """All in threads of their own; what goes wrong in one is raised here."""
    with ThreadPoolExecutor(len(calls)) as pool:
        for running in [pool.submit(call) for call in calls]:
            running.result()


@pytest.mark.postgres
def test_a_file_refused_inside_an_archive_names_it(
    room: Workspace, library: LibraryView, tmp_path: Path
) -> None:
    path = write_zip(tmp_path / "all.zip", {"a.txt": "Valves.", "photo.png": "no picture"})
    (refused,) = add_documents(room, library.id, [path]).refused
    assert refused.endswith("It is in all.zip.")
