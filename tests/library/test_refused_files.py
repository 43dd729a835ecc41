"""What a library refused stays visible with its reason, and nothing else of it."""

import io
from contextlib import suppress

import pytest

from studio.errors import BadInput
from studio.library.intake.adding import Upload, add_documents
from studio.library.intake.refusals import dismiss_refusals, list_refusals
from studio.library.libraries import LibraryView
from studio.library.removing import delete_library
from studio.store.database import Workspace

pytestmark = pytest.mark.postgres


def offer(room: Workspace, library: LibraryView, **files: bytes) -> None:
    """Names are given without their ending, .txt."""
    uploads = [Upload(f"{name}.txt", io.BytesIO(content)) for name, content in files.items()]
    with suppress(BadInput):
        add_documents(room, library.id, uploads)


def kept(room: Workspace, library: LibraryView) -> dict[str, str]:
    return {one.name: one.reason for one in list_refusals(room, library.id)}


def test_a_refused_file_is_kept_with_its_reason(room: Workspace, library: LibraryView) -> None:
    offer(room, library, empty=b"", lid=b"The lid is red.")
    assert kept(room, library) == {"empty.txt": "empty.txt is empty."}


def test_the_same_file_refused_again_has_one_receipt_with_the_newest_reason(
    room: Workspace, library: LibraryView
) -> None:
    offer(room, library, lid=b"")
    offer(room, library, lid=b"\x00\x01\x02" * 50)
    assert "not a text file" in kept(room, library)["lid.txt"]


def test_a_file_of_that_name_that_is_taken_in_settles_the_refusal(
    room: Workspace, library: LibraryView
) -> None:
    offer(room, library, lid=b"", hose=b"")
    offer(room, library, lid=b"The lid is red.")
    assert list(kept(room, library)) == ["hose.txt"]


def test_of_two_files_of_one_name_the_refused_one_stays_visible(
    room: Workspace, library: LibraryView
) -> None:
    contents = (b"The lid is red.", b"")
    add_documents(room, library.id, [Upload("empty.txt", io.BytesIO(content)) for content in contents])
    assert list(kept(room, library)) == ["empty.txt"]


def test_a_dismissed_refusal_is_gone_and_the_others_stay(room: Workspace, library: LibraryView) -> None:
    offer(room, library, lid=b"", hose=b"")
    dismiss_refusals(room, library.id, [one.id for one in list_refusals(room, library.id)][:1])
    assert len(kept(room, library)) == 1


def test_a_file_without_a_usable_name_is_kept_too(room: Workspace, library: LibraryView) -> None:
    with pytest.raises(BadInput):
        add_documents(room, library.id, [Upload("../\0", io.BytesIO(b"The lid is red."))])
    assert list(kept(room, library)) == ["A file without a name"]


def test_refusals_go_with_their_library(room: Workspace, library: LibraryView) -> None:
    offer(room, library, lid=b"")
    delete_library(room, library.id)
    assert kept(room, library) == {}
