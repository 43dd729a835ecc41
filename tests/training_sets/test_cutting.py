"""Rows of a table become examples."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.training_sets.examples import Candidate
from studio.training_sets.reading import Table
from studio.training_sets.shapes.cutting import GREETING, TOOL_TURNS, candidates
from studio.training_sets.shapes.guessing import guess_mapping
from studio.training_sets.shapes.mapping import VERSION_COLUMNS, Mapping


def cut(mapping, **columns):
    names = list(columns)
    return list(candidates(Table(names, [list(columns.values())]), mapping))


def chat(*turns, roles="role", texts="content"):
    return json.dumps([{roles: role, texts: text} for role, text in turns])


def cut_chat(*turns):
    return cut(Mapping("messages", completion="messages"), messages=chat(*turns))


def test_texts_are_trimmed_and_metadata_stays_as_it_is():
    mapping = Mapping(prompt="q", completion="a", metadata=("topic", "empty"))
    (row,) = cut(mapping, q=" Why? ", a="So.\n", topic=" 007 ", empty="")
    assert (row.prompt, row.completion, row.extra) == ("Why?", "So.", {"topic": " 007 "})


def test_a_row_says_where_it_comes_from():
    (row,) = cut(Mapping(prompt="q", completion="a"), q="Why?", a="So.")
    assert (row.number, row.source) == (2, {"row": 2})


def test_an_input_follows_its_instruction():
    mapping = Mapping("instruction", "task", "out", input="text")
    (row,) = cut(mapping, task="Translate.", text="Pumpe", out="pump")
    assert row.prompt == "Translate.\n\nPumpe"


def test_instances_become_examples_of_one_group():
    cell = json.dumps([{"input": "night", "output": "day"}, {"input": "", "output": "left"}])
    rows = cut(Mapping("instruction", "task", "all", input="all"), task="Say the opposite.", all=cell)
    assert [row.prompt for row in rows] == ["Say the opposite.\n\nnight", "Say the opposite."]
    assert {row.group for row in rows} == {"Say the opposite."}


def test_of_several_accepted_answers_the_first_is_learned():
    cell = '{"text": ["sand", "the sand"], "answer_start": [3, 9]}'
    assert cut(Mapping(prompt="q", completion="a"), q="What?", a=cell)[0].completion == "sand"


def test_a_prompt_in_messages_is_asked():
    prompt, completion = chat(("user", "A?")), chat(("assistant", "B."))
    (row,) = cut(Mapping("messages", completion="c", history="p"), p=prompt, c=completion)
    assert (row.prompt, row.completion) == ("A?", "B.")


def test_a_template_joins_columns():
    mapping = Mapping(completion="a", template="{question} ({product})")
    (row,) = cut(mapping, question="How long?", product="DW-40", a="41 minutes.")
    assert row.prompt == "How long? (DW-40)"


def test_brackets_around_an_empty_cell_go_with_it():
    mapping = Mapping(completion="a", template="{question} ({product})")
    assert cut(mapping, question="How long?", product="", a="41.")[0].prompt == "How long?"


def test_every_answer_of_a_conversation_is_an_example_with_what_came_before():
    first, second = cut_chat(("system", "Be brief."), ("user", "A?"), ("assistant", "B."), ("user", "C?"), ("assistant", "D."))  # fmt: skip  # noqa: E501
    assert (first.prompt, first.completion, first.history) == ("A?", "B.", (("system", "Be brief."),))
    assert second.history == (("system", "Be brief."), ("user", "A?"), ("assistant", "B."))
    assert first.group == second.group != ""


def test_a_conversation_of_one_answer_has_no_group():
    assert cut_chat(("user", "A?"), ("assistant", "B."))[0].group == ""


def test_a_question_at_the_end_that_nobody_answered_is_left_away():
    assert len(cut_chat(("user", "A?"), ("assistant", "B."), ("user", "C?"))) == 1


@pytest.mark.parametrize(
    ("turns", "fault"),
    [
        ([("user", "A?"), ("user", "B?"), ("assistant", "C.")], "turns 1 and 2 are both of the user"),
        ([("user", "A?")], "no assistant answers in it"),
        ([("assistant", "Hi!"), ("assistant", "B.")], "begins with an answer"),
        ([("user", "A?"), ("narrator", "{}"), ("assistant", "C.")], "“narrator”"),
    ],
)
def test_a_conversation_whose_form_is_broken_says_why(turns, fault):
    (row,) = cut_chat(*turns)
    assert fault in row.fault
    assert (row.prompt, row.completion) == ("", "")


@pytest.mark.parametrize(
    "cell", ["", "[]", "Hello", '[{"role": "user"', '[{"a": 1}]', "{}", "[1, 2]", "[" * 9000]
)
def test_a_cell_that_is_no_conversation_is_a_fault_and_no_crash(cell):
    (row,) = cut(Mapping("messages", completion="messages"), messages=cell)
    assert row.fault


@pytest.mark.parametrize(
    "cell",
    [
        chat(("human", "A?"), ("gpt", "B."), roles="from", texts="value"),
        chat(("User", "A?"), ("Assistant", " B. ")),
        json.dumps([["A?", "B."]]),
        json.dumps([{"input": "A?", "output": "B."}]),
        json.dumps({"messages": [{"role": "user", "content": "A?"}, {"role": "assistant", "content": "B."}]}),
        json.dumps([{"role": "user", "content": [{"type": "text", "text": "A?"}]}, {"role": "model", "parts": [{"text": "B."}]}]),  # noqa: E501
        "### Human: A?### Assistant: B.",
        "<s>[INST] A? [/INST] B. </s>",
        "<|im_start|>user\nA?<|im_end|>\n<|im_start|>assistant\nB.<|im_end|>",
        "<|user|>\nA?<|end|>\n<|assistant|>\nB.<|end|>",
        "\n\nHuman: A?\n\nAssistant: B.",
        "<start_of_turn>user\nA?<end_of_turn>\n<start_of_turn>model\nB.<end_of_turn>",
        "[{'from': 'human', 'value': 'A?'}\n {'from': 'gpt', 'value': 'B.'}]",
    ],
)  # fmt: skip
def test_conversations_are_read_however_they_are_written(cell):
    (row,) = cut(Mapping("conversations", completion="said"), said=cell)
    assert (row.prompt, row.completion) == ("A?", "B.")


def test_a_rendered_instruction_keeps_its_system_and_its_input():
    text = "Below is a task.\n\n### Instruction:\nTranslate.\n\n### Input:\nPumpe\n\n### Response:\npump"
    (row,) = cut(Mapping("messages", completion="text"), text=text)
    assert (row.history, row.prompt) == ((("system", "Below is a task."),), "Translate.\n\nPumpe")


def test_a_rendered_conversation_has_its_turns_before():
    text = "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nA? [/INST] B. </s><s>[INST] C? [/INST] D. </s>"
    rows = cut(Mapping("messages", completion="text"), text=text)
    assert [row.prompt for row in rows] == ["A?", "C?"]
    assert rows[1].history == (("system", "Be brief."), ("user", "A?"), ("assistant", "B."))


MESSAGE_KEYS = st.sampled_from(
    ["role", "from", "content", "value", "parts", "text", "user", "assistant", "x"]
)
MESSAGE_VALUES = st.sampled_from(["user", "assistant", "system", "Hi", "", None, 1, ["a"], {"text": "b"}])
MESSAGES = st.lists(st.dictionaries(MESSAGE_KEYS, MESSAGE_VALUES, max_size=3) | st.lists(MESSAGE_VALUES))


@given(MESSAGES | st.dictionaries(st.sampled_from(["messages", "turns", "x"]), MESSAGES), st.booleans())
def test_whatever_stands_in_a_cell_gives_examples_or_a_fault(value, printed):
    cell = str(value) if printed else json.dumps(value)
    rows = cut(Mapping("messages", completion="m"), m=cell)
    assert rows
    assert not any(row.fault and (row.prompt or row.completion) for row in rows)


@given(MESSAGES)
def test_whatever_stands_in_an_exported_cell_gives_an_example_or_a_fault(value):
    cells = ["Why?", "So.", json.dumps(value), json.dumps(value), "", "", "", "", json.dumps(value)]
    assert len(list(candidates(Table(list(VERSION_COLUMNS), [cells]), Mapping("version")))) == 1


def test_plain_text_has_no_prompt():
    (row,) = cut(Mapping("text", completion="text"), text=" Pumps hum. ")
    assert (row.prompt, row.completion) == ("", "Pumps hum.")


def test_passages_of_a_row_are_read():
    cell = json.dumps([{"title": "Manual", "text": "41 minutes."}, "Noise."])
    (row,) = cut(Mapping(prompt="q", completion="a", context="c"), q="Why?", a="So.", c=cell)
    assert row.context == (("Manual", "41 minutes."), ("", "Noise."))


def test_the_system_and_earlier_turns_come_first():
    mapping = Mapping(prompt="q", completion="a", system="s", history="h")
    (row,) = cut(mapping, q="C?", a="D.", s="Be brief.", h=json.dumps([["A?", "B."]]))
    assert row.history == (("system", "Be brief."), ("user", "A?"), ("assistant", "B."))


@pytest.mark.parametrize(
    ("cells", "day"),
    [
        (["2024-05-31 10:20:00"], date(2024, 5, 31)),
        (["2024/5/31"], date(2024, 5, 31)),
        (["31.5.2024"], date(2024, 5, 31)),
        (["03/04/2024", "31/12/2024"], date(2024, 4, 3)),
        (["03/04/2024", "12/31/2024"], date(2024, 3, 4)),
        (["March 4, 2024"], date(2024, 3, 4)),
        (["4 Mar 2024"], date(2024, 3, 4)),
        (["1717113600"], date(2024, 5, 31)),
        (["31.31.2024"], None),
        (["soon"], None),
    ],
)
def test_dates_are_read_the_way_their_column_writes_them(cells, day):
    table = Table(["q", "a", "d"], [["Why?", "So.", cell] for cell in cells])
    assert next(candidates(table, Mapping(prompt="q", completion="a", date="d"))).dated == day


def test_an_exported_version_comes_back_as_it_was():
    cells = {
        "prompt": " Why? ", "completion": "So [1].", "history": '[{"role": "user", "content": "Hi "}]',
        "context": '[{"title": "", "text": "Sand. "}]', "group": "g 1", "split": "held_out", "origin": "raft",
        "reviewed": "false", "extra": '{"topic": "007"}',
    }  # fmt: skip
    table = Table(list(VERSION_COLUMNS), [[cells[name] for name in VERSION_COLUMNS]])
    (row,) = candidates(table, guess_mapping(table))
    assert row == Candidate(
        2, " Why? ", "So [1].", "g 1", (("user", "Hi "),), (("", "Sand. "),), "raft", False, split="held_out"
    )
    assert row.extra == {"topic": "007"}


def test_an_exported_version_with_damaged_json_says_so():
    table = Table(list(VERSION_COLUMNS), [["Why?", "So.", "[{]", "[]", "", "train", "table", "true", "{}"]])
    assert next(candidates(table, guess_mapping(table))).fault


@pytest.mark.parametrize(
    "calls",
    [
        [
            {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}]},
            {"role": "tool", "content": "42"},
        ],
        [
            {"role": "assistant", "content": "Wait.", "function_call": {}},
            {"role": "function", "content": "4"},
        ][1:],
        [{"from": "function_call", "value": "{}"}, {"from": "observation", "value": "42"}],
    ],
)
def test_what_was_said_to_tools_and_by_them_is_left_out(calls):
    said = [{"role": "user", "content": "How?"}, *calls, {"role": "assistant", "content": "So."}]
    table = Table(["messages"], [[json.dumps(said)]])
    (row,) = candidates(table, Mapping("messages", completion="messages"))
    assert (row.prompt, row.completion, row.history, row.fault) == ("How?", "So.", (), "")
    assert row.omitted == (TOOL_TURNS,)


def test_a_greeting_before_the_first_question_is_left_out_and_told():
    said = (("system", "Be kind."), ("assistant", "Hi!"), ("user", "A?"), ("assistant", "B."))
    (row,) = cut_chat(*said)
    assert (row.prompt, row.completion, row.history) == ("A?", "B.", (("system", "Be kind."),))
    assert row.omitted == (GREETING,)
