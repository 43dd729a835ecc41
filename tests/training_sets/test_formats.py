"""Tables as JSON, JSON Lines, Parquet and workbooks; and how a person corrects what was found out."""

import json

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from studio.errors import BadInput
from studio.training_sets.reading import Reading, json_values, open_table, peek

FOUND_OUT = Reading()


@pytest.fixture
def opened(tmp_path):
    def of(content, name, reading=FOUND_OUT):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return open_table(tmp_path / name, name, reading)

    return of


@pytest.fixture
def workbook(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Read me"
    book.active.append(["Exported by somebody"])
    sheet = book.create_sheet("FAQ")
    for row in (["Title of it all"], [], ["question", "answer"], ["How many?", 7], ["When?"], ["Why?", "So"]):
        sheet.append(row)
    book.create_sheet("Empty")
    book.save(tmp_path / "t.xlsx")
    return tmp_path / "t.xlsx"


def test_numbers_of_json_stay_as_they_are_written(opened):
    table = opened('{"q": 1.10, "a": 12345678901234567890123}\n{"q": 1e5, "a": -0}\n', "t.jsonl")
    assert table.first(2) == [["1.10", "12345678901234567890123"], ["1e5", "-0"]]


def test_nested_values_are_compact_json(opened):
    table = opened(
        '{"q": "a", "messages": [{"role": "user", "content": "é 1.10"}, 1.50, null, true]}', "t.jsonl"
    )
    assert table.first(1) == [["a", '[{"role":"user","content":"é 1.10"},1.50,null,true]']]


def test_null_and_missing_fields_are_empty_and_missing_ones_are_told(opened):
    table = opened('{"q": "a", "a": null}\n{"q": "b", "c": "d"}\n', "t.jsonl")
    assert (table.columns, table.first(2)) == (["q", "a", "c"], [["a", "", ""], ["b", "", "d"]])
    assert "“a” in 1, “c” in 1" in table.notes[0]


def test_the_only_object_of_a_list_becomes_columns(opened):
    lines = '{"instruction": "x", "instances": [{"input": "i", "output": "o"}]}\n' * 2
    table = opened(lines, "t.jsonl")
    assert table.columns == ["instruction", "instances.input", "instances.output"]
    assert table.first(1) == [["x", "i", "o"]]


def test_a_list_that_has_several_objects_in_one_row_stays_a_list_in_all(opened):
    rows = [{"q": "x", "instances": [{"input": "i"}] * count} for count in (1, 2)]
    assert opened("\n".join(map(json.dumps, rows)), "t.jsonl").columns == ["q", "instances"]


def test_a_conversation_of_one_turn_stays_a_conversation(opened):
    assert opened('{"messages": [{"role": "user", "content": "x"}]}', "t.jsonl").columns == ["messages"]


@pytest.mark.parametrize(
    "text",
    [
        '[{"q": "a"}, {"q": "b"}]',
        '{"version": {"n": [1]},\n "data": [\n  {"q": "a"},\n  {"q": "b"}\n ], "more": 1}',
        '{"q": "a"}\n\n{"q": "b"}\n',
        '{\n "q": "a"\n}\n{\n "q": "b"\n}\n',
        '\ufeff[\n{"q": "a"},{"q": "b"}]',
    ],
)
def test_json_is_a_list_or_an_object_around_one_or_one_object_after_the_other(opened, text):
    assert [cells for _, cells in opened(text, "t.json").numbered()] == [["a"], ["b"]]


def test_of_several_lists_a_person_chooses(opened):
    text = '{"train": [{"q": "a"}], "test": [{"q": "b"}]}'
    assert opened(text, "t.json").sheets == ("train", "test")
    assert opened(text, "t.json", Reading(sheet="test")).first(1) == [["b"]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"q": "a"}\n{"q": "b",}\n', "starts on line 2"),
        ('[{"q": "a"}\n{"q": "b"}]', "a comma or the end of the list is missing"),
        ('[{"q": "a"}', "line 1"),
        ('{"q": "a"}\n7\n', "line 2 of t.json is not an object"),
        ("[" * 100_000, "nested too deeply"),
        ("[]", "has no rows"),
        ('{"q": "a\\u0000"}', "Row 1 of t.json has a NUL character"),
        ('[{"q": "a"}, {"q": "\\ud800"}]', "Row 2 of t.json has half a character"),
    ],
)
def test_json_that_cannot_be_read_is_refused_with_its_place(opened, text, said):
    with pytest.raises(BadInput, match=said):
        opened(text, "t.json")


def test_values_longer_than_the_buffer_are_read(opened, monkeypatch):
    monkeypatch.setattr(json_values, "CHUNK", 16)
    rows = [{"q": "é\\n" * n, "n": 10**n} for n in range(40)]
    table = opened(json.dumps(rows, indent=1), "t.json")
    assert [cells for _, cells in table.numbered()] == [[row["q"], str(row["n"])] for row in rows]


def test_parquet_is_read_as_text_without_its_pictures(tmp_path):
    columns = {
        "q": ["a", None],
        "n": [1.5, 2.0],
        "turns": [[{"role": "user"}], []],
        "picture": [b"\x00", b""],
    }
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    table = open_table(tmp_path / "t.parquet", "t.parquet")
    assert table.columns == ["q", "n", "turns.role"]
    assert table.first(2) == [["a", "1.5", "user"], ["", "2.0", ""]]
    assert "picture" in table.notes[0]


