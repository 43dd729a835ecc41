"""JSON as people write it by hand and as programs leave it; rows of several answers or shapes."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from studio.errors import BadInput
from studio.training_sets.reading import open_table
from studio.training_sets.shapes.guessing import guess_mapping
from studio.training_sets.shapes.refusals import NothingToLearn


@pytest.fixture
def opened(tmp_path):
    def of(text, name="t.jsonl"):
        (tmp_path / name).write_text(text)
        return open_table(tmp_path / name, name)

    return of


def lines(*values):
    return "".join(f"{json.dumps(value)}\n" for value in values)


def test_a_list_on_each_line_is_a_row(opened):
    table = opened(lines(["How?", "So."], ["Why?", "For it."]))
    assert (table.columns, table.first(2)) == (
        ["column 1", "column 2"],
        [["How?", "So."], ["Why?", "For it."]],
    )


def test_a_conversation_on_each_line_is_a_row(opened):
    table = opened(lines(*[[{"role": "user", "content": "A?"}, {"role": "assistant", "content": "B."}]] * 2))
    assert (table.columns, table.count) == (["messages"], 2)


def test_one_list_of_all_rows_may_have_the_ending_of_lines(opened):
    assert opened(json.dumps([{"q": "a"}, {"q": "b"}])).first(2) == [["a"], ["b"]]


def test_commas_that_are_left_between_the_lines_are_passed_over(opened):
    assert opened('{"q": "a"},\n{"q": "b"},\n').first(2) == [["a"], ["b"]]


def test_what_python_prints_is_refused_with_what_to_do(opened):
    with pytest.raises(BadInput, match=r"line 2: it has ' for \", .* json.dumps"):
        opened("{\"q\": \"a\"}\n{'q': 'b'}\n")


def test_rows_of_different_kinds_are_told_with_their_numbers(opened):
    table = opened(lines(*[{"question": "a", "answer": "b"}] * 2, {"prompt": "c", "completion": "d"}))
    assert "(2 have question, answer; 1 have prompt, completion)" in table.notes[0]


def test_rows_that_only_lack_a_field_are_of_one_kind(opened):
    assert "are missing in some rows" in opened(lines({"q": "a", "a": "b"}, {"q": "c"})).notes[0]


def test_the_first_of_several_answers_is_taken_and_all_are_kept(tmp_path):
    columns = {"question": ["a", "b"], "answers": [["x", "y"], ["z"]], "tags": [["s", "t"], ["u"]]}
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    table = open_table(tmp_path / "t.parquet", "t.parquet")
    assert table.columns == ["question", "answers", "all answers", "tags"]
    assert table.first(1) == [["a", "x", '["x","y"]', '["s","t"]']]
    assert table.notes == ["Of 1 rows with several “answers” the first was taken."]


def test_a_text_that_is_alone_in_its_list_in_every_row_is_a_text(opened):
    table = opened(lines({"q": "a", "a": ["x"], "n": [1]}, {"q": "b", "a": "y", "n": [2]}))
    assert table.first(2) == [["a", "x", "[1]"], ["b", "y", "[2]"]]


def test_a_json_file_has_no_first_row_to_correct(opened):
    assert opened('{"data": [{"q": "a"}]}', "t.json").header is None


def test_single_turns_are_refused_with_what_to_bring(opened):
    turns = [
        {"id": n // 2, "role": ("user", "assistant")[n % 2], "content": f"Words {n} said"} for n in range(20)
    ]
    with pytest.raises(NothingToLearn, match="one turn of a conversation, of which “role” says who speaks"):
        guess_mapping(opened(lines(*turns)))
