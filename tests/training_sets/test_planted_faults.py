"""A small edition of the quality bench: what was planted is found, and little else."""

import os
import time
from pathlib import Path

import pytest

from bench.quality import DETERMINISTIC, FUZZY, GUESSED, found
from studio.training_sets.quality import examine
from studio.training_sets.reading import open_table
from studio.training_sets.shapes.cutting import candidates
from studio.training_sets.shapes.guessing import guess_mapping

MOST_SECONDS = 20


@pytest.fixture(scope="module")
def scores():
    return found(seed=3, total=1_500, share=0.3)


def test_what_was_planted_is_found(scores):
    missed = {kind: s for kind, s in scores.items() if s[0] < (FUZZY if kind in GUESSED else DETERMINISTIC)}
    assert not missed


def test_little_else_is_found(scores):
    wrong = {kind: s for kind, s in scores.items() if s[1] < (FUZZY if kind in GUESSED else DETERMINISTIC)}
    assert not wrong


@pytest.mark.realdata
@pytest.mark.skipif(not os.environ.get("STUDIO_REALDATA"), reason="STUDIO_REALDATA names no folder")
def test_ten_thousand_short_questions_take_seconds():
    path = Path(os.environ["STUDIO_REALDATA"]) / "csv_banking77" / "train.csv"
    table = open_table(path, path.name)
    mapping, began = guess_mapping(table), time.process_time()
    marks = examine(lambda: candidates(table, mapping))
    assert time.process_time() - began < MOST_SECONDS
    assert (marks.total, len(marks.rows["duplicate"])) == (10_003, 4)
    assert 0.02 < len(marks.rows["near_duplicate"]) / marks.total < 0.12
