"""What people do on the pages reaches the services behind them."""

import pytest

from studio.library.answering.conversations import list_messages
from studio.library.documents import delete_document, list_documents
from studio.library.intake.refusals import Refusal, list_refusals, settle_refusals
from studio.store import tables
from studio.training_sets.versions import list_versions
from studio.tuning.runs import get_run
from studio.web.parts.choices import NOTHING
from tests.web.furnished import furnish

pytestmark = pytest.mark.postgres


def test_a_document_is_taken_in_and_waits(open_page, room):
    made = furnish(room)
    app = open_page("pages/library/library.py")
    app.file_uploader(key="library_files_0").upload("night.md", b"# Night\n\nWater the brim at four.")
    app.button(key="library_add").click().run()
    assert not app.exception
    assert "night.md" in {document.name for document in list_documents(room, made.library)}
    assert app.file_uploader(key="library_files_1").value == []  # the file is held in memory no more


def test_a_refused_file_has_a_receipt_after_a_reload_until_it_is_dismissed(open_page, room):
    made = furnish(room)
    app = open_page("pages/library/library.py")
    app.file_uploader(key="library_files_0").upload("broken.pdf", b"not a pdf")
    app.button(key="library_add").click().run()
    assert len(list_documents(room, made.library)) == 3
    (refused,) = list_refusals(room, made.library)
    again = open_page("pages/library/library.py")
    assert "**broken\\.pdf**" in " ".join(one.value for one in again.markdown)
    again.button(key=f"library_dismiss_{refused.id}").click().run()
    assert list_refusals(room, made.library) == []


def test_another_file_in_place_of_a_refused_one_settles_it(open_page, room):
    made = furnish(room)
    settle_refusals(room, made.library, [Refusal("scan.pdf", "It has no text.")])
    (refused,) = list_refusals(room, made.library)
    app = open_page("pages/library/library.py")
    app.file_uploader(key=f"library_other_{refused.id}").upload("scan.md", b"# Lids\n\nRed.")
    app.button(key=f"library_send_{refused.id}").click().run()
    assert not app.exception
    assert list_refusals(room, made.library) == []
    assert list_documents(room, made.library)[0].name == "scan.md"


def test_an_empty_library_is_not_chosen_while_another_has_documents(open_page, room):
    made = furnish(room)
    with room.session() as session:
        session.add(
            tables.Library(
                workspace_id=room.id, name="Empty", embedding_model="m", embedding_revision="1", dimension=384
            )
        )
    chat = open_page("pages/ask/chat.py")
    assert chat.selectbox(key="chat_library").value == made.library


def test_every_page_begins_with_the_library_that_was_opened_last(open_page, room):
    first, second = furnish(room).library, furnished_again(room)
    assert open_page("pages/ask/chat.py").selectbox(key="chat_library").value == second
    open_page("pages/library/library.py", library=str(first))
    assert open_page("pages/ask/chat.py").selectbox(key="chat_library").value == first
    lab = open_page("pages/library/search_lab.py")
    assert lab.selectbox(key="search_lab_library").value == first
    lab.selectbox(key="search_lab_library").set_value(second).run()
    assert open_page("pages/library/library.py").selectbox(key="library_library").value == second


def furnished_again(room):
    """A newer library with a document."""
    with room.session() as session:
        kept = {"workspace_id": room.id, "embedding_model": "m", "embedding_revision": "1", "dimension": 384}
        library = tables.Library(name="Newer", passage_count=1, **kept)
        session.add(library)
        session.flush()
        document = {"workspace_id": room.id, "library_id": library.id, "name": "a.md", "sha256": "a"}
        session.add(tables.Document(state="ready", **document))
        return library.id


def test_the_base_model_speaks_unless_the_address_names_an_adapter(open_page, room):
    made = furnish(room)
    assert open_page("pages/ask/chat.py").selectbox(key="chat_adapter").value == NOTHING
    asked = open_page("pages/ask/chat.py", adapter=str(made.adapter))
    assert asked.selectbox(key="chat_adapter").value == made.adapter
    assert any("invent references" in caption.value for caption in asked.caption)


def test_answers_stand_in_the_address_and_come_back_from_it(open_page):
    app = open_page(
        "pages/decide/advice.py", needs_sources="yes", facts_change="maybe", latency_seconds="2.5"
    )
    assert app.radio(key="advice_needs_sources").value == "Yes"
    assert app.number_input(key="advice_latency_seconds").value == 2.5
    app.radio(key="advice_needs_sources").set_value("Don't know")
    app.radio(key="advice_facts_change").set_value("Every week").run()
    assert app.query_params == {"facts_change": "weekly", "latency_seconds": "2.5"}


def test_a_failed_document_can_be_tried_again(open_page, room):
    made = furnish(room)
    failed = next(one for one in list_documents(room, made.library) if one.state == "failed")
    open_page("pages/library/library.py").button(key=f"library_retry_{failed.id}").click().run()
    assert {one.state for one in list_documents(room, made.library) if one.id == failed.id} == {"waiting"}


def test_a_document_can_be_deleted(open_page, room):
    made = furnish(room)
    failed = next(one for one in list_documents(room, made.library) if one.state == "failed")
    app = open_page("pages/library/library.py")
    assert app.button(key=f"library_remove_{failed.id}").disabled
    app.checkbox(key=f"library_sure_{failed.id}").check().run()
    app.button(key=f"library_remove_{failed.id}").click().run()
    assert failed.id not in {one.id for one in list_documents(room, made.library)}


def test_the_box_tells_the_browser_that_the_library_has_fewer_documents(open_page, room):
    made = furnish(room)
    app = open_page("pages/library/library.py")
    app.selectbox(key="library_library").set_value(made.library).run()
    delete_document(room, list_documents(room, made.library)[0].id)
    box = app.run().selectbox(key="library_library")
    assert box.proto.set_value and box.proto.raw_value in box.options


def test_stop_asks_the_run_to_stop(open_page, room):
    running = furnish(room).runs["running"]
    open_page("pages/tuning/runs.py", run=str(running)).button(key="runs_stop").click().run()
    assert get_run(room, running).state == "stopping"


def test_resume_queues_the_run_again(open_page, room):
    stopped = furnish(room).runs["stopped"]
    open_page("pages/tuning/runs.py", run=str(stopped)).button(key="runs_resume").click().run()
    assert get_run(room, stopped).state == "queued"


def test_a_thumb_is_kept_as_a_rating(open_page, room):
    conversation = furnish(room).conversation
    answer = list_messages(room, conversation)[1]
    app = open_page("pages/ask/chat.py", conversation=str(conversation))
    app.get_by_key(f"chat_rate_{answer.id}").set_value(1).run()
    assert list_messages(room, conversation)[1].score == 1


def test_advice_leads_to_the_run_with_the_training_set_chosen(open_page, room):
    furnish(room)
    app = open_page("pages/decide/advice.py")
    app.radio(key="advice_special_wording").set_value("Yes")
    app.radio(key="advice_automated_flow").set_value("Yes").run()
    app.button(key="advice_run").click().run()
    assert app.title[0].value == "Runs"
    assert app.selectbox(key="runs_version").value == list_versions(room)[0].id


def test_the_sample_is_asked_for_with_one_click(open_page):
    app = open_page("pages/start/start.py")
    app.button(key="start_sample").click().run()
    assert not app.exception
    assert "being brought in" in " ".join(one.value for one in app.markdown)
