"""A library that has outgrown the exact scan: the same passages are found by indexes of its own."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest
import sqlalchemy as sa

from bench import passages
from studio.library.finding.candidates import find_candidates
from studio.library.finding.filters import EVERYTHING, Filter
from studio.library.finding.search import Hit, SearchOptions, find_passages
from studio.library.finding.vector_index import build_if_large, drop_vector_index, index_library
from studio.library.intake.storing import store_passages
from studio.library.removing import delete_documents, delete_library
from studio.store.database import Database, Workspace
from studio.store.tables import Document, Library, Passage, TermPassages

pytestmark = pytest.mark.postgres

PASSAGES = 6000  # as many as are no longer scanned
QUESTIONS = list(zip(passages.texts(25, 9, 9), passages.vectors(25, 9), strict=True))


@pytest.fixture(scope="module")
def own_room(database: Database) -> Workspace:
    return database.workspace("large libraries")


@pytest.fixture(scope="module")
def large(own_room: Workspace) -> Iterator[int]:
    library = passages.filled_library(own_room, "Large", PASSAGES)
    index_library(own_room, library_id=library.id)
    yield library.id
    delete_library(own_room, library.id)


def searched(room: Workspace, library_id: int, wanted: Filter = EVERYTHING) -> list[list[Hit]]:
    options = SearchOptions(wanted)
    return [find_passages(room, library_id, *one[:1], 10, one[1], options) for one in QUESTIONS]


def scanned(room: Workspace, library_id: int, wanted: Filter = EVERYTHING) -> list[list[Hit]]:
    """The same by an exact scan: a library without an index is scanned."""
    name = switched(room, library_id, None)
    try:
        return searched(room, library_id, wanted)
    finally:
        switched(room, library_id, name)


def switched(room: Workspace, library_id: int, name: str | None) -> str | None:
    with room.session() as session:
        library = session.get_one(Library, library_id)
        before, library.vector_index = library.vector_index, name
        return before


def agreement(found: Sequence[list[Hit]], expected: Sequence[list[Hit]]) -> float:
    """The share of the expected passages that were found."""
    pairs = list(zip(found, expected, strict=True))
    same = [{hit.passage_id for hit in a} & {hit.passage_id for hit in b} for a, b in pairs]
    return sum(map(len, same)) / sum(len(b) for _, b in pairs)


def indexes(database: Database, library_id: int) -> list[str]:
    named = sa.text("SELECT indexname FROM pg_indexes WHERE indexname LIKE :name")
    with database.engine.connect() as connection:
        return list(connection.scalars(named, {"name": f"passages\\_of\\_library\\_{library_id}\\_%"}))


def test_its_index_is_used(own_room: Workspace, large: int, database: Database) -> None:
    before = scans(database, large)
    searched(own_room, large)
    database.engine.dispose()  # a connection that ends tells what it did, in its own time
    end = time.monotonic() + 20
    while scans(database, large) < before + len(QUESTIONS):
        assert time.monotonic() < end, "the index was not used"
        time.sleep(0.2)


def scans(database: Database, library_id: int) -> int:
    counted = sa.text("SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = :name")
    with database.engine.connect() as connection:
        return connection.scalar(counted, {"name": indexes(database, library_id)[0]}) or 0


def test_indexes_find_what_the_exact_scan_finds(own_room: Workspace, large: int) -> None:
    assert agreement(searched(own_room, large), scanned(own_room, large)) >= 0.99


def test_candidates_for_measuring_hold_the_best_that_a_search_finds(own_room: Workspace, large: int) -> None:
    with own_room.session() as session:
        library = session.get_one(Library, large)
    questions, vectors = [text for text, _ in QUESTIONS], np.array([vector for _, vector in QUESTIONS])
    tried = find_candidates(own_room, library, questions, vectors)
    for hits, candidates in zip(searched(own_room, large), tried, strict=True):
        assert {hit.passage_id for hit in hits} <= set(candidates.passages.tolist())


def test_a_passage_that_came_after_the_indexes_is_found(own_room: Workspace) -> None:
    library = passages.filled_library(own_room, "Growing", 300)
    index_library(own_room, library_id=library.id)
    with own_room.session() as session:
        document = session.scalars(sa.select(Document).where(Document.library_id == library.id)).first()
        assert document is not None
        (made,) = passages.arrivals([document.id], 1, seed=77)
        late = replace(made, piece=replace(made.piece, position=900))
        store_passages(session, session.get_one(Library, library.id), [late], passages.vectors(1, seed=77))
    question = " ".join(late.piece.text.split()[:12])
    best = find_passages(own_room, library.id, question, 1, passages.vectors(1, seed=78)[0])[0]
    assert best.text == late.piece.text


def test_a_deleted_document_is_no_longer_found(own_room: Workspace) -> None:
    library = passages.filled_library(own_room, "Shrinking", 600)
    index_library(own_room, library_id=library.id)
    before = searched(own_room, library.id)
    delete_documents(own_room, [before[0][0].document_id])
    after = searched(own_room, library.id)
    gone = before[0][0].document_id
    assert all(hit.document_id != gone for hits in after for hit in hits)
    assert all(len(hits) == 10 for hits in after)


def test_a_narrow_filter_finds_all_it_allows(own_room: Workspace, large: int) -> None:
    with own_room.session() as session:
        mine = sa.select(Document.id).where(Document.library_id == large).order_by(Document.id)
        few = Filter(documents=tuple(session.scalars(mine.limit(1))))
    found = searched(own_room, large, few)
    assert agreement(found, scanned(own_room, large, few)) == 1
    assert all(len(hits) == 10 for hits in found)


def test_a_wide_filter_goes_through_the_index_and_returns_enough(
    own_room: Workspace, large: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the limit of the exact scan lowered, so that half of the library is too much for it."""
    monkeypatch.setattr("studio.library.finding.search.SCANNED_WHOLE", 100)
    with own_room.session() as session:
        half = sa.select(Document.id).where(Document.library_id == large, Document.id % 2 == 0)
        wide = Filter(documents=tuple(session.scalars(half)))
    found = searched(own_room, large, wide)
    assert agreement(found, scanned(own_room, large, wide)) >= 0.95
    assert {hit.document_id for hits in found for hit in hits} <= set(wide.documents)


