"""Tables with titles, rare delimiters, rules of Markdown, several sheets, and rows within rows."""

import json

import openpyxl
import pytest

from studio.errors import BadInput
from studio.training_sets.reading import Reading, open_table

FOUND_OUT = Reading()
PAIRS = [
    (f"How, then, is part {n} mended?", f"Open it, clean it, wait {n} minutes, close it.") for n in range(30)
]


@pytest.fixture
def opened(tmp_path):
    def of(content, name="t.csv", reading=FOUND_OUT):
        (tmp_path / name).write_text(content)
        return open_table(tmp_path / name, name, reading)

    return of


def rows(delimiter, pairs=PAIRS):
    return "".join(f"{delimiter.join(pair)}\n" for pair in pairs)


@pytest.mark.parametrize("delimiter", [*"^~¦§|;\t\x1f"])
def test_commas_of_prose_separate_nothing_where_something_else_does(opened, delimiter):
    table = opened(rows(delimiter))
    assert (table.delimiter, table.first(1)) == (delimiter, [list(PAIRS[0])])


@pytest.mark.parametrize("delimiter", [*"#*+=•^"])
def test_any_sign_that_cuts_every_line_alike_separates_columns(opened, delimiter):
    table = opened(f"question{delimiter}answer\n" + rows(delimiter))
    assert (table.columns, table.count) == (["question", "answer"], 30)


@pytest.mark.parametrize("said", ["type 7-{}", "no. {} (old)", "a{}@example.org", "is it {} or/and so?"])
def test_signs_that_are_part_of_every_text_separate_nothing(opened, said):
    assert opened("entry\n" + "".join(f"{said.format(n)}\n" for n in range(30))).columns == ["entry"]


def test_commas_with_blanks_still_separate_where_nothing_else_does(opened):
    assert opened("question, answer\n" + rows(", ", [("a", "b")] * 9)).columns == ["question", "answer"]


@pytest.mark.parametrize("delimiter", [":", "é", " "])
def test_a_person_may_say_any_character(opened, delimiter):
    table = opened(rows(delimiter, [("q", "a"), ("x", "y")]), reading=Reading(delimiter=delimiter))
    assert (table.columns, table.first(1)) == (["q", "a"], [["x", "y"]])


@pytest.mark.parametrize(
    "above", ["Export of FAQ 2024;;\n;;\n", "Export;;\nby Jana;;\n", ";;1. 1. 2024\n", "Export of FAQ\n\n"]
)
def test_titles_above_the_header_are_left_out_and_it_is_said(opened, above):
    table = opened(above + "question;answer;n\n" + rows(";", [(*pair, "1") for pair in PAIRS]))
    assert (table.columns, table.count) == (["question", "answer", "n"], 30)
    assert "above the table, was left out" in table.notes[0]


def test_a_header_with_one_name_is_no_title(opened):
    table = opened("word;\n" + rows(";", [(f"cat{n}", f"Katze{n}") for n in range(9)]))
    assert (table.columns, table.count) == (["word", "column 2"], 9)


@pytest.mark.parametrize(
    "pasted", ["| q | a |\n|---|:-:|\n| Is it? | “No”, |\n", "q | a\n--- | ---\nIs it? | “No”,\n"]
)
def test_a_markdown_table_has_no_bars_and_no_rule(opened, pasted):
    table = opened(pasted)
    assert (table.columns, table.first(9)) == (["q", "a"], [["Is it?", "“No”,"]])


@pytest.mark.parametrize(
    "header", [["Otázka", "Odpoveď", "Dátum"], ["What they asked", "What we answered", "On"]]
)
def test_the_sheet_with_questions_and_answers_goes_before_a_longer_one(tmp_path, header):
    book = openpyxl.Workbook()
    for n in range(50):
        book.active.append([n, f"valve {n}"])
    sheet = book.create_sheet("FAQ")
    for row in (["Our FAQ"], header, ["How?", "So.", "2024-01-01"]):
        sheet.append(row)
    book.save(tmp_path / "t.xlsx")
    assert open_table(tmp_path / "t.xlsx", "t.xlsx").columns == header


@pytest.mark.parametrize(
    "around",
    [
        lambda rows: rows,
        lambda rows: {"rows": rows},
        lambda rows: {"version": "1", "meta": {"by": "x"}, "rows": rows},
    ],
)
def test_objects_under_their_ids_are_rows(opened, around):
    table = opened(json.dumps(around({"a1": {"question": "q", "answer": "a"}})), "t.json")
    assert ["a1", "q", "a"] in [row[:1] + row[-2:] for row in table.first(2)]


def test_a_list_goes_before_objects_beside_it(opened):
    table = opened(json.dumps({"meta": {"v": {"x": 1}}, "data": [{"q": "x", "a": "y"}]}), "t.json")
    assert (table.columns, table.count) == (["q", "a"], 1)


def test_questions_nested_in_passages_become_rows_with_their_passage(opened):
    asked = [
        {"id": "1", "question": "q1", "answers": [{"text": "a1", "answer_start": 0}, {"text": "b"}]},
        {"id": "2", "question": "q2", "answers": [], "is_impossible": True},
    ]
    data = {"version": 2, "data": [{"title": "T", "paragraphs": [{"context": "c", "qas": asked}]}]}
    table = opened(json.dumps(data), "t.json")
    assert table.columns == ["document", "context", "id", "question", "answer"]
    assert table.first(3) == [["T", "c", "1", "q1", "a1"], ["T", "c", "2", "q2", ""]]


@pytest.mark.parametrize(
    "data",
    [
        {"question": ["q1", "q2"], "answer": ["a1", "a2"]},
        {"question": {"0": "q1", "1": "q2"}, "answer": {"0": "a1", "1": "a2"}},
    ],
)
def test_columns_instead_of_rows_are_turned(opened, data):
    table = opened(json.dumps(data), "t.json")
    assert (table.columns, table.first(3)) == (["question", "answer"], [["q1", "a1"], ["q2", "a2"]])


def test_columns_of_different_lengths_are_no_table(opened):
    with pytest.raises(BadInput):
        opened(json.dumps({"question": ["q1", "q2"], "answer": ["a1"]}), "t.json")


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (
            "“question”,“answer”\n“Why, then?”,“So, “quoted” it is.”\n",
            [["Why, then?", "So, “quoted” it is."]],
        ),
        (
            "question,answer\n„Prečo, no?“,„Lebo, tak.“\nKde?,Tu.\n",
            [["Prečo, no?", "Lebo, tak."], ["Kde?", "Tu."]],
        ),
        ("«question»;«answer»\n«Où ?»;«Ici ; là.\nEt là.»\n", [["Où ?", "Ici ; là.\nEt là."]]),
    ],
)
def test_cells_between_typographic_quotes_are_read(opened, text, rows):
    table = opened(text, "t.csv")
    assert (table.columns, table.first(3)) == (["question", "answer"], rows)


def test_typographic_quotes_within_texts_stay(opened):
    table = opened("question,answer\n“Hm” means?,“Hm” is said.\nAnd “so”?,It is “so”\n", "t.csv")
    assert table.first(1) == [["“Hm” means?", "“Hm” is said."]]
