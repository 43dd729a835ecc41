"""Texts with marks in them: what differs between two wordings, and what a model learns of an example."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from studio.web.parts.changes import changes_marked, differing_words
from studio.web.parts.passage import linked_columns
from studio.web.parts.seen import MOST_CHARACTERS, rendered


@given(some.text(), some.text())
def test_nothing_of_either_wording_is_lost(before, after):
    ours, theirs = differing_words(before, after)
    assert "".join(text for text, _ in ours) == before
    assert "".join(text for text, _ in theirs) == after


@given(some.text())
def test_a_text_does_not_differ_from_itself(text):
    ours, _ = differing_words(text, text)
    assert not any(differs for _, differs in ours)


def test_only_the_words_that_differ_are_marked():
    before, after = changes_marked("It takes 37 drams.", "It takes 40 drams.")
    assert before == "It takes :red-background[~~37~~] drams\\."
    assert after == "It takes :green-background[**40**] drams\\."


@pytest.mark.parametrize("text", ["<img src=x>", "![x](http://evil.example)", ":red[x] $a$"])
def test_marks_of_a_text_are_shown_and_not_obeyed(text):
    said = changes_marked("", text)[1] + rendered([(text, True, False)])
    assert "<img" not in said.replace("\\<", "")
    assert "![x]" not in said
    assert ":red[" not in said.replace("\\:red\\[", "")


def test_what_is_learned_and_what_is_cut_look_different():
    said = rendered([("Ask\nme", False, False), ("Answer", True, False), ("lost", False, True)])
    assert ":gray[Ask] :gray[↵]  \n:gray[me]" in said
    assert ":green-background[**Answer**]" in said
    assert ":orange-background[~~lost~~]" in said


def test_a_very_long_text_says_how_much_is_not_shown():
    assert "and 10 more characters" in rendered([("a" * (MOST_CHARACTERS + 10), True, False)])


def test_a_small_table_holds_a_link_to_reach_it_by_keyboard():
    named = linked_columns({" ": ["a"], "Boat": ["b"]}, "/passage?id=7", named=True)
    assert list(named) == [" ", "[Boat](/passage?id=7)"]
    nameless = linked_columns({"0": ["", "a"], "1": ["b", ""]}, "/passage?id=7", named=False)
    assert nameless == {"0": ["", "a"], "1": ["[b](/passage?id=7)", ""]}
