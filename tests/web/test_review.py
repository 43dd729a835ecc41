"""Suggested examples are gathered, reviewed one at a time, and become a training set."""

import pytest
import sqlalchemy as sa

from studio.library.answering.conversations import list_messages
from studio.library.answering.feedback import Remark, rate
from studio.store import tables
from studio.training_sets.building import drafting, suggestions
from studio.training_sets.versions import examples, list_versions
from tests.web.furnished import furnish

pytestmark = pytest.mark.postgres
PAGE = "pages/tuning/review.py"


@pytest.fixture
def made(room):
    """A library, and three suggestions from its passage; the last gives reason to look twice."""
    made = furnish(room)
    source = {"passage_id": made.passage, "document": "ready.md", "place": "section Valves"}
    with room.session() as session:
        for number in range(3):
            said = {"prompt": f"At how many bar, {number}?", "completion": "At 4 bar."}
            row = tables.Suggestion(
                workspace_id=room.id,
                origin="drafted",
                drafted=said,
                source={**source, "quote": "The valve opens at 4 bar."},
                doubts=["The answer is long."] if number == 2 else [],
                **said,
            )
            session.add(row)
    return made


def states(room):
    return {state: number for state, number in suggestions.counts(room).items() if number}


def said(app):
    return " ".join(str(one.value) for one in [*app.markdown, *app.caption])


def test_a_suggestion_stands_beside_its_passage(open_page, made):
    app = open_page(PAGE)
    assert not app.exception
    assert "At how many bar, 0?" in said(app)
    assert ":yellow-background[" in said(app)


def test_accept_and_reject_bring_the_next(open_page, made, room):
    app = open_page(PAGE)
    app.button(key="review_accept").click().run()
    assert "At how many bar, 1?" in said(app)
    app.button(key="review_reject").click().run()
    assert states(room) == {"accepted": 1, "rejected": 1, "waiting": 1}
    assert "The answer is long" in said(app)


def test_another_wording_is_taken(open_page, made, room):
    app = open_page(PAGE)
    app.button(key="review_edit").click().run()
    app.text_area[1].set_value("At four bar.")
    app.button(key="review_keep").click().run()
    (edited,) = suggestions.list_suggestions(room, suggestions.Find(states=("edited",)))
    assert edited.completion == "At four bar."


def test_undo_brings_the_last_one_back(open_page, made, room):
    app = open_page(PAGE)
    app.button(key="review_reject").click().run()
    app.button(key="review_undo").click().run()
    assert states(room) == {"waiting": 3}
    assert "At how many bar, 0?" in said(app)


def test_what_was_said_in_another_tab_can_be_taken_back(open_page, made, room):
    first, second, _ = suggestions.list_suggestions(room)
    suggestions.accept(room, first.id)
    suggestions.reject(room, second.id)
    app = open_page(PAGE)
    app.button(key="review_undo").click().run()
    assert states(room) == {"accepted": 1, "waiting": 2}


def test_the_accepted_ones_become_a_training_set(open_page, made, room):
    app = open_page(PAGE)
    app.button(key="review_accept").click().run()
    app.text_input(key="review_name").set_value("Valves").run()
    app.button(key="review_make").click().run()
    newest = list_versions(room)[0]
    assert (newest.name, newest.examples) == ("Valves", 1)
    assert examples(room, newest.id)[0].reviewed
    assert app.title[0].value == "Training set"


def test_the_accepted_ones_join_the_draft_of_a_set(open_page, made, room):
    app = open_page(PAGE)
    app.button(key="review_accept").click().run()
    app.selectbox(key="review_into").set_value(list_versions(room)[0].training_set_id).run()
    app.button(key="review_make").click().run()
    assert app.title[0].value == "Training set"
    assert "1 added" in said(app)


def test_drafting_is_asked_for_and_stopped(open_page, room):
    library = furnish(room).library
    with room.session() as session:
        passage = session.query(tables.Passage).where(tables.Passage.library_id == library).one()
        passage.text = "The valve opens at 4 bar and closes at 2 bar, measured at the inlet."
    app = open_page(PAGE)
    app.button(key="review_draft").click().run()
    (work,) = drafting.list_draftings(room)
    app.button(key=f"review_stop_{work.id}").click().run()
    assert drafting.get(room, work.id).state == "stopped"


@pytest.fixture
def rated(room):
    """The answer of a conversation, called bad without a better one."""
    answer = list_messages(room, furnish(room).conversation)[1]
    rate(room, answer.id, -1, "", Remark("wrong", "It is 3 bar since May."))


def test_a_bad_answer_waits_with_what_was_said_and_what_it_read(open_page, room, rated):
    app = open_page(PAGE)
    assert not app.exception
    shown = said(app)
    assert "It is wrong" in shown and "3 bar since May" in shown and "The valve opens at 4 bar" in shown
    assert not [one for one in app.button if one.key == "review_accept"]


def test_a_bad_answer_becomes_an_example_in_other_words(open_page, room, rated):
    app = open_page(PAGE)
    app.button(key="review_edit").click().run()
    app.text_area[1].set_value("At 3 bar.")
    app.button(key="review_keep").click().run()
    assert states(room) == {"edited": 1}


def test_a_missing_document_is_a_thing_to_do_until_it_is_there(open_page, room, rated):
    app = open_page(PAGE)
    app.button(key="review_missing_one").click().run()
    assert states(room) == {"missing": 1}
    app = open_page(PAGE)
    (waiting,) = suggestions.list_suggestions(room, suggestions.Find(("missing",)))
    assert "1 question waiting for a document" in said(app)
    app.button(key=f"review_supplied_{waiting.id}").click().run()
    assert states(room) == {"supplied": 1}


def test_an_answer_rated_again_meanwhile_is_shown_as_it_stands_now_and_not_accepted(open_page, room, made):
    with room.session() as session:
        session.execute(sa.delete(tables.Suggestion))
    answer = list_messages(room, made.conversation)[-1].id
    rate(room, answer, 1)
    app = open_page(PAGE)
    rate(room, answer, -1, "At 3 bar since May.")
    app.button(key="review_accept").click().run()
    assert states(room) == {"waiting": 1}
    assert "rated again while you looked" in app.warning[0].value
    assert "At 3 bar since May." in said(app)
