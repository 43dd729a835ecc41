"""Large files reach the library through the upload route, and originals leave through the download route."""

import hashlib

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from studio.library.documents import list_documents
from studio.library.intake.refusals import list_refusals
from studio.library.viewing.viewer import original
from studio.training_sets import imports
from studio.web import incoming
from studio.web.originals import ROUTES as ORIGINALS
from studio.web.originals import disposition
from studio.web.upload_routes import ROUTES as LARGE_FILES
from tests.web.furnished import furnish

pytestmark = pytest.mark.postgres
TEXT = b"# Lamp oil\n\n" + b"The lamp takes 37 drams of oil. " * 200
SIZE = len(TEXT)


@pytest.fixture
def visitor(room, cached_database, monkeypatch):
    """A browser that has opened the upload page of the workspace's only library."""
    monkeypatch.setenv("STUDIO_DATA", str(room.settings.data))
    monkeypatch.setenv("STUDIO_WORKSPACE", room.name)
    client = TestClient(Starlette(routes=[*LARGE_FILES, *ORIGINALS]), base_url="http://localhost")
    client.get("/upload")
    client.headers["x-studio-token"] = client.cookies["studio_upload"]
    return client


@pytest.fixture
def made(room):
    return furnish(room)


@pytest.fixture
def files(made):
    return f"/upload/library/{made.library}/files"


def begun(visitor, files, name="lamp.md", size=SIZE):
    return visitor.post(files, json={"name": name, "size": size, "mark": "1"}).json()


def test_a_file_sent_in_two_pieces_becomes_a_document(visitor, files, made, room):
    place = f"{files}/{begun(visitor, files)['id']}"
    visitor.put(f"{place}?at=0", content=TEXT[:1000])
    visitor.put(f"{place}?at=1000", content=TEXT[1000:])
    assert visitor.post(f"{place}/whole").json() == {"documents": 1, "said": []}
    newest = list_documents(room, made.library)[0]
    assert newest.name == "lamp.md"
    assert original(room, newest.id).path.name == hashlib.sha256(TEXT).hexdigest()


def test_a_table_becomes_an_open_import(visitor, room):
    files, rows = "/upload/tables/files", b"question,answer\n" + b"Why?,Because.\n" * 12
    place = f"{files}/{begun(visitor, files, 'why.csv', len(rows))['id']}"
    visitor.put(f"{place}?at=0", content=rows)
    taken = visitor.post(f"{place}/whole").json()
    assert imports.get(room, imports.read_now(room, taken["import"])).report["rows"] == 12


def test_the_training_sets_take_no_documents(visitor):
    assert "does not read" in begun(visitor, "/upload/tables/files", "lamp.pdf")["error"]


def test_what_was_begun_for_a_library_is_not_handed_to_the_training_sets(visitor, files):
    number = begun(visitor, files, "both.csv")["id"]
    assert visitor.get(f"/upload/tables/files/{number}").status_code == 404


def test_a_broken_upload_goes_on_where_it_ended(visitor, files):
    visitor.put(f"{files}/{begun(visitor, files)['id']}?at=0", content=TEXT[:1000])
    assert begun(visitor, files)["have"] == 1000


def test_a_piece_at_the_wrong_place_is_refused(visitor, files):
    place = f"{files}/{begun(visitor, files)['id']}"
    assert visitor.put(f"{place}?at=5", content=b"x").status_code == 409
    assert visitor.get(place).json() == {"have": 0}


def test_a_file_that_is_not_whole_is_not_added(visitor, files, made, room):
    place = f"{files}/{begun(visitor, files)['id']}"
    visitor.put(f"{place}?at=0", content=TEXT[:10])
    assert visitor.post(f"{place}/whole").status_code == 409
    assert len(list_documents(room, made.library)) == 3


def test_a_cancelled_upload_leaves_nothing(visitor, files, room):
    place = f"{files}/{begun(visitor, files)['id']}"
    visitor.put(f"{place}?at=0", content=TEXT)
    visitor.delete(place)
    assert list((room.settings.data / "incoming" / str(room.id)).iterdir()) == []


@pytest.mark.parametrize(
    ("name", "size", "said"),
    [
        ("movie.mp4", 10, "does not read"),
        ("empty.md", 0, "is empty"),
        ("all.zip", 4 * 2**30 + 1, "larger than 4 GB"),
    ],
)
def test_what_cannot_be_taken_is_refused_before_it_is_sent(visitor, files, made, room, name, size, said):
    assert said in begun(visitor, files, name, size)["error"]
    assert [one.name for one in list_refusals(room, made.library)] == [name]


def test_a_full_disk_is_said_before_anything_is_sent(visitor, files, monkeypatch):
    monkeypatch.setattr(incoming, "_SPARE_BYTES", 2**60)
    assert "Make room" in begun(visitor, files)["error"]


def test_a_library_that_is_not_there_is_a_sentence(visitor):
    answer = visitor.get("/upload/library/999999")
    assert answer.status_code == 404
    assert "no" in answer.json()["error"].lower()


@pytest.mark.parametrize(
    "header",
    [
        {"x-studio-token": "guessed"},
        {"origin": "http://evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"host": "rebound.example"},
    ],
)
def test_another_site_can_start_no_upload(visitor, files, header, monkeypatch):
    monkeypatch.setattr("streamlit.get_option", lambda name: ["localhost"])
    assert visitor.post(files, json={"name": "a.md", "size": 1}, headers=header).status_code == 403


def test_a_name_from_a_browser_never_becomes_a_path(visitor, files, room):
    begun(visitor, files, "../../outside.md")
    names = [path.name for path in (room.settings.data / "incoming" / str(room.id)).iterdir()]
    assert all(len(name) == len("0" * 64 + ".json") for name in names)


def test_an_original_comes_back_as_an_attachment(visitor, files, made, room):
    place = f"{files}/{begun(visitor, files)['id']}"
    visitor.put(f"{place}?at=0", content=TEXT)
    visitor.post(f"{place}/whole")
    answer = visitor.get(f"/original/{list_documents(room, made.library)[0].id}")
    assert answer.content == TEXT
    assert answer.headers["content-disposition"].startswith('attachment; filename="lamp.md"')


def test_another_workspace_cannot_fetch_an_original(visitor, database):
    next_door = database.workspace("next door")
    other = list_documents(next_door, furnish(next_door).library)[0]
    assert visitor.get(f"/original/{other.id}").status_code == 404


def test_a_file_name_cannot_break_out_of_its_header():
    shown = disposition('Preisliste "Jänner"\r\nSet-Cookie: x=1.pdf')
    assert "\r" not in shown
    assert shown.count('"') == 2
    assert "filename*=UTF-8''Preisliste%20%22J%C3%A4nner%22%0D%0ASet-Cookie" in shown
