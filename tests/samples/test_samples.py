"""The sample keeps its promises: counts, formats, no leakage, and every answer stands in its document."""

import importlib.util
import re
import subprocess
import sys
from collections import Counter
from itertools import product
from pathlib import Path

import openpyxl
import pytest

_spec = importlib.util.spec_from_file_location("sample_documents", Path(__file__).with_name("documents.py"))
sample = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(sample)

EXAMPLES = sample.rows("examples.csv")
QUESTIONS = sample.rows("questions.csv")
ANSWERABLE = [row for row in QUESTIONS if row["answerable"] == "yes"]
NO_ANSWER = "The documents do not answer this."
VOICE = re.compile(r"^[A-Z].*[.!] By the book: (?P<place>[^.]+(\.\d)?( and [^.]+)?)\.$")


def words_of(text):
    return set(re.findall(r"[a-z0-9]+", text.lower()))


FILLER = words_of("a an the is are of to in for do does i my me how what which when may can must on it at be")


def words(text):
    return words_of(text) - FILLER


def overlap(one, other):
    return len(one & other) / len(one | other)


def facts(text):
    """The numbers and codes of an answer, without the place it ends with."""
    return set(
        re.findall(r"[A-Z]+\d*-[\w-]+|\d+(?:\.\d+)?", text.split(" By the book: ")[0].replace(",", ""))
    )


def test_there_are_at_least_12_documents_in_6_formats():
    files = list(sample.DOCUMENTS.iterdir())
    assert len(files) >= 12
    assert {file.suffix for file in files} >= {".pdf", ".docx", ".md", ".txt", ".html", ".csv", ".xlsx"}


def test_the_handbook_is_a_long_pdf_with_chapters():
    pages = sample.pages_of("handbook.pdf")
    assert len(pages) >= 15
    assert "Contents" in pages[1]
    assert any("14 The end of a clock" in page for page in pages[5:])


def test_the_price_list_has_two_sheets_and_over_40_rows_with_unique_codes():
    book = openpyxl.load_workbook(sample.DOCUMENTS / "price-list.xlsx")
    codes = [row[0] for sheet in book for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert len(book.sheetnames) == 2
    assert len(codes) == len(set(codes)) > 40


def test_the_question_files_have_their_columns_and_counts():
    assert list(EXAMPLES[0]) == ["question", "answer", "topic", "document"]
    assert list(QUESTIONS[0]) == ["question", "reference", "answerable", "topic", "document"]
    assert (len(EXAMPLES), len(QUESTIONS), len(ANSWERABLE)) == (240, 60, 48)


def test_no_question_stands_twice_and_every_topic_has_several():
    questions = [row["question"].lower() for row in EXAMPLES + QUESTIONS]
    assert len(questions) == len(set(questions))
    assert min(Counter(row["topic"] for row in EXAMPLES).values()) >= 5


def test_no_held_out_question_is_reworded_trivially_in_the_examples():
    pairs = product([words(q["question"]) for q in QUESTIONS], [words(e["question"]) for e in EXAMPLES])
    assert max(overlap(held_out, example) for held_out, example in pairs) < 0.6


def test_no_reference_is_the_answer_of_an_example():
    assert not {row["reference"] for row in QUESTIONS} & {row["answer"] for row in EXAMPLES}


def test_a_third_of_the_held_out_facts_stands_in_the_examples():
    lines = (sample.SAMPLES / "source" / "questions.txt").read_text(encoding="utf-8").splitlines()
    kinds = Counter(line.split(" | ")[0] for line in lines if " | " in line and not line.startswith("#"))
    assert kinds["restated"] == 16
    assert kinds["two"] >= 6
    assert kinds["table"] >= 10


def test_every_example_and_reference_speaks_in_the_house_voice():
    for text, longest in [(row["answer"], 40) for row in EXAMPLES] + [
        (row["reference"], 30) for row in ANSWERABLE
    ]:
        assert VOICE.match(text), text
        assert len(text.split()) <= longest, text


def test_questions_without_an_answer_name_no_document():
    rows = [row for row in QUESTIONS if row["answerable"] == "no"]
    assert {(row["reference"], row["document"]) for row in rows} == {(NO_ANSWER, "")}


@pytest.mark.parametrize("name", sorted({row["document"] for row in EXAMPLES + ANSWERABLE}))
def test_every_number_and_code_of_an_answer_stands_in_its_document(name):
    text = " ".join(sample.text_of(file) for file in name.split("; "))
    answers = [
        row.get("answer") or row["reference"] for row in EXAMPLES + ANSWERABLE if row["document"] == name
    ]
    missing = {(fact, answer) for answer in answers for fact in facts(answer) if not _stands_in(fact, text)}
    assert not missing


@pytest.mark.parametrize("row", ANSWERABLE, ids=lambda row: row["question"])
def test_the_words_of_a_reference_stand_in_its_document(row):
    text = words(" ".join(sample.text_of(file) for file in row["document"].split("; ")))
    wanted = words(row["reference"].split(" By the book: ")[0])
    assert len(wanted & text) / len(wanted) >= 0.7


def test_every_named_handbook_section_holds_the_numbers_of_its_answers():
    sections = _handbook_sections()
    for row in EXAMPLES + ANSWERABLE:
        answer = row.get("answer") or row["reference"]
        place = VOICE.match(answer)["place"]
        if place.startswith("Handbook") and " and " not in place:
            section = sections[place.removeprefix("Handbook ")]
            assert all(_stands_in(fact, section) for fact in facts(answer)), answer


def test_every_price_in_an_answer_stands_in_the_row_it_names():
    book = openpyxl.load_workbook(sample.DOCUMENTS / "price-list.xlsx")
    rows = {row[0]: row for sheet in book for row in sheet.iter_rows(min_row=2, values_only=True)}
    for row in EXAMPLES + ANSWERABLE:
        answer = row.get("answer") or row["reference"]
        price, code = re.search(r"([\d.,]+) crowns", answer), re.search(r"Price List ([\w-]+)", answer)
        if price and code:
            assert float(price[1].replace(",", "")) in rows[code[1]], answer


def test_a_rebuild_gives_the_same_bytes(tmp_path):
    subprocess.run([sys.executable, sample.SAMPLES / "build.py", "--out", tmp_path], check=True)
    built = {
        file.relative_to(tmp_path): file.read_bytes() for file in tmp_path.rglob("*.*") if file.is_file()
    }
    assert len(built) == 17
    assert [name for name, content in built.items() if (sample.SAMPLES / name).read_bytes() != content] == []


def _stands_in(fact, text):
    return re.search(rf"(?<![\w.]){re.escape(fact)}(?![\w]|\.\d)", text) is not None


def _handbook_sections():
    text = (sample.SAMPLES / "source" / "handbook.md").read_text(encoding="utf-8").replace(",", "")
    parts = re.split(r"^### (\d+\.\d+) ", text, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))
