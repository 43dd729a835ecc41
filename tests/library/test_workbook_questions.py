"""Questions that no single row answers: counts, sums, extremes and averages over a workbook are found."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from studio.library.answering.grounds import PASSAGES_IN_PROMPT, find_grounds
from studio.library.finding.search import Hit, find_passages_for_many
from studio.library.libraries import LibraryView
from studio.store.database import Workspace
from tests.library.samples import add
from tests.library.workbook import QUESTIONS, write_workbook

pytestmark = [pytest.mark.postgres, pytest.mark.model]


def holds(text: str, patterns: tuple[str, ...]) -> bool:
    return all(re.search(rf"(?<![\w.])(?:{pattern})(?!\w)", text) for pattern in patterns)


def missed(found: Sequence[Sequence[Hit]]) -> list[str]:
    return [
        question
        for (question, sheet, patterns), hits in zip(QUESTIONS, found, strict=True)
        if not any(hit.place.sheet == sheet and holds(hit.text, patterns) for hit in hits)
    ]


@pytest.fixture
def shop(room: Workspace, library: LibraryView, tmp_path: Path) -> int:
    add(room, library, write_workbook(tmp_path / "tool shop.xlsx"))
    return library.id


def test_questions_over_a_workbook_find_the_row_or_sheet_passage(room: Workspace, shop: int) -> None:
    found = find_passages_for_many(room, shop, [question for question, _, _ in QUESTIONS], 5)
    assert len(QUESTIONS) == 30
    assert len(missed(found)) <= 2, missed(found)


def test_a_model_reads_the_passages_that_search_makes_room_for(room: Workspace, shop: int) -> None:
    asked = [question for question, _, _ in QUESTIONS]
    read = [grounds.hits for grounds in find_grounds(room, shop, asked)]
    assert read == find_passages_for_many(room, shop, asked, PASSAGES_IN_PROMPT)
    assert len(missed(read)) <= 2, missed(read)
