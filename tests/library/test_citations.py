"""Which passage supports which sentence."""

import pytest

from studio.library.answering.citations import (
    Source,
    cite,
    has_unsupported,
    marked,
    quote_for,
    repeats_itself,
    resting_on,
    without_repetition,
)
from studio.library.answering.numerals import stand_in

SOURCES = [Source(1, "The collar is tightened to 0.6 newton metres."), Source(2, "The tin smells of honey.")]


PRICES = [Source(1, "Part: NC-62A. Item: Pen nib. Price EUR: 318.5"), Source(2, "Prices are in crowns.")]


def test_a_written_mark_is_kept_when_its_passage_says_so() -> None:
    assert cite("It smells of honey [2].", SOURCES)[0].numbers == (2,)


def test_a_written_mark_gives_way_to_the_passage_that_says_so() -> None:
    assert cite("It smells of honey [1].", SOURCES)[0].numbers == (2,)


@pytest.mark.parametrize("mark", ["", " [1]"])
def test_a_passage_does_not_support_a_number_it_does_not_hold(mark: str) -> None:
    assert cite(f"The price of pen nib NC-62A is 10.50 EUR.{mark}", PRICES)[0].numbers == ()


def test_a_passage_does_not_support_a_code_it_does_not_hold() -> None:
    assert cite("The price of the pen nib NC-62B is 318.5 EUR. [1]", PRICES)[0].numbers == ()


def test_a_passage_supports_a_number_written_another_way() -> None:
    assert cite("The price of pen nib NC-62A is 318.50 EUR.", PRICES)[0].numbers == (1,)


def test_the_number_of_a_list_item_is_not_a_number_to_support() -> None:
    said = "Steps:\n1. Tighten the collar to 0.6 newton metres.\n2. The tin smells of honey."
    assert [sentence.numbers for sentence in cite(said, SOURCES)] == [(1,), (2,)]


def test_a_number_alone_is_not_a_list_item() -> None:
    assert cite("39.", SOURCES)[0].numbers == ()


def test_a_mark_inside_a_mark_does_not_come_through() -> None:
    assert marked(cite("Paris is big [[2]1].", SOURCES)) == "Paris is big."


def test_a_sentence_without_mark_is_noticed() -> None:
    assert has_unsupported("The tin smells of honey. [2] Paris is big.")
    assert not has_unsupported("The tin smells of honey. [2] It is [1] yellow. [1]")


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        ("1,250 pieces", "1250 pieces"),
        ("10.50, or 7.", "10.5 and 7"),
        ("39kg", "39 kg"),
        ("39 kg", "39kg"),
        ("3 to 5 bar", "3–5 bar"),
        ("a 10-litre tin", "10 litres"),
        ("318.5", "318,50 €"),
        ("12,400", "12’400"),
        ("one of two tins", "nothing"),
    ],
)
def test_a_number_may_be_written_in_many_ways(sentence: str, passage: str) -> None:
    assert stand_in(sentence, passage)


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        ("10.5", "105"),
        ("62", "NC-62A"),
        ("-5 °C", "5 °C"),
        ("34-12", "12-34"),
        ("1.2.3", "1.2"),
        ("0.5", "5"),
        ("39", "390"),
    ],
)
def test_another_number_is_another_number(sentence: str, passage: str) -> None:
    assert not stand_in(sentence, passage)


def test_a_number_without_a_passage_is_dropped() -> None:
    assert cite("Something about tigers [7].", SOURCES)[0].numbers == ()


def test_a_sentence_without_number_gets_the_passage_it_rests_on() -> None:
    assert cite("Tighten the collar to 0.6 newton metres.", SOURCES)[0].numbers == (1,)


def test_a_sentence_nothing_supports_stays_without_number() -> None:
    sentences = cite("The collar is tightened. Paris is the capital of France.", SOURCES)
    assert [sentence.numbers for sentence in sentences] == [(1,), ()]


def test_marks_stand_behind_their_sentences() -> None:
    assert marked(cite("The tin smells of honey. [2] Good.", SOURCES)) == "The tin smells of honey. [2] Good."


def test_a_decimal_point_does_not_end_a_sentence() -> None:
    assert len(cite("Use 0.6 newton metres.", SOURCES)) == 1


def test_the_quote_is_the_sentence_that_says_it() -> None:
    passage = "A tin is sold alone. The tin smells of honey. It is yellow."
    assert quote_for(["Such tins smell of honey"], passage) == "The tin smells of honey."


def test_a_model_that_repeats_itself_is_noticed() -> None:
    said = "It is red. It is big. It is red. It is b"
    assert repeats_itself(said)
    assert without_repetition(said) == "It is red. It is big."


def test_a_repetition_at_the_very_end_is_left_out_too() -> None:
    assert without_repetition("It is red. It is big. It is red [1].") == "It is red. It is big."


def test_a_longer_word_says_nothing_of_all_rows() -> None:
    assert cite("Mostly honey in summer.", [Source(1, "Honey, when summer comes.")])[0].numbers == (1,)


ROW = Source(1, "Code: V-21. Valve: Valve type 21. Price EUR: 12", "row")


@pytest.mark.parametrize(
    "said",
    [
        "The cheapest valve is Valve type 21.",
        "Das billigste Valve type 21.",
        "Valve type 21, in total 12 EUR.",
    ],
)
def test_a_row_does_not_support_what_is_said_of_all_rows(said: str) -> None:
    assert cite(f"{said} [1]", [ROW])[0].numbers == ()


def test_a_row_supports_what_is_said_of_itself() -> None:
    assert cite("The price of Valve type 21 is 12 EUR, at least.", [ROW])[0].numbers == (1,)


def test_a_sheet_passage_supports_what_is_said_of_all_rows() -> None:
    sheet = Source(2, "Sheet Valves, column Price EUR: low 12 for Valve type 21", "sheet")
    assert cite("The cheapest valve is Valve type 21 [1].", [ROW, sheet])[0].numbers == (2,)


def test_a_text_that_says_it_in_that_word_supports_it() -> None:
    text = Source(1, "Our cheapest valve is Valve type 21.")
    assert cite("Valve type 21 is the cheapest valve.", [text])[0].numbers == (1,)


PASSAGE = "The collar is red. It is tightened to 0.6 newton metres. The lid is oiled every week by hand."


def quoted(*said: str) -> list[str]:
    return [PASSAGE[start:end] for start, end in resting_on(said, PASSAGE)]


def test_of_a_passage_only_the_sentence_is_quoted_that_says_it() -> None:
    assert quoted("Tighten it to 0.6 newton metres.") == ["It is tightened to 0.6 newton metres."]


def test_an_answer_that_joins_two_sentences_rests_on_both() -> None:
    assert quoted("The lid is oiled by hand and the collar is tightened to 0.6 newton metres.") == [
        "It is tightened to 0.6 newton metres.",
        "The lid is oiled every week by hand.",
    ]


def test_a_passage_that_says_nothing_of_it_has_nothing_to_quote() -> None:
    assert quoted("Honey smells.") == []


def test_two_things_said_are_quoted_with_two_sentences() -> None:
    passage = "The cellar holds 412 jars of quince. Agnes keeps the password. It is cold."
    said = ["Agnes keeps the password.", "There are 412 jars."]
    assert quote_for(said, passage) == "The cellar holds 412 jars of quince. … Agnes keeps the password."
