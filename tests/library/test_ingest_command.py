"""The command that brings files in."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import docx
import pytest
import sqlalchemy as sa

from studio.__main__ import main
from studio.engine.client import Engine
from studio.settings import Settings
from studio.store.database import Database, Workspace
from studio.store.tables import Document

pytestmark = [pytest.mark.postgres, pytest.mark.model]


def test_a_library_whose_every_document_failed_is_not_left_behind(
    settings: Settings, engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    docx.Document().save(str(tmp_path / "blank.docx"))
    where = ["--data", str(settings.data), "--workspace", "blank"]
    assert main(["ingest", "--library", "blank", str(tmp_path / "blank.docx"), "--json", *where]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["library"] is None
    assert "has no text" in told["documents"][0]["error"]
    assert main(["search", "--library", "blank", "x", *where]) == 1
    assert "There is no library called blank" in capsys.readouterr().err


def test_a_tag_is_given_and_what_was_there_already_is_told(
    settings: Settings, engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text("The lid is red.")
    (tmp_path / "b.txt").write_text("The lid is red.")  # the same content
    where = ["--data", str(settings.data), "--workspace", "tagged", "--json"]
    given = ["ingest", "--library", "tagged", str(tmp_path), "--tag", "lids", *where]
    assert main(given) == 0
    told = json.loads(capsys.readouterr().out)
    assert [document["tags"] for document in told["documents"]] == [["lids"]]
    assert told["notes"] == ["b.txt has the same content as a.txt; it is kept once."]


def wait_for_documents(room: Workspace) -> None:
    """Until some are registered."""
    end = time.monotonic() + 60
    waiting = sa.select(sa.func.count(Document.id)).where(Document.workspace_id == room.id)
    while time.monotonic() < end:
        with room.session() as session:
            if session.scalar(waiting):
                return
        time.sleep(0.1)


def hear_interrupts() -> None:
    """A shell that starts the tests in the background has them ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_what_is_interrupted_stays_in_the_queue_and_goes_on(
    database: Database, settings: Settings, engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(60):
        (tmp_path / f"{number}.txt").write_text(f"Part {number} is made of steel. " * 200)
    where = ["--data", str(settings.data), "--workspace", "interrupted"]
    given = ["ingest", "--library", "interrupted", str(tmp_path), *where]
    command = subprocess.Popen(
        [sys.executable, "-m", "studio", *given],
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hear_interrupts,
    )
    wait_for_documents(database.workspace("interrupted"))
    command.send_signal(signal.SIGINT)
    _, said = command.communicate(timeout=60)
    assert (command.returncode, "give the same command again" in said) == (130, True)
    assert main([*given, "--json"]) == 0
    assert {one["state"] for one in json.loads(capsys.readouterr().out)["documents"]} == {"ready"}
