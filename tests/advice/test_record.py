"""The decision record: complete, escaped, and able to say what changed."""

import pytest

from studio.advice.answers import Answers
from studio.advice.decisions import compared_with, get_decision, save_decision, what_changed
from studio.advice.recommend import recommend
from studio.advice.record.basis import Evidence
from studio.advice.record.changes import changes
from studio.advice.record.sheet import Kept, sheet_of
from studio.advice.record.writing import as_html, as_markdown
from studio.advice.signals import Signals
from studio.training_sets.reading import Table
from studio.training_sets.shapes.guessing import guess_mapping
from studio.training_sets.versions import save_training_set

EVIL = "<script>alert(1)</script> [x](http://y) | `z`"


def kept(answers: Answers, basis=None, number: int = 1) -> Kept:
    found = recommend(answers, Signals(documents=15, examples=240)).as_dict()
    return Kept(number, "2026-11-23 10:00", "local", found, basis or {})


def test_a_record_holds_conclusion_data_reasons_answers_and_figures():
    basis = {"library": {"name": "Manuals", "size": "15 documents", "sha256": "ab12"}}
    titles = [part.title for part in sheet_of(kept(Answers(needs_sources=True), basis)).parts]
    wanted = ("Conclusion", "The data it rests on", "What speaks for it", "Proof", "What was answered")
    assert set(wanted) <= set(titles)


@pytest.mark.parametrize("write", [as_html, as_markdown], ids=["html", "markdown"])
def test_texts_of_people_are_escaped(write):
    basis = {"library": {"name": EVIL, "size": "1 document", "sha256": "0"}}
    written = write(sheet_of(kept(Answers(needs_sources=True), basis)))
    assert "<script>" not in written
    assert "[x](http" not in written or write is as_html


def test_a_bare_address_in_a_name_is_no_link():
    basis = {"library": {"name": "https://evil.example and www.evil.example", "size": "", "sha256": "0"}}
    written = as_markdown(sheet_of(kept(Answers(needs_sources=True), basis)))
    assert "https://evil" not in written and "www.evil" not in written


@pytest.mark.parametrize("start", ["1. ", "2) ", "- ", "+ ", "---"])
def test_a_text_that_begins_like_a_list_stays_a_text(start):
    since = (f"{start}changed.",)
    written = as_markdown(sheet_of(kept(Answers()), since))
    assert f"\n{start}changed." not in written


def test_the_printed_record_needs_nothing_else():
    written = as_html(sheet_of(kept(Answers(needs_sources=True))))
    assert all(mark not in written for mark in ("<script", "src=", "href=", "@import", "url("))


def test_a_later_decision_says_what_changed():
    told = changes(kept(Answers(needs_sources=True)), kept(Answers(fixed_form=True), number=2))
    assert any(
        line.startswith("Must every answer show where it comes from? yes, now not known") for line in told
    )
    assert any("A rule holds no more (sources-must-show)" in line for line in told)
    assert changes(kept(Answers()), kept(Answers())) == []


@pytest.mark.postgres
def test_a_decision_knows_when_its_data_have_changed(room):
    def version(rows):
        table = Table(["question", "answer"], [[f"Lamp {n}?", f"Colour {n}."] for n in range(rows)])
        return save_training_set(room, "lamps", table, guess_mapping(table))

    first = save_decision(room, recommend(Answers(), Signals()), Evidence(version_id=version(12)))
    second = save_decision(room, recommend(Answers(), Signals()), Evidence(version_id=version(20)))
    earlier, later = get_decision(room, first), get_decision(room, second)
    assert what_changed(room, later) == []
    (told,) = compared_with(earlier, later)
    assert told.startswith("The training set has changed: “lamps, version 1”")
