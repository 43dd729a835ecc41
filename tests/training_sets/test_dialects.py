"""Whatever the text and however it is written as CSV, the rows that are read are those that were written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.training_sets.reading import Reading, open_table

MARKED = ("utf-8", "utf-8-sig", "utf-16")
UNMARKED = ("cp1252", "cp1250")
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
AWKWARD = st.text(st.sampled_from(" ,;|\t\r\n\"'\\=ščéäłŻ?“”007.\ufeff\u2028\x85"))


def of_codec(codec):
    return st.text(st.characters(codec=codec, exclude_characters="\0"))


def as_csv(rows, delimiter, quote, end, quote_all):
    def cell(text):
        needs = quote_all or any(mark in text for mark in (delimiter, quote, "\r", "\n"))
        return f"{quote}{text.replace(quote, quote * 2)}{quote}" if needs else text

    return "".join(delimiter.join(map(cell, row)) + end for row in rows)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("dialects") / "pairs.csv"


@st.composite
def dialects(draw):
    quote = draw(st.sampled_from("\"'"))
    return {
        "delimiter": draw(st.sampled_from(",;\t|")),
        "quote": quote,
        "end": draw(st.sampled_from(["\r\n", "\n", "\r"])),
        "quote_all": quote == "'" or draw(st.booleans()),
    }


def read(path, rows, dialect, codec, reading):
    text = as_csv([("question", "answer"), *rows], **dialect)
    path.write_bytes(text.encode(codec))
    found = open_table(path, "pairs.csv", reading)
    assert found.delimiter == dialect["delimiter"]
    return [tuple(cells) for _, cells in found.numbered()]


@settings(max_examples=300, deadline=None)
@given(
    rows=st.lists(st.tuples(TEXTS | AWKWARD, TEXTS | AWKWARD), min_size=1),
    dialect=dialects(),
    codec=st.sampled_from(MARKED),
)
def test_pairs_come_back_identical_and_nothing_has_to_be_said(path, rows, dialect, codec):
    assert read(path, rows, dialect, codec, Reading()) == rows


@pytest.mark.parametrize("codec", UNMARKED)
def test_pairs_in_a_code_page_come_back_identical_where_it_is_named(path, codec):
    @settings(max_examples=100, deadline=None)
    @given(st.lists(st.tuples(of_codec(codec), of_codec(codec)), min_size=1), dialects())
    def check(rows, dialect):
        assert read(path, rows, dialect, codec, Reading(encoding=codec)) == rows

    check()


@settings(max_examples=100, deadline=None)
@given(rows=st.lists(st.tuples(AWKWARD, AWKWARD)), dialect=dialects())
def test_pairs_without_a_header_come_back_where_that_is_said(path, rows, dialect):
    rows = [("How?", "So."), *rows]
    path.write_bytes(as_csv(rows, **dialect).encode())
    found = open_table(path, "pairs.csv", Reading(delimiter=dialect["delimiter"], header=False))
    assert [tuple(cells) for _, cells in found.numbered()] == rows


def test_marks_in_a_tab_separated_file_may_be_part_of_the_text(path):
    path.write_bytes(b'question\tanswer\nHow wide is 3"?\t"Three" inches\nAnd 4"?\tFour\n')
    found = open_table(path, "pairs.tsv")
    assert found.first(1) == [['How wide is 3"?', '"Three" inches']]
    assert "belong to the text" in found.notes[0]


def test_marks_behind_inches_are_read_as_parts_of_their_cells(path):
    path.write_bytes(b'question,answer\n"How wide is 3"?","It is 3""\n"And 4"?","Four, or 4" wide"\n')
    found = open_table(path, "pairs.csv")
    assert found.first(2) == [['How wide is 3"?', 'It is 3"'], ['And 4"?', 'Four, or 4" wide']]
    assert "not written twice" in found.notes[0]