def test_another_workspace_never_appears(own_room: Workspace, large: int, room: Workspace) -> None:
    theirs = passages.filled_library(room, "Theirs", 200)
    index_library(room, library_id=theirs.id)
    with own_room.session() as session:
        ours = set(session.scalars(sa.select(Document.id).where(Document.workspace_id == own_room.id)))
    assert {hit.document_id for hits in searched(own_room, large) for hit in hits} <= ours
    assert not {hit.document_id for hits in searched(room, theirs.id) for hit in hits} & ours


def test_only_a_large_library_asks_for_the_job(own_room: Workspace, large: int) -> None:
    small = passages.filled_library(own_room, "Small", 60)
    assert build_if_large(own_room, small.id, large=60) is None
    assert build_if_large(own_room, small.id, large=59) is not None
    assert build_if_large(own_room, large, large=1000) is None  # it has all it needs


def test_building_again_changes_nothing(own_room: Workspace, large: int, database: Database) -> None:
    before = searched(own_room, large)
    index_library(own_room, library_id=large)
    assert searched(own_room, large) == before
    assert len(indexes(database, large)) == 1


def test_the_index_goes_with_its_library(own_room: Workspace, database: Database) -> None:
    library = passages.filled_library(own_room, "Gone", 60)
    index_library(own_room, library_id=library.id)
    assert len(indexes(database, library.id)) == 1
    delete_library(own_room, library.id)
    assert indexes(database, library.id) == []
    with own_room.session() as session:
        for table in (Passage, TermPassages):
            left = sa.select(sa.func.count()).select_from(table).where(table.library_id == library.id)
            assert session.scalar(left) == 0


def test_without_its_index_a_library_is_scanned(own_room: Workspace) -> None:
    library = passages.filled_library(own_room, "Switching", 60)
    index_library(own_room, library_id=library.id)
    drop_vector_index(own_room, library.id)
    assert all(len(hits) == 10 for hits in searched(own_room, library.id))
