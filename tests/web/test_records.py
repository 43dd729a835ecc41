"""A decision record is shown to whoever may read its workspace."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from studio.advice.answers import Answers
from studio.advice.decisions import save_decision
from studio.advice.recommend import recommend
from studio.advice.signals import Signals
from studio.web.records import ROUTES

pytestmark = pytest.mark.postgres


@pytest.fixture
def visitor(room, cached_database, monkeypatch):
    monkeypatch.setenv("STUDIO_DATA", str(room.settings.data))
    monkeypatch.setenv("STUDIO_WORKSPACE", room.name)
    return TestClient(Starlette(routes=ROUTES), base_url="http://localhost")


def decided(room):
    return save_decision(room, recommend(Answers(needs_sources=True), Signals()))


def test_a_record_can_be_printed_and_saved(visitor, room):
    number = decided(room)
    shown = visitor.get(f"/decision/{number}.html")
    assert f"<h1>Decision {number}:" in shown.text
    saved = visitor.get(f"/decision/{number}.md")
    assert saved.text.startswith(f"# Decision {number}:")
    assert "attachment" in saved.headers["content-disposition"]


def test_another_workspace_cannot_read_it(visitor, database):
    number = decided(database.workspace("next door to records"))
    assert visitor.get(f"/decision/{number}.html").status_code == 404
