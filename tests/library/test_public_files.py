"""Public awkward files: each is read, with the text its suite expects, or refused in a sentence."""

import os
from pathlib import Path

import pytest

from docs.formats import PAGE, Outcome, found_share, missing_cells, read_one, written

FOLDER = Path(os.environ.get("STUDIO_REALDATA", "no folder"))
DOCUMENTS = sorted(path for path in FOLDER.glob("docs_awkward/*__*") if path.is_file())
TABLES = sorted(path for path in FOLDER.glob("csv_malformed/*__*") if path.is_file())
ENOUGH = 0.9
EXCEPTIONS = {
    "docling__word_tables.docx": 0.8,  # the expected text repeats a merged cell in every column it covers
}

pytestmark = [
    pytest.mark.realdata,
    pytest.mark.timeout(60),
    pytest.mark.skipif(not DOCUMENTS, reason="STUDIO_REALDATA names no folder with public data"),
]


def name(path: Path) -> str:
    return path.name


def has_truth(path: Path) -> bool:
    return (
        any((path.parent / "truth").glob(f"{path.name}.*"))
        or (path.parent / "truth" / f"{path.stem}.json").exists()
    )


def is_one_sentence_or_two(outcome: Outcome) -> bool:
    return 20 < len(outcome.refusal) < 400 and outcome.refusal.startswith(outcome.name)


@pytest.mark.parametrize("path", DOCUMENTS + TABLES, ids=name)
def test_a_public_file_is_read_or_refused_in_a_sentence(path: Path) -> None:
    outcome = read_one(path)
    if outcome.parsed is None:
        assert is_one_sentence_or_two(outcome)
    else:
        assert outcome.parsed.characters > 0


@pytest.mark.parametrize("path", [path for path in DOCUMENTS if has_truth(path)], ids=name)
def test_the_expected_text_of_a_document_is_found(path: Path) -> None:
    outcome = read_one(path)
    if outcome.parsed is not None and outcome.expected is not None:
        assert found_share(outcome) >= EXCEPTIONS.get(path.name, ENOUGH)


@pytest.mark.parametrize("path", [path for path in TABLES if has_truth(path)], ids=name)
def test_the_expected_cells_of_a_table_are_found(path: Path) -> None:
    assert missing_cells(path, read_one(path)) == []


def test_the_same_handbook_reads_the_same_from_word_and_from_pdf() -> None:
    stem = "cognitive-services-sample-data-files__Multiturn-ContosoBenefits"
    word, printed = (read_one(FOLDER / "docs_awkward" / f"{stem}{suffix}") for suffix in (".docx", ".pdf"))
    assert word.parsed is not None
    same = Outcome(printed.name, "", printed.parsed, "", word.parsed.text)
    assert found_share(same) >= 0.98


def test_the_page_about_formats_says_what_became_of_them() -> None:
    assert PAGE.read_text(encoding="utf-8") == written(FOLDER), "run python -m docs.formats"
