"""What people do on the pages reaches the services behind them."""

import pytest

from studio.library.conversations import list_messages
from studio.library.documents import list_documents
from studio.training_sets.versions import list_versions
from studio.tuning.runs import get_run
from tests.web.furnished import furnish

pytestmark = pytest.mark.postgres


def test_a_document_is_taken_in_and_waits(open_page, room):
    made = furnish(room)
    app = open_page("pages/library/library.py")
    app.file_uploader(key="library_files").upload("night.md", b"# Night\n\nWater the brim at four.")
    app.button(key="library_add").click().run()
    assert not app.exception
    assert "night.md" in {document.name for document in list_documents(room, made.library)}


def test_a_refused_file_is_named_and_nothing_is_stored(open_page, room):
    made = furnish(room)
    app = open_page("pages/library/library.py")
    app.file_uploader(key="library_files").upload("broken.pdf", b"not a pdf")
    app.button(key="library_add").click().run()
    assert "broken.pdf" in app.error[0].value
    assert len(list_documents(room, made.library)) == 3


def test_a_failed_document_can_be_tried_again(open_page, room):
    made = furnish(room)
    failed = next(one for one in list_documents(room, made.library) if one.state == "failed")
    open_page("pages/library/library.py").button(key=f"library_retry_{failed.id}").click().run()
    assert {one.state for one in list_documents(room, made.library) if one.id == failed.id} == {"waiting"}


def test_a_document_can_be_deleted(open_page, room):
    made = furnish(room)
    failed = next(one for one in list_documents(room, made.library) if one.state == "failed")
    open_page("pages/library/library.py").button(key=f"library_remove_{failed.id}").click().run()
    assert failed.id not in {one.id for one in list_documents(room, made.library)}


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
