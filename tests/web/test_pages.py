"""Every page in an empty workspace and in one where things happened; entered as a visitor would."""

import pytest

from studio.web.menu import ENTRIES
from tests.web.furnished import RUN_STATES, furnish

pytestmark = pytest.mark.postgres
FILES = [entry.file for entry in ENTRIES]


@pytest.mark.parametrize("file", FILES)
def test_a_page_says_what_it_is_in_an_empty_workspace(open_page, file):
    app = open_page(file)
    assert not app.exception
    assert app.title[0].value in {entry.title for entry in ENTRIES}


@pytest.mark.parametrize("file", FILES)
def test_a_page_shows_what_there_is(open_page, room, file):
    furnish(room)
    assert not open_page(file).exception


@pytest.mark.parametrize("state", RUN_STATES)
def test_a_run_can_be_opened_in_every_state(open_page, room, state):
    app = open_page("pages/tuning/runs.py", run=str(furnish(room).runs[state]))
    assert not app.exception
    assert f"Run {state}" in app.subheader[0].value


def test_a_failed_run_says_what_to_do(open_page, room):
    app = open_page("pages/tuning/runs.py", run=str(furnish(room).runs["failed"]))
    assert "learning rate" in app.error[0].value


def test_a_run_that_is_not_there_is_a_sentence(open_page):
    app = open_page("pages/tuning/runs.py", run="999999")
    assert "There is no run 999999" in app.warning[0].value


def test_a_finished_comparison_shows_its_headline_and_all_questions(open_page, room):
    app = open_page("pages/compare/comparisons.py", comparison=str(furnish(room).comparison))
    assert not app.exception
    assert "highest" in app.subheader[1].value
    assert len(app.dataframe[-1].value) == 12


def test_a_conversation_links_its_citation_to_the_passage(open_page, room):
    made = furnish(room)
    app = open_page("pages/ask/chat.py", conversation=str(made.conversation))
    answer = app.chat_message[1].markdown[0].value
    assert f"(/passage?id={made.passage}&answer=" in answer


def test_an_answer_cannot_show_pictures_from_elsewhere(open_page, room):
    app = open_page("pages/ask/chat.py", conversation=str(furnish(room).conversation))
    assert "![x]" not in app.chat_message[1].markdown[0].value


def test_a_passage_is_marked_in_its_document(open_page, room):
    app = open_page("pages/library/passage.py", id=str(furnish(room).passage))
    assert not app.exception
    assert any(":yellow-background[The valve opens at 4 bar" in one.value for one in app.markdown)


def test_a_deleted_passage_is_a_sentence(open_page):
    app = open_page("pages/library/passage.py", id="999999")
    assert "is gone" in app.warning[0].value


def test_an_answer_changes_the_advice(open_page):
    app = open_page("pages/decide/advice.py")
    app.radio(key="advice_needs_sources").set_value("Yes")
    app.radio(key="advice_facts_change").set_value("Every week").run()
    assert any("RAG" in heading.value for heading in app.subheader)


def test_a_decision_can_be_kept(open_page):
    app = open_page("pages/decide/advice.py")
    app.radio(key="advice_needs_sources").set_value("Yes").run()
    app.button(key="advice_keep").click().run()
    assert app.expander(key="advice_kept").label == "Kept decisions (1)"


def test_a_kept_decision_opens_as_it_stood(open_page):
    app = open_page("pages/decide/advice.py")
    app.radio(key="advice_needs_sources").set_value("Yes").run()
    app.button(key="advice_keep").click().run()
    app.session_state["advice_decisions"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    app.run()
    assert any("kept" in caption.value for caption in app.expander(key="advice_kept").caption[1:])
