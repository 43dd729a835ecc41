"""A run's result leaves by its page and the download route, and by no other way."""

import io
from zipfile import ZipFile

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from studio.models.adapters import list_adapters
from studio.models.folders import write_manifest
from studio.models.promotions import history, in_use, promote
from studio.store import tables
from studio.tuning.exporting.exports import folder_of, list_exports, request_export
from studio.tuning.exporting.plan import CONTENT
from studio.tuning.exporting.verdict import Verdict
from studio.tuning.runs import list_runs
from studio.web.model_downloads import ROUTES
from tests.web.furnished import furnish

pytestmark = pytest.mark.postgres
RUNS = "pages/tuning/runs.py"


@pytest.fixture
def visitor(room, cached_database, monkeypatch):
    monkeypatch.setenv("STUDIO_DATA", str(room.settings.data))
    monkeypatch.setenv("STUDIO_WORKSPACE", room.name)
    return TestClient(Starlette(routes=ROUTES), base_url="http://localhost")


def built(room, run, form="merged"):
    """An export as the job leaves it when it was built and checked."""
    export = request_export(room, run, form)
    files = folder_of(room, export) / CONTENT
    files.mkdir(parents=True)
    (files / "model.safetensors").write_bytes(b"weights" * 300_000)
    (files / "README.md").write_text("# Parts expert\n")
    write_manifest(files)
    with room.session() as session:
        row = session.get_one(tables.Export, export)
        row.state, row.size = "succeeded", 2_100_000
        row.checked = Verdict(10, 10, 1, 200, 0.031, False).as_dict()
    return export


def test_an_export_is_asked_for_with_one_click_and_can_be_stopped(open_page, room):
    run = furnish(room).runs["succeeded"]
    app = open_page(RUNS, run=str(run))
    app.button(key="runs_export_gguf").click().run()
    assert [(one.format, one.state) for one in list_exports(room, run)] == [("gguf", "queued")]
    app.button(key="runs_export_stop_gguf").click().run()
    assert not app.exception
    assert list_exports(room, run)[0].state == "stopped"


def test_a_finished_export_says_what_was_checked_and_how_it_is_run(open_page, room):
    run = furnish(room).runs["succeeded"]
    built(room, run)
    app = open_page(RUNS, run=str(run))
    shown = " ".join(one.value for one in app.markdown)
    assert "10 of 10 answers equal (1 up to where the adapter itself wavered)" in shown.replace("\\", "")
    assert "2.1 MB" in shown
    assert "vllm serve ./run-succeeded-merged --served-model-name run-succeeded" in [
        c.value for c in app.code
    ]


def test_a_refused_export_says_why_and_offers_no_download(open_page, room):
    run = furnish(room).runs["succeeded"]
    export = request_export(room, run, "merged")
    with room.session() as session:
        row = session.get_one(tables.Export, export)
        row.state, row.error = "failed", "This export does not answer as the adapter does."
    app = open_page(RUNS, run=str(run))
    assert "does not answer" in app.error[0].value
    app.button(key="runs_export_merged").click().run()
    assert list_exports(room, run)[0].state == "queued"


def test_a_retired_adapter_is_offered_again_after_restoring(open_page, room):
    made = furnish(room)
    app = open_page(RUNS, run=str(made.runs["succeeded"]))
    app.button(key="runs_retire").click().run()
    assert list_adapters(room) == []
    app.button(key="runs_retire").click().run()
    assert [one.id for one in list_adapters(room)] == [made.adapter]


def test_an_export_is_downloaded_whole_as_one_zip(visitor, room):
    run = furnish(room).runs["succeeded"]
    answer = visitor.get(f"/model/{built(room, run)}.zip")
    assert 'filename="run-succeeded-merged.zip"' in answer.headers["content-disposition"]
    with ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert archive.read("run-succeeded-merged/model.safetensors") == b"weights" * 300_000


def test_an_export_that_is_not_ready_or_not_ours_is_a_sentence(visitor, room, database):
    waiting = request_export(room, furnish(room).runs["succeeded"], "merged")
    next_door = database.workspace("next door to models")
    theirs = built(next_door, furnish(next_door).runs["succeeded"])
    for export in (waiting, theirs, 999_999):
        answer = visitor.get(f"/model/{export}.zip")
        assert answer.status_code == 404
        assert answer.text.endswith(".")


def test_another_site_cannot_ask_for_an_export(visitor, room):
    export = built(room, furnish(room).runs["succeeded"])
    assert visitor.get(f"/model/{export}.zip", headers={"sec-fetch-site": "cross-site"}).status_code == 403


def test_an_adapter_is_put_into_use_and_gone_back_from_on_its_page(open_page, room):
    made = furnish(room)
    app = open_page(RUNS, run=str(made.runs["succeeded"]))
    assert app.button(key="runs_promote").disabled
    app.text_input(key="runs_promote_reason").set_value("The old one answers in German.").run()
    app.button(key="runs_promote").click().run()
    assert history(room, "smollm2-135m-instruct")[0].why.reason == "The old one answers in German."
    assert in_use(room) == {"smollm2-135m-instruct": made.adapter}
    assert "The adapter is in use" in " ".join(one.value for one in app.markdown)
    app.button(key="runs_rollback").click().run()
    assert in_use(room) == {}


def test_chat_starts_with_the_adapter_in_use(open_page, room):
    made = furnish(room)
    promote(room, made.adapter)
    app = open_page("pages/ask/chat.py")
    assert app.selectbox(key="chat_adapter").value == made.adapter


def test_a_run_is_deleted_behind_a_second_button_that_says_what_goes(open_page, room):
    run = furnish(room).runs["succeeded"]
    app = open_page(RUNS, run=str(run))
    assert "Used by the comparisons Four ways" in " ".join(one.value for one in app.markdown)
    app.button(key="runs_delete_sure").click().run()
    assert run not in [one.id for one in list_runs(room)]
