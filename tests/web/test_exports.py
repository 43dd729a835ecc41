"""Versions of training sets leave through the export route, and come back as the same version."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from studio.training_sets import imports
from studio.training_sets.versions import get_version
from studio.web.exports import ROUTES
from tests.web.furnished import furnish

pytestmark = pytest.mark.postgres


@pytest.fixture
def visitor(room, cached_database, monkeypatch):
    monkeypatch.setenv("STUDIO_DATA", str(room.settings.data))
    monkeypatch.setenv("STUDIO_WORKSPACE", room.name)
    return TestClient(Starlette(routes=ROUTES), base_url="http://localhost")


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_an_export_comes_back_as_the_same_content(visitor, room, form):
    version = get_version(room, furnish(room).version)
    answer = visitor.get(f"/export/{version.id}.{form}")
    assert f'filename="Parts_ version 1.{form}"' in answer.headers["content-disposition"]
    back = imports.read_now(room, imports.receive(room, answer.content, f"back.{form}"))
    saved = imports.save(room, back, "Back")
    assert get_version(room, saved.version_id).sha256 == version.sha256


@pytest.mark.parametrize("address", ["/export/999999.csv", "/export/1.exe"])
def test_what_is_not_there_is_a_sentence(visitor, address):
    answer = visitor.get(address)
    assert answer.status_code == 404
    assert answer.text.endswith(".")


def test_another_workspace_cannot_fetch_a_version(visitor, database):
    next_door = database.workspace("next door to exports")
    assert visitor.get(f"/export/{furnish(next_door).version}.csv").status_code == 404


def test_another_site_cannot_ask_for_one(visitor, room):
    made = furnish(room)
    answer = visitor.get(f"/export/{made.version}.csv", headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
