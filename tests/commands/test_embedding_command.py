"""`embedding` and `ingest --embedding` from a shell: on another service, switched, and killed midway."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from studio.engine.embedding_service import read_service
from studio.library.embedding.switching import begin_switch, find_switch
from studio.library.libraries import create_library
from studio.store.database import Workspace
from tests.fakes import EmbeddingServer, embedding_server
from tests.library.samples import add, write_text

pytestmark = [pytest.mark.postgres]
REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def server() -> Iterator[EmbeddingServer]:
    with embedding_server() as started:
        yield started


def studio(room: Workspace, *arguments: str) -> Any:
    place = ["--data", str(room.settings.data), "--workspace", room.name, "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "studio", *arguments, *place],
        cwd=REPOSITORY, capture_output=True, text=True, timeout=180,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_library_is_made_on_a_service_and_switched_to_another_model(
    room: Workspace, server: EmbeddingServer, tmp_path: Path
) -> None:
    text = write_text(tmp_path / "lid.txt", "The lid of the boiler is green.")
    studio(room, "ingest", "--library", "Remote", "--embedding", f"{server.url}#fake-1", str(text))
    assert studio(room, "embedding", "show", "--library", "Remote")["model"] == "fake-1"
    server.model, server.dimension = "fake-2", 12
    waiting = studio(room, "embedding", "switch", server.url, "--library", "Remote")
    assert (waiting["model"], waiting["next"]["state"], waiting["next"]["done"]) == ("fake-1", "ready", 1)
    finished = studio(room, "embedding", "finish", "--library", "Remote")
    assert (finished["model"], finished["dimension"], finished["next"]) == ("fake-2", 12, None)


def test_the_choices_say_what_is_missing(room: Workspace) -> None:
    choices = {choice["id"]: choice for choice in studio(room, "embedding", "list")}
    assert choices["all-minilm-l6-v2"]["available"]
    assert "embedding fetch BAAI/bge-m3" in choices["BAAI/bge-m3"]["why_not"]
    assert "OPENAI_API_KEY" in choices["text-embedding-3-small"]["why_not"] or "OPENAI_API_KEY" in os.environ


def test_a_killed_worker_loses_nothing(room: Workspace, server: EmbeddingServer, tmp_path: Path) -> None:
    service = read_service({"provider": "compatible", "url": server.url, "model": "fake-1"})
    library = create_library(room, "Killed", service=service)
    rows = [{"_id": str(n), "title": f"Valve {n}", "text": f"Valve {n} opens at {n}."} for n in range(600)]
    add(room, library, write_text(tmp_path / "rows.jsonl", "\n".join(map(json.dumps, rows))))
    server.model, server.dimension = "fake-2", 12
    before = len(server.texts)
    server.pause = 0.2
    begin_switch(room, library.id, read_service({**service.as_json(), "model": "fake-2"}))
    worker = start_worker(room)
    wait_for(lambda: 0 < state(room, library.id).done < 600)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    server.pause = 0.0
    worker = start_worker(room)
    try:
        wait_for(lambda: state(room, library.id).state == "ready")
    finally:
        worker.terminate()
        worker.wait()
    sent = [text for text in server.texts[before:] if " opens at " in text]
    assert len(set(sent)) == 600 and len(sent) <= 600 + 128  # only what was on its way is sent again


def state(room: Workspace, library_id: int) -> Any:
    return find_switch(room, library_id)


def start_worker(room: Workspace) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "studio", "worker", "--lane", "documents"]
    return subprocess.Popen([*command, "--data", str(room.settings.data)], cwd=REPOSITORY)


def wait_for(true: Any) -> None:
    until = time.monotonic() + 150
    while not true():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.1)
