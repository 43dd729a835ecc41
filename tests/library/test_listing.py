"""Documents a page at a time: filtered, ordered and counted by the database."""

import time

import pytest
import sqlalchemy as sa

from studio.library.listing import Wanted, document_names, find_documents, standing_of
from studio.store.database import Workspace
from studio.store.tables import Document, Library

pytestmark = pytest.mark.postgres


@pytest.fixture
def shelf(room: Workspace) -> int:
    """10,000 documents: every 100th failed, every 50th is waiting."""
    with room.session() as session:
        library = Library(
            workspace_id=room.id, name="Shelf", embedding_model="m", embedding_revision="1", dimension=3
        )
        session.add(library)
        session.flush()
        rows = [
            {
                "workspace_id": room.id,
                "library_id": library.id,
                "name": f"manual-{n}.pdf",
                "sha256": str(n),
                "state": "failed" if n % 100 == 0 else "waiting" if n % 50 == 0 else "ready",
                "receipt": {"bytes": 600, "passages": 1, "embedded": 1, "embedding_seconds": 0.5}
                | ({"also": ["50%_off.pdf"]} if n == 7 else {}),
                "tags": ["rare"] if n == 3 else [],
            }
            for n in range(10_000)
        ]
        session.execute(sa.insert(Document), rows)
        return library.id


def test_a_page_of_ten_thousand_documents_comes_quickly(room: Workspace, shelf: int) -> None:
    began = time.perf_counter()
    standing = standing_of(room, shelf)
    found = find_documents(room, shelf, Wanted(), 0, 10)
    seconds = time.perf_counter() - began
    assert (found.total, len(found.documents), standing.failed) == (10_000, 10, 100)
    assert seconds < 2, f"{seconds:.2f} s"


def test_failed_ones_come_first_then_those_being_read_then_the_newest(room: Workspace, shelf: int) -> None:
    first = find_documents(room, shelf, Wanted(), 98, 4).documents
    assert [one.state for one in first] == ["failed", "failed", "waiting", "waiting"]
    assert find_documents(room, shelf, Wanted(), 200, 1).documents[0].name == "manual-9999.pdf"


def test_words_states_and_tags_narrow_what_is_found(room: Workspace, shelf: int) -> None:
    def names(**wanted: str) -> list[str]:
        return [one.name for one in find_documents(room, shelf, Wanted(**wanted), 0, 3).documents]

    assert names(words="MANUAL -4321") == ["manual-4321.pdf"]
    assert names(words="50%_off") == ["manual-7.pdf"]
    assert names(tag="rare") == ["manual-3.pdf"]
    assert names(state="Being read", words="manual-150") == ["manual-150.pdf"]
    assert names(words="nothing") == []


def test_the_time_left_adds_up_over_those_that_came_before(room: Workspace, shelf: int) -> None:
    waiting = find_documents(room, shelf, Wanted(state="Being read"), 98, 2).documents
    assert [one.name for one in waiting] == ["manual-150.pdf", "manual-50.pdf"]
    later, first = (one.seconds_left or 0 for one in waiting)
    assert later == pytest.approx(2 * first, rel=0.1) and first > 0


def test_all_names_are_there_to_choose_from(room: Workspace, shelf: int) -> None:
    names = document_names(room, shelf)
    assert (len(names), names[0].title) == (10_000, "manual-9999.pdf")
    assert standing_of(room, shelf).tags == ["rare"]
