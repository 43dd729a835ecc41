"""A database that is killed, stays away, runs out of disk or drops a connection."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from streamlit.testing.v1 import AppTest

from bench import passages
from studio.errors import BadInput
from studio.library.documents import list_documents
from studio.library.intake.adding import Upload, add_documents
from studio.settings import Settings
from studio.store import embedded
from studio.store.database import Database, Workspace, open_database
from studio.store.tables import Conversation
from studio.tuning import process
from studio.tuning.attempt import patiently
from studio.tuning.plan import METRICS, read_rows
from studio.tuning.runs import get_run, metrics, stop_run
from tests.faults.conftest import Starting
from tests.faults.happenings import (
    fill,
    folder_of,
    freeze,
    kill,
    postmaster,
    supervised,
    thaw,
    wait,
    watcher,
)

pytestmark = pytest.mark.postgres
AWAY_SECONDS = 8.0
Seen = Callable[[str], None]


def titles(room: Workspace) -> list[str]:
    with room.session() as session:
        return list(session.scalars(sa.select(Conversation.title).order_by(Conversation.id)))


def note(room: Workspace, title: str) -> None:
    with room.session() as session:
        session.add(Conversation(workspace_id=room.id, title=title))


@pytest.mark.model
@pytest.mark.faults("F4", "kill -9 of the first process of PostgreSQL during training")
@pytest.mark.faults("F5", "PostgreSQL is down during training")
def test_training_goes_on_without_its_database(
    room: Workspace, start_run: Starting, quick_looks: None, seen: Seen
) -> None:
    note(room, "kept")
    run_id = start_run(checkpoints=2)
    folder = folder_of(room, run_id)
    supervisor = supervised(room, run_id)
    wait(lambda: get_run(room, run_id).step > 0)
    born = process.find(folder)

    kill(postmaster(room))
    began = time.monotonic()
    assert patiently(lambda: titles(room)) == ["kept"]
    took = time.monotonic() - began
    step = get_run(room, run_id).step
    wait(lambda: get_run(room, run_id).step > step)
    seen(f"killed: answered again after {took:.1f} s with all that was committed, the run went on")

    keeper = watcher(room)
    freeze(keeper)  # nobody starts the server again
    try:
        kill(postmaster(room))
        before = len(read_rows(folder / METRICS))
        time.sleep(AWAY_SECONDS)
        went_on = len(read_rows(folder / METRICS)) - before
    finally:
        thaw(keeper)
    assert went_on > 0
    wait(lambda: patiently(lambda: get_run(room, run_id)).step >= before + went_on)
    assert process.find(folder) == born
    stop_run(room, run_id)
    supervisor.join(60)
    run = get_run(room, run_id)
    seen(f"away: {went_on} more steps were trained meanwhile and recorded afterwards by the same process")
    assert (run.state, run.error, run.attempts) == ("stopped", None, 1)
    assert [point.step for point in metrics(room, run_id)] == list(range(1, run.step + 1))


@pytest.fixture
def small_volume(volume: Callable[..., Path]) -> Iterator[Path]:
    """A volume that the account of PostgreSQL reaches, just large enough for a new studio."""
    place = volume(Path(tempfile.mkdtemp(prefix="studio-volume-")), 160)
    place.parent.chmod(0o755)
    yield place


@pytest.mark.faults("F14", "the volume of PostgreSQL is full")
def test_a_full_volume_refuses_new_things_and_shows_the_old(small_volume: Path, seen: Seen) -> None:
    database = open_database(Settings.load(small_volume / "data"))
    room = database.workspace("full")
    note(room, "before")
    filler = fill(small_volume, left=0)
    with pytest.raises(OperationalError) as refused:
        for _ in range(64):
            note(room, os.urandom(200_000).hex())
    kept = titles(room)
    banner = AppTest.from_function(failing_with, args=(refused.value,)).run().error[0].value
    seen(f"the page says “{banner}” and what was there can be read")
    assert "disk of the database is full" in banner and kept[0] == "before"
    filler.unlink()
    note(room, "after")
    assert titles(room)[-1] == "after"
    database.close()
    embedded.stop_using(embedded.locate(room.settings.data))


def failing_with(error: Exception) -> None:
    from studio.web.errors import errors_shown

    with errors_shown():
        raise error


@pytest.fixture(params=["embedded", "own server"])
def pooled(request: pytest.FixtureRequest, database: Database) -> Iterator[Workspace]:
    """A workspace behind a pool of its own, of either kind."""
    url = None if request.param == "embedded" else database.owner_url
    opened = open_database(replace(database.settings, database_url=url))
    yield opened.workspace(f"pooled {os.getpid()}")
    opened.close()


def backend(session: sa.orm.Session) -> int:
    return int(session.scalar(sa.text("SELECT pg_backend_pid()")) or 0)


@pytest.mark.faults("F26", "pg_terminate_backend in the middle of a transaction")
def test_a_connection_lost_in_a_transaction_leaves_nothing_behind(
    pooled: Workspace, database: Database, seen: Seen
) -> None:
    before = titles(pooled)
    with pytest.raises(OperationalError), pooled.session() as session:
        session.add(Conversation(workspace_id=pooled.id, title="half"))
        session.flush()
        terminate(database, backend(session))
        session.execute(sa.text("SELECT 1"))
    assert titles(pooled) == before
    with pooled.session() as session:
        idle = backend(session)
    terminate(database, idle)
    note(pooled, "next")
    seen(
        "the transaction ends with an error that pages show as “restarting”, nothing of it is stored; "
        "whoever gets the next connection notices nothing"
    )
    assert titles(pooled) == [*before, "next"]


def terminate(database: Database, pid: int) -> None:
    with psycopg.connect(database.owner_url.replace("+psycopg", ""), autocommit=True) as owner:
        owner.execute("SELECT pg_terminate_backend(%s, 2000)", (pid,))


@pytest.mark.faults("F27", "a connection goes back to the pool and is used without a workspace")
def test_a_pooled_connection_forgets_whose_it_was(pooled: Workspace, seen: Seen) -> None:
    note(pooled, "mine")
    with pooled.session() as session:
        used = backend(session)
        assert session.scalar(sa.select(sa.func.count()).select_from(Conversation))
    with pooled.db.engine.connect() as next_user:
        assert next_user.scalar(sa.text("SELECT pg_backend_pid()")) == used
        left = next_user.scalar(sa.text("SELECT current_setting('app.workspace', true)"))
        rows = next_user.scalar(sa.text("SELECT count(*) FROM conversations"))
    seen(f"the same connection knows no workspace any more and sees {rows} rows")
    assert (left, rows) == ("", 0)


@pytest.mark.faults("F13", "the volume of the originals is full when a file is uploaded")
def test_an_upload_without_room_leaves_no_trace(
    room: Workspace, volume: Callable[..., Path], seen: Seen
) -> None:
    library = passages.filled_library(room, "Pumps", 1).id
    before = [document.name for document in list_documents(room, library)]
    place = volume(room.blobs.folder, 1)
    with pytest.raises(BadInput) as refused:
        add_documents(room, library, [Upload("manual.md", BytesIO(b"# Pumps\n" + b"Pumps hum. " * 300_000))])
    seen(f"“{refused.value}”; no document, nothing left of the file")
    assert "it needs 3.3 MB, and 1.0 MB are free" in str(refused.value)
    kept = [one.name for one in list_documents(room, library) if one.state != "failed"]
    assert kept == before and list(place.iterdir()) == []