def test_a_damaged_parquet_file_is_refused(opened):
    with pytest.raises(BadInput, match="damaged"):
        opened(b"PAR1 and nothing else", "t.parquet")


def test_the_longest_sheet_is_read_below_its_title_and_all_filled_ones_are_offered(workbook):
    table = open_table(workbook, "t.xlsx")
    assert (table.sheet, table.sheets, table.columns) == ("FAQ", ("Read me", "FAQ"), ["question", "answer"])
    assert list(table.numbered()) == [(4, ["How many?", "7"]), (5, ["When?", ""]), (6, ["Why?", "So"])]


def test_a_person_chooses_the_sheet_and_whether_it_has_a_header(workbook):
    table = open_table(workbook, "t.xlsx", Reading(sheet="Read me", header=False))
    assert (table.columns, table.first(1)) == (["column 1"], [["Exported by somebody"]])
    with pytest.raises(BadInput, match="no sheet “Nowhere” with rows; it has Read me, FAQ"):
        open_table(workbook, "t.xlsx", Reading(sheet="Nowhere"))


def test_lines_above_the_table_are_left_out_and_told(opened):
    table = opened("# made by a program\n\nq;a\nb;c\nd;e\n", "t.csv")
    assert (table.columns, table.count) == (["q", "a"], 2)
    assert "Line 1" in table.notes[0]


def test_empty_cells_beyond_the_last_column_are_left_out_and_told(opened):
    table = opened("q,a\nb,c,\nd,e,,\n,,,\n", "t.csv")
    assert table.first(3) == [["b", "c"], ["d", "e"]]
    assert table.notes == [
        "1 blank line left out.",
        "2 rows end with empty cells beyond the last column, which were left out.",
    ]


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("What is it?,A valve\nWhy is it?,Because\nWhere?,There\n", False),
        ("I lost my card,card\nIt was stolen,card\nSend money,transfer\nOnce more,card\n", False),
        ("1,english\n2,german\n3,czech\n", False),
        ("id,question\n1,What is it?\n2,Why?\n", True),
        ("What do you ask?,Score\nWhat is it?,1\nWhy?,2\n", True),
        ("utterance,intent\nI lost my card,card\nSend money,transfer\n", True),
        ("a,b\nc,d\n", True),
    ],
)
def test_the_first_row_is_a_header_unless_it_is_like_the_others(opened, text, header):
    assert opened(text, "t.csv").header is header


def test_a_text_file_that_is_no_table_has_one_example_on_each_line(opened):
    table = opened('Once, upon a time.\n\nThere was "a valve".\nIt, too, was round.\n', "t.txt")
    assert [cells for _, cells in table.numbered()] == [
        ["Once, upon a time."],
        ['There was "a valve".'],
        ["It, too, was round."],
    ]


def test_a_text_file_that_is_a_table_is_read_as_one(opened):
    assert opened("question|answer\na, b|c\nd|e\n", "t.txt").columns == ["question", "answer"]


def test_a_person_says_how_to_read_it(opened):
    table = opened("q;a, b:c\nd;e, f:g\n".encode("cp1250"), "t.csv", Reading("cp1250", ":", False))
    assert (table.columns, table.first(1)) == (["column 1", "column 2"], [["q;a, b", "c"]])


@pytest.mark.parametrize(
    "reading", [Reading(encoding="rot13"), Reading(delimiter="ab"), Reading(encoding="nonsense")]
)
def test_what_cannot_be_said_is_refused(opened, reading):
    with pytest.raises(BadInput, match=r"no encoding|cannot separate"):
        opened("q,a\nb,c\n", "t.csv", reading)


def test_a_peek_does_not_see_faults_further_down(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("q,a\n" + "b,c\n" * 500 + "d\n")
    assert (peek(path, "t.csv", rows=10).count, len(peek(path, "t.csv", rows=10).first(99))) == (10, 10)
    with pytest.raises(BadInput):
        open_table(path, "t.csv")


def test_progress_is_told_and_ends_at_one(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("q,a\n" + "b,c\n" * 50_000)
    told = []
    open_table(path, "t.csv", progress=told.append)
    assert len(told) > 2 and told == sorted(told) and told[-1] == 1.0


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("q,a\n\n\n\nb,c\n\nq,a\nd,e\nf,g\n", "t.csv"),
        ("| q | a |\n|---|---|\n| b | c |\n| d | e |\n| f | g |\n", "t.txt"),
        ('{"q": "b", "a": "c"}\n{"q": "d", "a": "e"}\n{"q": "f", "a": "g", "n": 1}\n', "t.jsonl"),
    ],
    ids=["blank rows", "rule", "field further down"],
)
def test_a_peek_gives_as_many_rows_as_asked_for_as_the_whole_file_has_them(tmp_path, content, name):
    (tmp_path / name).write_text(content)
    seen, whole = peek(tmp_path / name, name, rows=2), open_table(tmp_path / name, name)
    assert (seen.columns, seen.count) == (whole.columns, 2)
    assert list(seen.numbered()) == list(whole.numbered())[:2]
