"""A worker that is killed at any moment leaves nothing half done: afterwards every passage is there, once."""

import os
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from studio.engine.client import Engine
from studio.library.documents import list_documents
from studio.library.intake.adding import add_documents
from studio.library.intake.states import WORKING
from studio.library.libraries import LibraryView, create_library, get_library
from studio.store.database import Workspace
from studio.store.tables import Blob, Document, Passage, TermCount
from tests.library.samples import add, write_text

pytestmark = [pytest.mark.postgres, pytest.mark.model]
REPOSITORY = Path(__file__).resolve().parents[2]
FILES = 300
WORDS = ("pump", "valve", "lid", "filter", "hose", "seal", "motor", "gauge", "spring", "washer")
WAITED = 90.0
WORKER = """
import sys
from studio.commands import jobs
from studio.jobs import worker
from studio.library.intake import groups, group_vectors
from studio.settings import Settings
worker.STALLED_SECONDS, worker.LOOK_SECONDS, worker.HEARTBEAT_SECONDS = 2.0, 0.3, 0.3
groups.PASSAGES_PER_GROUP, group_vectors.TEXTS_PER_SLICE = 40, 20
sys.exit(worker.run_worker(Settings.load(sys.argv[1]), "documents"))
"""


def write_files(folder: Path, edition: int) -> Path:
    """Small files; a third of them say something else in each edition."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for number in range(FILES):
        changes = edition if number % 3 == 0 else 0
        first, second = WORDS[number % 10], WORDS[(number // 10 + changes) % 10]
        write_text(folder / f"{number}.txt", f"Part {number}: the {first} is for the {second}.")
    return folder


def start_worker(room: Workspace) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", WORKER, str(room.settings.data)]
    return subprocess.Popen(command, cwd=REPOSITORY, stderr=subprocess.DEVNULL)


def working(room: Workspace, library_id: int) -> int:
    moving = sa.select(sa.func.count(Document.id)).where(
        Document.workspace_id == room.id, Document.library_id == library_id, Document.state.in_(WORKING)
    )
    with room.session() as session:
        return session.scalar(moving) or 0


def unfinished_jobs(room: Workspace) -> int:
    asked = sa.text(
        "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND task_name = 'ingest'"
    )
    with room.session() as session:
        return session.scalar(asked) or 0


def wait_until(reached: Callable[[], bool]) -> None:
    end = time.monotonic() + WAITED
    while not reached():
        assert time.monotonic() < end, "the documents were not read in time"
        time.sleep(0.02)


def kill_when(room: Workspace, library: LibraryView, left: int, pause: float) -> None:
    """Kill a worker a moment after so few documents are left."""
    worker = start_worker(room)
    try:
        wait_until(lambda: working(room, library.id) <= left)
        time.sleep(pause)
    finally:
        worker.kill()
        worker.wait()


def finish(room: Workspace) -> None:
    """Let an undisturbed worker do what is left."""
    worker = start_worker(room)
    try:
        wait_until(lambda: unfinished_jobs(room) == 0)
    finally:
        worker.terminate()
        worker.wait(20)


def contents(room: Workspace, library: LibraryView) -> Counter[tuple[str, int, str, str]]:
    """Every passage with its document and place in it."""
    chosen = sa.select(Document.name, Passage.position, Passage.kind, Passage.text).join_from(
        Document, Passage, Document.id == Passage.document_id
    )
    with room.session() as session:
        rows = session.execute(chosen.where(Passage.library_id == library.id))
        return Counter((name, position, kind, text) for name, position, kind, text in rows)


def counted(room: Workspace, library: LibraryView) -> dict[int, int]:
    with room.session() as session:
        mine = sa.select(TermCount.term, TermCount.passages).where(TermCount.library_id == library.id)
        return {term: passages for term, passages in session.execute(mine)}


def stored(room: Workspace) -> set[str]:
    return {path.name for path in (room.settings.data / "blobs" / str(room.id)).rglob("*") if path.is_file()}


def originals(room: Workspace) -> tuple[set[str], set[str]]:
    """Those that documents need and those the database knows."""
    with room.session() as session:
        mine = sa.select(Document.sha256).where(Document.workspace_id == room.id)
        known = sa.select(Blob.sha256).where(Blob.workspace_id == room.id)
        return set(session.scalars(mine)), set(session.scalars(known))


def let_an_hour_pass(room: Workspace) -> None:
    """For what was stored so far."""
    earlier = Blob.created_at - timedelta(hours=1)
    with room.session() as session:
        session.execute(sa.update(Blob).where(Blob.workspace_id == room.id).values(created_at=earlier))


def ingest(room: Workspace, library: LibraryView, folder: Path, kills: list[tuple[int, float]]) -> None:
    """Add a folder; kill a worker when so many documents are left and a moment more has passed."""
    let_an_hour_pass(room)
    add_documents(room, library.id, [folder])
    for left, pause in kills:
        kill_when(room, library, left, pause)
    finish(room)


def assert_same(room: Workspace, library: LibraryView, undisturbed: LibraryView) -> None:
    assert contents(room, library) == contents(room, undisturbed)
    assert counted(room, library) == counted(room, undisturbed)
    assert get_library(room, library.id).passages == get_library(room, undisturbed.id).passages
    assert {document.state for document in list_documents(room, library.id)} == {"ready"}
    needed, known = originals(room)
    assert known == needed
    assert stored(room) == needed


def test_killing_the_worker_at_any_moment_leaves_every_passage_once(
    room: Workspace, library: LibraryView, engine: Engine, tmp_path: Path
) -> None:
    """While files come in, and while a newer version of a third of them does."""
    moments = random.Random(os.urandom(8))
    first, second = write_files(tmp_path / "first", 0), write_files(tmp_path / "second", 1)
    ingest(room, library, first, [(FILES, moments.uniform(0, 5)), (FILES // 2, moments.uniform(0, 0.5))])
    ingest(room, library, second, [(FILES // 3 - 1, moments.uniform(0, 0.5)), (40, moments.uniform(0, 0.5))])
    undisturbed = create_library(room, "Undisturbed", engine=engine)
    add(room, undisturbed, second)
    assert_same(room, library, undisturbed)
