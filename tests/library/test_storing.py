"""Storing: summaries are kept but never searched, and the terms counted are those of the passages."""

import hashlib
from collections import Counter
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bench import passages
from studio.library.finding.search import SearchOptions, find_passages
from studio.library.intake.storing import Arrival, store_passages
from studio.library.removing import delete_documents
from studio.store.database import Workspace
from studio.store.tables import Library, Passage, TermCount

pytestmark = pytest.mark.postgres

VECTORS = passages.vectors(9, seed=5)


def stored(room: Workspace, arrivals: list[Arrival], library: Library) -> None:
    with room.session() as session:
        store_passages(session, session.merge(library), arrivals, VECTORS[: len(arrivals)])


@pytest.fixture
def made(room: Workspace) -> tuple[Library, list[int], list[Arrival]]:
    """A library of two documents with four passages each, not stored yet."""
    library, ids = passages.new_library(room, "Made up", 2)
    return library, ids, passages.arrivals(ids, 8)


def summary_of(arrival: Arrival) -> Arrival:
    return replace(arrival, piece=replace(arrival.piece, kind="summary", position=-1))


def counts(room: Workspace) -> dict[int, int]:
    with room.session() as session:
        return dict(
            tuple(row)
            for row in session.execute(
                sa.select(TermCount.term, TermCount.passages).where(TermCount.workspace_id == room.id)
            )
        )


def recounted(room: Workspace) -> dict[int, int]:
    with room.session() as session:
        held = session.scalars(sa.select(Passage.terms).where(Passage.workspace_id == room.id)).all()
    return dict(Counter(index + 1 for terms in held for index in terms.indices()))


def test_terms_are_counted_over_several_transactions(
    room: Workspace, made: tuple[Library, list[int], list[Arrival]]
) -> None:
    library, _, arrivals = made
    stored(room, arrivals[:3], library)
    stored(room, arrivals[3:], library)
    assert counts(room) == recounted(room) != {}


def test_deleting_a_document_takes_its_counts_along(
    room: Workspace, made: tuple[Library, list[int], list[Arrival]]
) -> None:
    library, ids, arrivals = made
    stored(room, [*arrivals, summary_of(arrivals[0])], library)
    delete_documents(room, ids[:1])
    assert counts(room) == recounted(room) != {}
    with room.session() as session:
        assert session.get_one(Library, library.id).passage_count == 4


def test_a_passage_belongs_to_the_library_of_its_document(
    room: Workspace, made: tuple[Library, list[int], list[Arrival]]
) -> None:
    other, _ = passages.new_library(room, "Other", 1)
    with pytest.raises(IntegrityError, match="foreign key"):
        stored(room, made[2], other)


def test_a_summary_is_stored_but_never_found(
    room: Workspace, made: tuple[Library, list[int], list[Arrival]]
) -> None:
    library, _, arrivals = made
    stored(room, [*arrivals[:2], summary_of(arrivals[2])], library)
    hits = find_passages(room, library.id, arrivals[2].piece.text, vector=VECTORS[2])
    assert {hit.kind for hit in hits} == {"text"} and len(hits) == 2
    with room.session() as session:
        assert session.get_one(Library, library.id).passage_count == 2
        kept = session.scalars(sa.select(Passage.text).where(Passage.kind == "summary")).all()
    assert kept == [arrivals[2].piece.text]


def test_a_summary_changes_no_count(room: Workspace, made: tuple[Library, list[int], list[Arrival]]) -> None:
    library, _, arrivals = made
    stored(room, arrivals[:2], library)
    before = counts(room)
    stored(room, [summary_of(arrivals[2])], library)
    assert counts(room) == before


def test_the_fingerprint_is_that_of_the_text_that_is_embedded(
    room: Workspace, made: tuple[Library, list[int], list[Arrival]]
) -> None:
    library, _, arrivals = made
    stored(room, arrivals[:1], library)
    with room.session() as session:
        kept = session.scalar(sa.select(Passage.fingerprint).where(Passage.library_id == library.id))
    assert kept == hashlib.sha256(arrivals[0].searchable.encode()).digest()


def test_a_search_may_weigh_the_sides_its_own_way(
    room: Workspace, made: tuple[Library, list[int], list[Arrival]]
) -> None:
    library, _, arrivals = made
    stored(room, arrivals, library)
    words, vector = arrivals[1].piece.text, VECTORS[6]
    by_words = find_passages(room, library.id, words, vector=vector, options=SearchOptions(dense_weight=0))
    by_meaning = find_passages(room, library.id, words, vector=vector, options=SearchOptions(dense_weight=1))
    assert (by_words[0].text, by_words[0].lexical_rank) == (words, 1)
    assert (by_meaning[0].text, by_meaning[0].dense_rank) == (arrivals[6].piece.text, 1)


@pytest.mark.parametrize(("weight", "rank"), [(0, "dense_rank"), (1, "lexical_rank")])
def test_a_side_without_weight_is_searched_only_when_asked_for(
    room: Workspace, made: tuple[Library, list[int], list[Arrival]], weight: float, rank: str
) -> None:
    library, _, arrivals = made
    stored(room, arrivals, library)

    def ranks(both: bool) -> set[int | None]:
        options = SearchOptions(dense_weight=weight, both_sides=both)
        hits = find_passages(room, library.id, arrivals[1].piece.text, vector=VECTORS[1], options=options)
        assert hits[0].lexical > 0 and hits[0].cosine > 0.9
        return {getattr(hit, rank) for hit in hits}

    assert ranks(both=False) == {None} and 1 in ranks(both=True)
