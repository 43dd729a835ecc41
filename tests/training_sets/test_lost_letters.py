"""Letters that a code page did not have stand as question marks; those that are meant do not count."""

import pytest

from studio.training_sets.examples import Candidate
from studio.training_sets.quality import examine
from studio.training_sets.quality.texts.lost_letters import has_lost_letters, may_have_lost_letters


@pytest.mark.parametrize(
    "text",
    [
        "Er kam aus M?nchen.",
        "F?r die Universit?t",
        "?ervená je v p?íp. ?ísla",
        "It is what we don?t do",
        "?? ????? ??",
    ],
)
def test_question_marks_beside_what_is_no_word_are_lost_letters(text):
    assert has_lost_letters(text)


@pytest.mark.parametrize(
    "text",
    [
        "See https://example.org/find?q=pump&page=2 for it.",
        "Is it A?B or B?A",
        "Why?Because so it is",
        "What? Yes. How?",
        "file?.txt and x?.y",
        "a ?? b ? c : d",
        "x?y:z",
        'Write `te?t` or "te?t"',
        "Really???",
    ],
)
def test_question_marks_that_are_meant_are_none(text):
    assert not has_lost_letters(text) and not may_have_lost_letters(text)


def damaged(*answers):
    marks = examine(lambda: iter([Candidate(n, f"What is {n}?", text) for n, text in enumerate(answers)]))
    return marks.rows.get("broken_text", [])


def test_sentences_that_go_on_without_a_blank_are_not_damaged():
    assert damaged("You ask why?because it is so.", "What is it?nothing at all.", "So it is.") == []


def test_words_that_could_be_two_are_damaged_where_others_surely_are():
    assert damaged("Bro?ura je tu.", "Je to v p?ihr?dce.", "Nie je tu.") == [0, 1]
