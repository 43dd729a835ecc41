"""Tables as people export, join and mend them: comments, several headers, stray marks, prose like a table."""

import openpyxl
import pytest

from studio.errors import BadInput
from studio.training_sets.reading import open_table
from studio.training_sets.shapes.guessing import guess_mapping

HEADER = "question,answer\n"
PAIRS = [(f"How is part {n} mended?", f"With tool {n}.") for n in range(20)]
ROWS = "".join(f"{asked},{said}\n" for asked, said in PAIRS)


@pytest.fixture
def opened(tmp_path):
    def of(content, name="t.csv"):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return open_table(tmp_path / name, name)

    return of


@pytest.mark.parametrize(
    "line", ["In part {0}, all was quiet.", "Part {0} broke; nobody knew.", "A {0}, b, c d."]
)
def test_prose_with_as_many_commas_on_each_line_is_no_table(opened, line):
    table = opened("".join(f"{line.format(n)}\n" for n in range(20)), "t.txt")
    assert (table.columns, table.first(1)) == (["column 1"], [[line.format(0)]])


@pytest.mark.parametrize("header", ["question, answer", "Text, Label"])
def test_a_text_file_with_names_of_columns_is_a_table_though_blanks_follow_its_commas(opened, header):
    rows = "".join(f"Part {n} is broken again, repair\n" for n in range(20))
    assert len(opened(f"{header}\n{rows}", "t.txt").columns) == 2


@pytest.mark.parametrize("more", [",", ",,,"])
def test_empty_names_at_the_end_of_a_header_are_left_out_where_no_row_has_them(opened, more):
    table = opened(f"question,answer{more}\n{ROWS}")
    assert (table.columns, table.count) == (["question", "answer"], 20)
    assert "ends with empty names" in table.notes[0]


def test_an_empty_name_above_texts_stays_a_column(opened):
    assert len(opened("question,answer,\na,b,c\nd,e,f\n").columns) == 3


def test_a_header_with_more_names_than_the_rows_have_cells_is_told_so(opened):
    with pytest.raises(BadInput, match="names 3 columns, the rows have 2: fill the missing cells"):
        opened(f"question,answer,topic\n{ROWS}")


def test_rows_wider_than_the_header_are_not_cut_at_a_mark_within_their_quotes(opened):
    rows = "".join(f'How is {n} mended?,"Open it, wait; close it."{",x" * (n < 12)}\n' for n in range(20))
    with pytest.raises(BadInput, match="names 2 columns, but line 2 has 3"):
        opened(HEADER + rows)


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ("question\r,answer\n" + ROWS, ["question", "answer"]),
        ("the\rquestion,the\ranswer\n" + ROWS, ["the question", "the answer"]),
        (HEADER + ROWS * 20 + "Where\ris it?,Here.\n", ["question", "answer"]),
    ],
    ids=["end of a name", "within names", "far below"],
)
def test_a_carriage_return_within_a_line_is_part_of_its_cell(opened, content, names):
    table = opened(content)
    assert (table.columns, table.count % 20) == (names, int("Where" in content))
    assert any("carriage return" in note for note in table.notes)


@pytest.mark.parametrize(
    "swallowed",
    [
        'What is it?,"A thing\nWho is it?,A man\nWhere is it?,Here"\n',
        '"What is it?,A thing\nWho is it?,A man\nWhere is it?",Here\n',
        'What is it?,"A thing\nWhere is it?,Here"\n',
    ],
    ids=["answers", "questions", "one row"],
)
def test_a_quote_that_takes_in_rows_is_told_with_its_line(opened, swallowed):
    table = opened(HEADER + ROWS + swallowed)
    assert "quote that opens on line 22 takes in" in table.notes[0]


@pytest.mark.parametrize(
    "answer",
    [
        "First, open it.\nThen, wait.",
        "It costs\n1,000 crowns",
        "def f(a):\n    return g(a,b)",
    ],
)
def test_lines_of_an_answer_are_no_rows(opened, answer):
    assert opened(f'{HEADER}{ROWS}How?,"{answer}"\n').notes == []


@pytest.mark.parametrize("again", [HEADER, "\ufeff" + HEADER, '\ufeff"question","answer"\n'])
def test_a_header_that_comes_again_in_joined_files_is_no_row(opened, again):
    table = opened(HEADER + ROWS + again + ROWS)
    assert (table.count, len(table.first(99))) == (40, 40)
    assert table.notes == ["The header comes again in 1 row, which was left out."]


def test_comments_above_the_header_are_left_out(opened):
    table = opened("# made in May\n# by a tool, version 3\n#\n" + HEADER + ROWS)
    assert (table.columns, table.count) == (["question", "answer"], 20)


@pytest.mark.parametrize("header", ["#,question", "# question,answer"])
def test_a_header_may_begin_with_a_number_sign(opened, header):
    assert opened(f"{header}\n{ROWS}").columns == header.split(",")


def test_a_line_that_groups_the_names_below_it_is_no_header(opened):
    table = opened("Customer,,Support\nquestion,date,answer\n" + "How?,2024-05-01,So it is.\n" * 9)
    assert (table.columns, table.count) == (["question", "date", "answer"], 9)


def test_quotes_around_whole_lines_are_taken_off(opened):
    rows = "".join(f'"How is {n} mended?,""Open it, wait."""\n' for n in range(20))
    table = opened(f'"question,answer"\n{rows}')
    assert (table.columns, table.first(1)) == (
        ["question", "answer"],
        [["How is 0 mended?", "Open it, wait."]],
    )


def test_quoted_sentences_in_one_column_stay_whole(opened):
    assert opened('"text"\n' + '"First, open it."\n' * 9).columns == ["text"]


def test_byte_order_marks_may_come_twice(opened):
    table = opened(b"\xef\xbb\xbf" * 2 + b'"question","answer"\n"How, then?",So\n')
    assert (table.columns, table.first(1)) == (["question", "answer"], [["How, then?", "So"]])


def test_a_hidden_sheet_goes_behind_one_that_is_shown(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["question", "answer"])
    book.active.append(["How?", "So."])
    old = book.create_sheet("old")
    old.sheet_state = "hidden"
    for row in (["question", "answer"], *PAIRS):
        old.append(row)
    book.save(tmp_path / "t.xlsx")
    table = open_table(tmp_path / "t.xlsx", "t.xlsx")
    assert (table.count, table.notes) == (1, ["Read the sheet “Sheet”; left out: old (hidden)."])


def test_formulas_of_another_sheet_are_not_missed(tmp_path):
    book = openpyxl.Workbook()
    for row in (["question", "answer"], ["How?", "So."]):
        book.active.append(row)
    book.create_sheet("sums").append(["=1+1"])
    book.save(tmp_path / "t.xlsx")
    assert not any("formula" in note for note in open_table(tmp_path / "t.xlsx", "t.xlsx").notes)


def test_a_column_of_questions_is_asked_even_where_it_has_more_words(opened):
    rows = "".join(
        f"Would you please tell me how part {n} is mended?|With tool {n} only.\n" for n in range(20)
    )
    assert guess_mapping(opened(rows)).prompt == "column 1"
