"""Which shape a table has, by the names of its columns and by their cells."""

import json

import pytest

from studio.errors import BadInput
from studio.training_sets.reading import Table
from studio.training_sets.shapes.contents import look
from studio.training_sets.shapes.guessing import guess_mapping
from studio.training_sets.shapes.mapping import describe

QUESTION, ANSWER = "Why does the pump stop?", "Because its filter is full of sand again."
CHAT = json.dumps([{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}])
SHAREGPT = json.dumps([{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello."}])
INSTANCES = json.dumps([{"input": "night", "output": "day"}, {"input": "", "output": "left"}])


def guess(columns, *cells):
    return guess_mapping(Table(list(columns), [list(cells)] * 12))


@pytest.mark.parametrize(
    ("columns", "prompt", "completion"),
    [
        (("id", "question", "answer"), "question", "answer"),
        ((" Question \r", "id", "ANSWER\r"), " Question \r", "ANSWER\r"),
        (("answer", "nr", "prompt"), "prompt", "answer"),
        (("Frage", "Nr", "Antwort"), "Frage", "Antwort"),
        (("Otázka", "Č.", "Odpoveď"), "Otázka", "Odpoveď"),
        (("Dotaz", "č", "Odpověď"), "Dotaz", "Odpověď"),
        (("Pregunta", "n", "Respuesta"), "Pregunta", "Respuesta"),
        (("Requête", "n", "Réponse"), "Requête", "Réponse"),
        (("questionText", "x", "answerText"), "questionText", "answerText"),
        (("customer_question", "x", "Agent Reply"), "customer_question", "Agent Reply"),
        (("text", "x", "completion"), "text", "completion"),
    ],
)
def test_pairs_are_known_by_their_names(columns, prompt, completion):
    first, second = (QUESTION, ANSWER) if columns[0] == prompt else (ANSWER, QUESTION)
    cells = [first, "7", second]
    if columns[1] == "id":
        cells = [QUESTION, "7", ANSWER]
    if columns[0] == "id":
        cells = ["7", QUESTION, ANSWER]
    mapping = guess(columns, *cells)
    assert (mapping.shape, mapping.prompt, mapping.completion) == ("pairs", prompt, completion)


def test_a_table_without_names_is_known_by_its_cells():
    mapping = guess(("column 1", "column 2", "column 3"), ANSWER, "12", QUESTION)
    assert (mapping.shape, mapping.prompt, mapping.completion) == ("pairs", "column 3", "column 1")
    assert "needs a look" in describe(mapping)


def test_a_named_column_of_numbers_is_no_question():
    mapping = guess(("question", "text", "answer"), "17", QUESTION, ANSWER)
    assert (mapping.prompt, mapping.completion) == ("text", "answer")


def test_an_instruction_has_an_input_of_its_own():
    mapping = guess(
        ("instruction", "input", "output", "system"), "Translate it.", "pump", ANSWER, "Be brief."
    )
    assert (mapping.shape, mapping.prompt, mapping.input) == ("instruction", "instruction", "input")
    assert (mapping.completion, mapping.system) == ("output", "system")


def test_an_instruction_without_input_is_a_pair():
    assert guess(("instruction", "output"), "Explain it.", ANSWER).shape == "pairs"


def test_instances_in_a_cell_are_inputs_and_outputs():
    mapping = guess(("id", "instruction", "instances"), "a_1", "Say the opposite.", INSTANCES)
    assert (mapping.shape, mapping.input, mapping.completion) == ("instruction", "instances", "instances")


@pytest.mark.parametrize(
    ("name", "cell", "shape"),
    [
        ("messages", CHAT, "messages"),
        ("conversations", SHAREGPT, "conversations"),
        ("column 2", SHAREGPT, "conversations"),
        ("messages", str(json.loads(CHAT)), "messages"),
        ("chat", str(json.loads(CHAT)).replace("}, {", "}\n {"), "messages"),
    ],
)
def test_conversations_are_known_by_their_cells(name, cell, shape):
    mapping = guess(("id", name), "c7", cell)
    assert (mapping.shape, mapping.completion, mapping.prompt) == (shape, name, None)


def test_text_with_the_marks_of_a_template_is_a_conversation():
    assert guess(("text", "id"), "### Human: Why?### Assistant: Sand.", "7").shape == "messages"


def test_columns_go_before_text_that_was_rendered_from_them():
    rendered = "### Instruction:\nExplain.\n\n### Response:\nSand."
    mapping = guess(("instruction", "output", "text"), "Explain it.", ANSWER, rendered)
    assert (mapping.shape, mapping.completion) == ("pairs", "output")


def test_a_prompt_in_messages_comes_before_a_completion_in_messages():
    prompt, completion = ([{"role": role, "content": "Hi"}] for role in ("user", "assistant"))
    mapping = guess(("prompt", "completion"), json.dumps(prompt), json.dumps(completion))
    assert (mapping.shape, mapping.history, mapping.completion) == ("messages", "prompt", "completion")


def test_a_conversation_goes_before_the_prompt_it_begins_with():
    assert guess(("prompt", "messages"), "Hi", CHAT).shape == "messages"


def test_the_chosen_of_two_answers_is_learned():
    mapping = guess(("prompt", "rejected", "chosen"), QUESTION, "No.", ANSWER)
    assert (mapping.prompt, mapping.completion) == ("prompt", "chosen")


def test_texts_with_intents_and_no_answers_are_labels_and_it_is_said():
    rows = [[f"Please cancel purchase {n}", ("cancel", "refund")[n % 2], "ORDER"] for n in range(40)]
    mapping = guess_mapping(Table(["utterance", "intent", "category"], rows))
    assert (mapping.shape, mapping.prompt, mapping.completion) == ("label", "utterance", "intent")
    assert describe(mapping).startswith("There is no column with answers")


def test_labels_are_known_by_their_cells():
    rows = [[f"The press number {n} is too loud today", ("noise", "heat")[n % 2]] for n in range(40)]
    mapping = guess_mapping(Table(["column 1", "column 2"], rows))
    assert (mapping.shape, mapping.prompt, mapping.completion) == ("label", "column 1", "column 2")


def test_two_texts_that_are_compared_are_joined():
    rows = [[f"Is pump {n} new?", f"Was pump {n} bought lately?", str(n % 2)] for n in range(20)]
    mapping = guess_mapping(Table(["question_1", "question_2", "similar"], rows))
    assert (mapping.shape, mapping.template) == ("label", "{question_1}\n\n{question_2}")


def test_one_column_of_text_is_plain_text():
    mapping = guess(("id", "text", "url"), "1", "Pumps hum when they run dry.", "https://example.org/a")
    assert (mapping.shape, mapping.completion, mapping.metadata) == ("text", "text", ("id", "url"))


def test_a_table_of_empty_cells_says_so():
    with pytest.raises(BadInput, match="nothing to learn"):
        guess(("question", "answer"), "", " ")


def test_sums_are_questions_when_they_are_called_so():
    mapping = guess(("id", "question", "answer"), "17", "12*7+3", "87")
    assert (mapping.prompt, mapping.completion) == ("question", "answer")


def test_addresses_are_no_answers():
    mapping = guess(("question", "reference", "reply"), QUESTION, "https://example.org/1", ANSWER)
    assert mapping.completion == "reply"


def test_a_column_that_is_mostly_empty_is_no_label():
    rows = [[f"The press number {n} is loud", "x" * (n == 3)] for n in range(12)]
    assert guess_mapping(Table(["text", "tags"], rows)).shape == "text"


def test_words_need_no_blanks_between_them():
    rows = [[f"泵为什么停了{n}?", f"因为过滤器里充满了沙子,所以它必须每周清洗一次{n}。"] for n in range(12)]
    mapping = guess_mapping(Table(["甲", "乙"], rows))
    assert (mapping.prompt, mapping.completion) == ("甲", "乙")


def test_group_date_and_metadata_are_found():
    rows = [[QUESTION, ANSWER, f"D{n % 3}", f"2024-05-{n + 1:02}", "web"] for n in range(20)]
    mapping = guess_mapping(Table(["question", "answer", "page_id", "last_update", "source"], rows))
    assert (mapping.group, mapping.date) == ("page_id", "last_update")
    assert mapping.metadata == ("last_update", "source")


def test_a_date_column_needs_dates():
    assert guess(("question", "answer", "date"), QUESTION, ANSWER, "soon").date is None


def test_passages_beside_a_question_are_its_context():
    passage = "The pump has a filter of steel. It must be cleaned every week, or sand will fill it."
    mapping = guess(("question", "context", "answer"), QUESTION, passage, ANSWER)
    assert (mapping.shape, mapping.context) == ("pairs", "context")


def test_earlier_turns_beside_a_question_are_its_history():
    assert guess(("prompt", "completion", "history"), QUESTION, ANSWER, CHAT).history == "history"


def test_a_few_enormous_rows_are_enough_to_guess_by():
    table = Table(["question", "answer"], [[QUESTION, "Sand. " * 400_000]] * 20)
    assert len(look(table)["question"].cells) == 5


ASKED_AND_ANSWERED = {
    "sk": (
        "Téma",
        "Čo sa pýtali",
        "Čo sme odpovedali",
        "Ako vymením ventil {}",
        "Zatvorte prívod {}, povoľte.",
    ),
    "de": (
        "Thema",
        "Kundenanfrage",
        "Unsere Antwort",
        "Mein Ventil {} leckt",
        "Bitte schließen Sie Hahn {}.",
    ),
    "en": (
        "topic",
        "what they asked",
        "what we answered",
        "My valve {} leaks",
        "Please close the tap {} first.",
    ),
    "ru": ("tag", "Вопрос клиента", "Наш ответ", "Мой клапан {} течёт", "Сначала закройте кран номер {}."),
    "zh": (
        "category",
        "客户问题",
        "我们的回答",
        "如何更换{}号阀门",
        "先关闭管路，等待几分钟，然后更换{}号阀门。",
    ),
    "unnamed": ("category", "x", "y", "My valve {} leaks", "Please close the tap {} before you open it."),
}


@pytest.mark.parametrize("names", ASKED_AND_ANSWERED.values(), ids=ASKED_AND_ANSWERED)
@pytest.mark.parametrize("mark", ["?", ""])
def test_a_topic_beside_questions_and_answers_is_not_what_is_learned(names, mark):
    topic, asked, answered, question, answer = names
    rows = [[f"{n}", ("a", "b")[n % 2], question.format(n) + mark, answer.format(n)] for n in range(40)]
    mapping = guess_mapping(Table(["no", topic, asked, answered], rows))
    assert (mapping.shape, mapping.prompt, mapping.completion) == ("pairs", asked, answered)


@pytest.mark.parametrize("columns", [("premise", "hypothesis", "label"), ("title", "text", "category")])
def test_a_label_beside_two_texts_stays_what_is_learned(columns):
    rows = [[f"A man {n} walks there.", f"Somebody {n} walks.", ("yes", "no")[n % 2]] for n in range(40)]
    assert guess_mapping(Table(list(columns), rows)).completion == columns[2]


def test_texts_with_a_column_of_noughts_and_ones_have_labels():
    rows = [[f"This film is number {n} of my list.", str(n % 2)] for n in range(40)]
    mapping = guess_mapping(Table(["review", "y"], rows))
    assert (mapping.shape, mapping.prompt, mapping.completion) == ("label", "review", "y")


@pytest.mark.parametrize(
    ("column", "cell"),
    [("Question", "Tell me of pump {}"), ("column 1", "Why does pump {} stop?"), ("Otázky", "Prečo {}")],
)
def test_questions_without_answers_are_refused_and_not_learned_as_text(column, cell):
    with pytest.raises(BadInput, match="no column holds answers"):
        guess_mapping(Table([column], [[cell.format(n)] for n in range(40)]))


def test_a_list_of_names_is_no_text():
    with pytest.raises(BadInput, match="short entries"):
        guess_mapping(Table(["id", "product"], [[str(n), f"valve {n}"] for n in range(40)]))


@pytest.mark.parametrize(
    ("column", "cell", "why"),
    [
        ("messages", json.dumps([{"role": "user", "content": "Hi"}, {"role": "assistant"}]), "no content"),
        ("rows", '{"a": {"b": [1, 2]}}', "not a list of messages"),
        ("tags", '["a", "b"]', "no role"),
    ],
)
def test_data_within_cells_is_refused_and_not_learned_as_text(column, cell, why):
    with pytest.raises(BadInput, match=f"“{column}” holds data .*{why}"):
        guess(("id", column), "7", cell)


def test_what_only_cells_say_needs_a_look():
    assert "needs a look" in describe(guess(("x", "y"), QUESTION, ANSWER))


def test_numbers_and_ids_alone_are_nothing_to_learn_from():
    rows = [[f"A-{n}", f"{n / 7:.3f}", str(7 * n)] for n in range(50)]
    with pytest.raises(BadInput, match="No column holds text"):
        guess_mapping(Table(["a1", "b2", "c3"], rows))
