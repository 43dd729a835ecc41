import pytest

from studio.comparison.question_sets import (
    Question,
    from_held_out,
    get_question_set,
    questions_of,
    read_questions,
    save_question_set,
    with_unanswerable,
)
from studio.errors import BadInput
from studio.training_sets.examples import Candidate
from studio.training_sets.reading import Table
from studio.training_sets.shapes.guessing import guess_mapping
from studio.training_sets.versions import save_rows, save_training_set


@pytest.fixture
def csv(tmp_path):
    def write(text):
        (tmp_path / "questions.csv").write_text(text)
        return tmp_path / "questions.csv"

    return write


def read(path):
    return read_questions(path, path.name)


def test_questions_are_read_with_reference_answerable_and_document(csv):
    path = csv("question,reference,answerable,document\nWhy?,Because.,yes,manual.pdf\nWho knows?,,no,\n")
    assert read(path) == [
        Question("Why?", "Because.", True, "manual.pdf"),
        Question("Who knows?", "", False, None),
    ]


def test_an_answer_column_serves_as_reference(csv):
    assert read(csv("question,answer\nWhy?,Because.\n")) == [Question("Why?", "Because.")]


def test_a_question_may_be_answered_by_several_documents():
    question = Question("Why?", "So.", True, "manual.pdf; prices.xlsx")
    assert question.is_answered_by(["prices.xlsx", None])
    assert not question.is_answered_by(["notes.txt"])
    assert not Question("Why?", "So.").is_answered_by([None])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,colour\nx,red\n", "question and reference"),
        ("question,reference\nWhy?,\n", "row 2 has no reference"),
        ("question,reference\n,Because\n", "row 2 has no question"),
        ("question,reference,answerable\nWhy?,x,perhaps\n", "yes or no"),
    ],
)
def test_unusable_question_files_are_refused_in_a_sentence(csv, text, said):
    with pytest.raises(BadInput, match=said):
        read(csv(text))


@pytest.mark.postgres
def test_a_set_is_stored_once_and_comes_back_in_order(room):
    asked = [Question("Why?", "Because."), Question("Who?", "", answerable=False)]
    first = save_question_set(room, "trial", asked)
    assert save_question_set(room, "trial", asked) == first
    assert questions_of(room, first) == asked
    assert get_question_set(room, first).unanswerable == 1


@pytest.mark.postgres
def test_other_questions_under_the_same_name_become_another_set(room):
    save_question_set(room, "trial", [Question("Why?", "Because.")])
    other = save_question_set(room, "trial", [Question("How?", "So.")])
    assert get_question_set(room, other).name == "trial (2)"


@pytest.mark.postgres
def test_the_held_out_part_becomes_a_question_set(room):
    rows = [[f"Question {n}?", f"It is answer {n}."] for n in range(40)]
    table = Table(["question", "answer"], rows)
    version = save_training_set(room, "pumps", table, guess_mapping(table))
    held = questions_of(room, from_held_out(room, version))
    assert len(held) == 4
    assert [held[0].question, held[0].reference] in rows


def held_out_rows():
    said = (("user", "Hello"), ("assistant", "Hi."))
    yield Candidate(1, "And then?", "Close it.", history=said, split="held_out")
    yield Candidate(2, "", "Plain text has no question.", split="held_out")
    yield Candidate(3, "How deep?", "Nine metres.", split="held_out", source={"document": "well.pdf"})
    yield Candidate(4, "How deep?", "Nine metres.", split="held_out", source={"document": "well.pdf"})
    yield Candidate(5, "How wide?", "Two metres.", split="train")


@pytest.mark.postgres
def test_a_held_out_question_stands_alone_and_names_its_document(room):
    version = save_rows(room, "wells", held_out_rows())
    assert questions_of(room, from_held_out(room, version)) == [
        Question("How deep?", "Nine metres.", document="well.pdf")
    ]


@pytest.mark.postgres
def test_held_out_turns_of_conversations_alone_make_no_question_set(room):
    version = save_rows(room, "wells", list(held_out_rows())[:2])
    with pytest.raises(BadInput, match="can be asked by itself"):
        from_held_out(room, version)


def test_questions_without_an_answer_are_added_as_a_new_frozen_set(room):
    first = save_question_set(room, "lamps", [Question("Why?", "So.")])
    second = with_unanswerable(room, first, ["Who owns the moon?", "", " why? ", "Who owns the moon?"])
    added = Question("Who owns the moon?", "", answerable=False)
    assert questions_of(room, second) == [Question("Why?", "So."), added]
    assert get_question_set(room, first).questions == 1
