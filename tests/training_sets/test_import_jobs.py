"""The jobs of imports may die, be stopped or be overtaken by a correction at any moment."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from studio.errors import NotFound
from studio.training_sets import imports
from studio.training_sets.imports import requests, state
from studio.training_sets.imports.reading_job import read_table_job
from studio.training_sets.imports.saving_job import save_import_job
from studio.training_sets.imports.state import GivenUp, begin
from studio.training_sets.shapes.mapping import Mapping
from studio.training_sets.versions import examples, get_version, list_versions

pytestmark = pytest.mark.postgres
REPOSITORY = Path(__file__).resolve().parents[2]
ROWS = 1500
JOB = """
import sys
from studio.jobs.queue import tasks
from studio.settings import Settings
from studio.store.database import open_database
from studio.training_sets.imports import requests, state
state.TELL_SECONDS, state.ROWS_BETWEEN = 0.0, 20
room = open_database(Settings.load(sys.argv[1])).workspace_by_id(int(sys.argv[2]))
tasks[sys.argv[3]].function(room, import_id=int(sys.argv[4]))
"""


@pytest.fixture(autouse=True)
def nothing_at_once(monkeypatch):
    """As for a large table: only the job works on it."""
    monkeypatch.setattr(requests, "SMALL_BYTES", -1)
    monkeypatch.setattr(state, "TELL_SECONDS", 0.0)


@pytest.fixture
def waiting(room):
    rows = "".join(f"What is part {n}?,Part {n} is for pump {n % 7}.,Note {n}\n" for n in range(ROWS))
    return imports.receive(room, ("question,answer,note\n" + rows).encode(), "parts.csv")


@pytest.fixture
def ready(room, waiting):
    read_table_job(room, import_id=waiting)
    return waiting


def kill_at(room, name, import_id, progress):
    """Run a job in a process of its own and kill it when it is this far."""
    arguments = [sys.executable, "-c", JOB, str(room.settings.data), str(room.id), name, str(import_id)]
    process = subprocess.Popen(arguments, cwd=REPOSITORY, env={**os.environ, "OMP_NUM_THREADS": "1"})
    while process.poll() is None and imports.get(room, import_id).progress < progress:
        time.sleep(0.005)
    process.kill()
    process.wait()


def test_reading_that_was_killed_is_done_again(room, waiting):
    kill_at(room, "read_table", waiting, 0.4)
    assert imports.get(room, waiting).state == "reading"
    read_table_job(room, import_id=waiting)
    found = imports.get(room, waiting)
    assert (found.state, found.rows_done, found.report["kept"]) == ("ready", ROWS, ROWS)


def test_saving_that_was_killed_makes_one_whole_version(room, ready):
    imports.save(room, ready, "parts")
    kill_at(room, "save_import", ready, 0.7)  # while examples are copied
    assert list_versions(room) == []
    save_import_job(room, import_id=ready)
    (version,) = list_versions(room)
    assert (version.examples, len(examples(room, version.id))) == (ROWS, ROWS)
    assert imports.get(room, ready).version_id == version.id


def test_a_job_that_comes_late_changes_nothing(room, ready):
    before = imports.get(room, ready)
    read_table_job(room, import_id=ready)
    save_import_job(room, import_id=ready)
    assert imports.get(room, ready) == before


def test_another_mapping_overtakes_the_reading_under_way(room, waiting):
    work = begin(room, waiting, ("waiting",), "reading")
    imports.change(room, waiting, mapping=Mapping(prompt="question", completion="note"))
    with pytest.raises(GivenUp):
        work.tell(0.5)
    assert work.finish(state="ready") is False
    read_table_job(room, import_id=waiting)
    assert imports.get(room, waiting).report["columns"]["completion"] == "note"


def test_what_is_stopped_can_be_read_again(room, waiting):
    work = begin(room, waiting, ("waiting",), "reading")
    imports.stop(room, waiting)
    with pytest.raises(GivenUp):
        work.tell(0.5)
    assert imports.get(room, waiting).state == "stopped"
    imports.retry(room, waiting)
    read_table_job(room, import_id=waiting)
    assert imports.get(room, waiting).state == "ready"


def test_saving_that_is_stopped_leaves_it_ready(room, ready):
    imports.save(room, ready, "parts")
    work = begin(room, ready, ("saving",), "saving")
    imports.stop(room, ready)
    with pytest.raises(GivenUp):
        work.tell(0.5)
    assert (imports.get(room, ready).state, list_versions(room)) == ("ready", [])


def test_a_discarded_import_ends_its_job(room, waiting):
    work = begin(room, waiting, ("waiting",), "reading")
    imports.discard(room, waiting)
    with pytest.raises(GivenUp):
        work.tell(0.5)
    with pytest.raises(NotFound):
        imports.get(room, waiting)


def test_the_same_table_saved_twice_is_one_version(room, ready):
    imports.save(room, ready, "parts")
    save_import_job(room, import_id=ready)
    again = imports.receive(room, room.blobs.path(imports.get(room, ready).source_sha256), "parts.csv")
    read_table_job(room, import_id=again)
    imports.save(room, again, "parts")
    save_import_job(room, import_id=again)
    assert again != ready
    assert imports.get(room, again).version_id == imports.get(room, ready).version_id
    assert get_version(room, imports.get(room, again).version_id).version == 1
