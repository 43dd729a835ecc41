from studio.training_sets.quality import check
from studio.training_sets.reading import Table
from studio.training_sets.shapes.guessing import guess_mapping
from studio.training_sets.shapes.mapping import Mapping, choose


def report(*pairs):
    table = Table(["question", "answer"], [list(pair) for pair in pairs])
    return check(table, guess_mapping(table))


def found(quality, kind):
    return next((f for f in quality.findings if f.kind == kind), None)


def good(count):
    return [(f"Question number {n}?", f"It is answer {n}.") for n in range(count)]


def test_exact_duplicates_are_counted_and_one_is_kept():
    quality = report(*good(20), ("Question number 3?", " It is answer 3. "))
    assert found(quality, "duplicate").rows == (22,)
    assert quality.kept == 20


def test_the_same_question_with_other_answers_is_a_contradiction():
    quality = report(*good(20), ("question  NUMBER 3?", "It is something else."))
    assert found(quality, "contradiction").rows == (5, 22)
    assert quality.kept == 21


def test_empty_questions_and_answers_are_left_out():
    quality = report(*good(20), ("", "An answer."), ("A question?", "  "))
    assert found(quality, "empty_question").rows == (22,)
    assert found(quality, "empty_answer").rows == (23,)
    assert quality.kept == 20


def test_one_word_answers_are_found_among_sentences():
    assert found(report(*good(20), ("Why?", "Because")), "one_word_answer").count == 1


def test_one_word_answers_are_fine_as_labels():
    labels = report(*[(f"Text {n}", ["card", "cash"][n % 2]) for n in range(60)])
    assert found(labels, "one_word_answer") is None


def test_very_long_examples_are_found():
    assert found(report(*good(20), ("Why?", "word " * 1500)), "too_long").rows == (22,)


def test_few_rows_are_thin_and_say_how_many_are_missing():
    quality = report(*good(30))
    assert quality.verdict == "thin"
    assert "70 or more" in quality.why


def test_hundreds_of_good_rows_are_enough():
    assert report(*good(240)).verdict == "enough"


def test_a_handful_of_rows_is_unusable():
    assert report(*good(5)).verdict == "unusable"


def test_one_answer_to_everything_is_unusable():
    assert report(*[(f"Q {n}?", "Ask support, please.") for n in range(300)]).verdict == "unusable"


def test_many_contradictions_are_thin():
    quality = report(*good(300), *[(f"Question number {n}?", "No idea at all.") for n in range(100)])
    assert quality.verdict == "thin"
    assert "Contradictions in" in quality.why


def test_the_mapping_is_guessed_by_the_header_names():
    table = Table(["id", "Category", "Page_ID", "Customer Question"], [["1", "x", "p", "Why?"]])
    mapping = guess_mapping(table)
    assert (mapping.prompt, mapping.completion, mapping.group) == ("Customer Question", "Category", "Page_ID")
    assert mapping.metadata == ("id",)


def test_the_mapping_is_guessed_by_shape_when_names_say_nothing():
    rows = [[str(n), f"What is part {n}?", f"Part {n} is a long piece of steel."] for n in range(5)]
    mapping = guess_mapping(Table(["a", "b", "c"], rows))
    assert (mapping.prompt, mapping.completion, mapping.guessed_by) == ("b", "c", "content")


def test_the_chosen_columns_are_used():
    table = Table(["a", "b", "c"], [["one", "two", "three"]])
    assert check(table, choose(table, Mapping(prompt="c", completion="a"))).columns["prompt"] == "c"


def test_the_report_says_how_the_table_was_understood_and_what_is_wrong_with_a_row():
    chats = ['[["Why?", "Sand."]]'] * 12 + ['[{"role": "user", "content": "Why?"}]']
    table = Table(["messages"], [[chat] for chat in chats])
    quality = check(table, guess_mapping(table))
    assert found(quality, "unreadable").rows == (14,)
    assert quality.notes == (
        "Every answer in the conversations of “messages” becomes an example.",
        "Row 14: The conversation cannot be used: no assistant answers in it.",
    )
