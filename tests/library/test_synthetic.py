"""Questions made from a passage: what they ask with is no longer in it."""

import pytest

from studio.library.quality.self_test import shares_of, witnesses_of
from studio.library.quality.synthetic import (
    MOST_OF_A_KIND,
    MOST_OF_A_TABLE,
    Source,
    Synthetic,
    make_questions,
)

TEXT = (
    "The brass boiler stands beside the northern workshop door. Rinse the copper filter with rain water each "
    "Monday. The red valve opens slowly whenever somebody turns the wheel."
)


def source(text: str = TEXT, title: str = "Boiler manual", heading: tuple[str, ...] = ("Care",)) -> Source:
    return Source(1, 1, title, heading, text)


def made(kind: str, **given: str) -> Synthetic:
    return next(one for one in make_questions([source(**given)]) if one.kind == kind)


def test_the_heading_asked_for_is_gone_even_where_the_text_repeats_it() -> None:
    asked = made("heading", text=f"Boiler manual. {TEXT}")
    assert asked.question == "Boiler manual Care"
    assert "Boiler manual" not in asked.rest and "Care" not in asked.rest and "copper filter" in asked.rest


def test_the_first_sentence_asked_for_is_gone() -> None:
    asked = made("first sentence")
    assert asked.question.startswith("The brass boiler") and "brass" not in asked.rest
    assert asked.rest.startswith("Boiler manual\nCare\n")


def test_the_sentence_that_gave_five_words_is_gone() -> None:
    asked = made("five words")
    words = asked.question.split()
    assert len(words) == 5 and not any(word in asked.rest for word in words)


def test_a_title_of_one_word_is_no_question() -> None:
    assert {one.kind for one in make_questions([source(title="4711", heading=())])} == {
        "first sentence",
        "five words",
    }


@pytest.mark.parametrize(
    "text", ["", "Too short.", "Two sentences stand here now. That is not quite enough yet."]
)
def test_short_passages_give_only_their_heading(text: str) -> None:
    assert [one.kind for one in make_questions([source(text)])] == ["heading"]


def test_a_large_library_gives_sixty_of_each_kind() -> None:
    texts = [" ".join(f"{word}{n}" for word in TEXT.split()).replace(f".{n}", ".") for n in range(100)]
    sources = [Source(n, n, f"Boiler {n}", ("Care",), text) for n, text in enumerate(texts)]
    assert len(make_questions(sources)) == 3 * MOST_OF_A_KIND


def test_the_same_passages_give_the_same_questions() -> None:
    assert make_questions([source()]) == make_questions([source()])


def test_a_question_that_several_documents_answer_is_not_asked() -> None:
    rows = [Source(number, number % 2, "prices", ("Pumps",), f"Part: {number}") for number in range(6)]
    assert make_questions(rows) == []


def test_a_heading_above_many_passages_is_asked_once() -> None:
    rows = [Source(number, 1, "prices", ("Pumps",), f"Part: {number}") for number in range(6)]
    assert [one.question for one in make_questions(rows)] == ["prices Pumps"]


def test_a_kind_with_too_few_questions_does_not_speak_for_itself() -> None:
    asked = [Synthetic("heading", f"Care {n}", source(), "") for n in range(60)]
    few = [Synthetic("five words", f"Words {n}", source(), "") for n in range(5)]
    assert shares_of(asked + few)[:60].sum() == pytest.approx(2 * shares_of(asked + few)[60:].sum())
    assert shares_of([*asked, *few, *few])[:60].sum() == pytest.approx(35)


def row(number: int) -> Source:
    return Source(number, 1, "", (), f"Part: {number}; Price: {number * 3}", "1 None")


def test_a_row_is_looked_up_by_its_first_cell() -> None:
    asked = make_questions([row(5077)])[0]
    assert (asked.kind, asked.question) == ("look-up", "Price 5077") and "5077" in asked.rest


def test_a_code_in_a_text_is_looked_up() -> None:
    text = "Fault E-2041 means overheating."
    assert [one.question for one in make_questions([source(text, "", ())])] == ["E-2041 means"]


def test_one_table_gives_few_questions_of_a_kind() -> None:
    assert len(make_questions([row(number) for number in range(100)])) == MOST_OF_A_TABLE


def test_the_rows_of_a_table_are_one_witness() -> None:
    asked = make_questions([row(1), row(2), source()])
    assert len(set(witnesses_of(asked))) == 2
