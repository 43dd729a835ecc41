"""Filters: only documents that meet every condition are searched."""

from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from studio.library.finding.filters import Filter
from studio.library.finding.search import SearchOptions, find_passages
from studio.library.libraries import LibraryView
from studio.store.database import Workspace
from studio.store.tables import Document
from tests.library.samples import add, write_text

pytestmark = [pytest.mark.postgres, pytest.mark.model]

NAMES = ("old.txt", "new.md", "undated.txt")


@pytest.fixture
def dated(room: Workspace, library: LibraryView, tmp_path: Path) -> dict[str, int]:
    """About valves: one of 2020 tagged legal and pumps, one of 2026 tagged pumps, one bare."""
    ids = add(room, library, *(write_text(tmp_path / name, f"The valve of {name}.") for name in NAMES))
    with room.session() as session:
        old, new = (session.get_one(Document, document_id) for document_id in ids[:2])
        old.tags, old.dated = ["legal", "pumps"], date(2020, 5, 1)
        new.tags, new.dated = ["pumps"], date(2026, 5, 1)
    return dict(zip(NAMES, ids, strict=True))


def found(room: Workspace, library: LibraryView, wanted: Filter) -> set[str]:
    hits = find_passages(room, library.id, "valve", options=SearchOptions(wanted))
    return {hit.document for hit in hits}


def test_no_condition_is_no_filter(room: Workspace, library: LibraryView, dated: dict[str, int]) -> None:
    assert not Filter() and found(room, library, Filter()) == set(NAMES)


def test_documents_are_chosen_by_id(room: Workspace, library: LibraryView, dated: dict[str, int]) -> None:
    assert found(room, library, Filter(documents=(dated["new.md"],))) == {"new.md"}


@pytest.mark.parametrize(
    ("tags", "names"),
    [
        (("legal",), {"old.txt"}),
        (("legal", "pumps"), {"old.txt", "new.md"}),
        (("nothing",), set()),
    ],
)
def test_one_of_the_tags_is_enough(
    room: Workspace, library: LibraryView, dated: dict[str, int], tags: tuple[str, ...], names: set[str]
) -> None:
    assert found(room, library, Filter(tags=tags)) == names


def test_types_are_suffixes(room: Workspace, library: LibraryView, dated: dict[str, int]) -> None:
    assert found(room, library, Filter(types=("md",))) == {"new.md"}


@pytest.mark.parametrize(
    ("since", "until", "names"),
    [
        (date(2021, 1, 1), None, {"new.md"}),
        (None, date(2020, 5, 1), {"old.txt"}),
        (date(2020, 5, 2), date(2026, 4, 30), set()),
    ],
)
def test_both_ends_of_a_period_belong_to_it(
    room: Workspace,
    library: LibraryView,
    dated: dict[str, int],
    since: date | None,
    until: date | None,
    names: set[str],
) -> None:
    assert found(room, library, Filter(since=since, until=until)) == names


def test_every_condition_must_hold(room: Workspace, library: LibraryView, dated: dict[str, int]) -> None:
    assert found(room, library, Filter(tags=("pumps",), types=("txt",))) == {"old.txt"}


def test_a_condition_that_looks_like_sql_is_only_a_value(
    room: Workspace, library: LibraryView, dated: dict[str, int]
) -> None:
    assert found(room, library, Filter(tags=("x'] OR true --",), types=("txt' OR '1'='1",))) == set()
    with room.session() as session:
        assert session.scalar(sa.select(sa.func.count(Document.id))) == len(NAMES)
