"""Questions that no single row answers: counts, sums, extremes and averages over a workbook are found."""

import re
from pathlib import Path

import pytest

from studio.library.finding.search import find_passages_for_many
from studio.library.libraries import LibraryView
from studio.store.database import Workspace
from tests.library.samples import add
from tests.library.workbook import QUESTIONS, write_workbook

pytestmark = [pytest.mark.postgres, pytest.mark.model]


def holds(text: str, patterns: tuple[str, ...]) -> bool:
    return all(re.search(rf"(?<![\w.])(?:{pattern})(?!\w)", text) for pattern in patterns)


def test_questions_over_a_workbook_find_the_row_or_sheet_passage(
    room: Workspace, library: LibraryView, tmp_path: Path
) -> None:
    add(room, library, write_workbook(tmp_path / "tool shop.xlsx"))
    found = find_passages_for_many(room, library.id, [question for question, _, _ in QUESTIONS], 5)
    missed = [
        question
        for (question, sheet, patterns), hits in zip(QUESTIONS, found, strict=True)
        if not any(hit.place.sheet == sheet and holds(hit.text, patterns) for hit in hits)
    ]
    assert len(QUESTIONS) == 30
    assert len(missed) <= 2, missed
