"""Runs in the database: creating, stopping, resuming, and what happens when everything is killed."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from studio.errors import BadInput, NotFound, StudioError
from studio.models.adapter_files import adapter_folder
from studio.models.bundled import CHAT_MODEL
from studio.models.catalogue import find_model
from studio.models.folders import what_is_wrong
from studio.store.database import Database, Workspace
from studio.store.tables import Example, Run, TrainingSet, TrainingSetVersion
from studio.training_sets.examples import Candidate
from studio.training_sets.versions import save_rows
from studio.tuning import process
from studio.tuning.attempt import Attempt, Superseded, record, take
from studio.tuning.checkpoints import newest_sound
from studio.tuning.forecast import forecast, measured_speed
from studio.tuning.listing import sample_answers
from studio.tuning.plan import TRAIN, read_rows
from studio.tuning.presets import TrainingSettings
from studio.tuning.runs import RunRequest, create_run, get_run, list_runs, metrics, resume_run, stop_run
from studio.tuning.supervise import prepare, train_job
from tests.models.conftest import FakeHub, hub, sound_files

__all__ = ["hub"]

pytestmark = pytest.mark.postgres

ASK_ONE_JOB = """
import sys
from studio.settings import Settings
from studio.store.database import open_database
from studio.tuning.supervise import train_job
room = open_database(Settings.load(sys.argv[1])).workspace(sys.argv[2])
train_job(room, run_id=int(sys.argv[3]))
"""


@pytest.fixture
def version_id(room: Workspace) -> int:
    """Forty examples, eight of them held out."""
    with room.session() as session:
        training_set = TrainingSet(workspace_id=room.id, name="presses")
        session.add(training_set)
        session.flush()
        version = TrainingSetVersion(
            workspace_id=room.id, training_set_id=training_set.id, version=1, sha256="ab" * 32,
            mapping={}, report={}, examples=40, held_out=8,
        )  # fmt: skip
        session.add(version)
        session.flush()
        session.add_all(
            Example(
                workspace_id=room.id, version_id=version.id, position=n, group_key=str(n),
                split="held_out" if n < 8 else "train", prompt=f"Press {n}?", completion=f"{7 * n} kg",
            )
            for n in range(40)
        )  # fmt: skip
        return version.id


@pytest.fixture
def new_run(room: Workspace, version_id: int) -> Iterator[Callable[..., int]]:
    made: list[int] = []

    def make(base: str = CHAT_MODEL, **changes: Any) -> int:
        request = RunRequest(version_id, base_model=base, preset="Quick look", changes=changes)
        made.append(create_run(room, request))
        return made[-1]

    yield make
    for run_id in made:
        mark = process.find(folder(room, run_id)) if folder(room, run_id).exists() else None
        if mark:
            process.kill(mark)


def folder(room: Workspace, run_id: int) -> Path:
    return room.settings.data / "runs" / str(run_id)


def wait(ready: Callable[[], object], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_new_run_waits_in_the_queue(room: Workspace, new_run: Callable[..., int]) -> None:
    run = get_run(room, new_run())
    assert (run.state, run.method, run.name) == ("queued", "lora", "presses · Quick look")
    assert run.queue_position is not None and run.active
    assert run.estimate["is_estimate"] is True
    assert [listed.id for listed in list_runs(room)] == [run.id]


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        ({"base_model": "/etc/passwd"}, "is a path"),
        ({"base_model": "https://example.org/model"}, "is an address"),
        ({"method": "magic"}, "method must be one of auto, lora, qlora"),
        ({"preset": "Slow"}, 'no preset "Slow"'),
        ({"changes": {"rank": 0}}, "Rank must lie between 1 and 256"),
        ({"name": "x" * 200}, "at most 120 characters"),
    ],
)
def test_a_request_that_cannot_be_is_refused_in_a_sentence(
    room: Workspace, version_id: int, request_: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(BadInput, match=sentence):
        create_run(room, RunRequest(version_id, **request_))
    assert list_runs(room) == []


@pytest.mark.parametrize(
    ("base", "refuse", "sentence"),
    [
        ("owner/missing", None, "The hub knows no model owner/missing"),
        ("owner/pickled", None, "its pickle files could run program code"),
        ("owner/small", (403, "GatedRepo"), "owner/small is gated: accept its licence"),
    ],
    ids=["missing", "pickled", "gated"],
)
def test_a_base_model_that_cannot_be_had_is_refused_before_the_run_waits(
    room: Workspace, version_id: int, hub: FakeHub, base: str, refuse: Any, sentence: str
) -> None:
    hub.models["owner/pickled"] = {"config.json": b"{}", "pytorch_model.bin": b"x"}
    hub.refuse = refuse
    with pytest.raises(StudioError, match=sentence):
        create_run(room, RunRequest(version_id, base_model=base))
    assert list_runs(room) == []


def test_a_base_model_of_the_hub_is_estimated_before_it_is_fetched(
    room: Workspace, version_id: int, hub: FakeHub
) -> None:
    hub.models["owner/small"] = sound_files()
    run = get_run(room, create_run(room, RunRequest(version_id, base_model="owner/small")))
    assert (run.state, run.method) == ("queued", "lora")
    assert not any("safetensors" in request for request in hub.asked)


def test_a_length_that_every_prompt_fills_is_refused_before_it_waits(room: Workspace) -> None:
    version = save_rows(room, "talks", talks())
    with pytest.raises(BadInput, match="Every prompt alone fills the longest example of 8 tokens"):
        create_run(room, RunRequest(version, changes={"max_length": 8}))
    assert list_runs(room) == []


def talks(**more: Any) -> list[Candidate]:
    return [Candidate(n, f"And press {n}?", f"{7 * n} kg", **more) for n in range(12)]


def test_turns_and_passages_reach_the_training_process(room: Workspace) -> None:
    rows = talks(history=(("user", "Hi"), ("assistant", "Hello.")), context=(("Manual", "Heavy."),))
    run_id = create_run(room, RunRequest(save_rows(room, "talks", rows), preset="Quick look"))
    attempt = take(room, run_id)
    assert attempt is not None
    attempt.folder.mkdir(parents=True)
    prepare(attempt)
    example = read_rows(attempt.folder / TRAIN)[0]
    assert [turn["content"] for turn in example["history"]] == ["Hi", "Hello."]
    assert example["context"] == [{"title": "Manual", "text": "Heavy."}]


def test_turns_before_and_pieces_of_plain_text_count_in_the_forecast(room: Workspace) -> None:
    texts = [Candidate(n, "", f"Press {n} is heavy. " * 4000) for n in range(12)]
    made = [talks(), talks(history=(("user", "Hi " * 400), ("assistant", "Yes"))), texts]
    model, settings = find_model(CHAT_MODEL, room.settings), TrainingSettings(max_length=512)
    found = [
        forecast(room, model, save_rows(room, f"set {n}", rows), settings) for n, rows in enumerate(made)
    ]
    plain, turned, long = [one.seconds or 0 for one in found if one]
    assert 2 * plain < turned < long / 2


def test_the_time_is_that_of_the_fastest_of_the_last_runs(
    room: Workspace, new_run: Callable[..., int]
) -> None:
    for speed in (900.0, 40.0, 90.0, 70.0, 60.0, 50.0):  # the first is long ago
        run_id, found = new_run(), {"tokens_per_second": speed}
        with room.session() as session:
            mine = (Run.workspace_id == room.id, Run.id == run_id)
            session.execute(sa.update(Run).where(*mine).values(state="succeeded", result=found))
    assert measured_speed(room, CHAT_MODEL) == 90.0


def test_two_clicks_make_one_run(room: Workspace, version_id: int) -> None:
    request = RunRequest(version_id, idempotency_key="a")
    assert create_run(room, request) == create_run(room, request)


def test_another_workspace_does_not_see_the_run(
    database: Database, room: Workspace, new_run: Callable[..., int]
) -> None:
    stranger = database.workspace(f"{room.name} stranger")
    run_id = new_run()
    for act in (get_run, stop_run, resume_run):
        with pytest.raises(NotFound):
            act(stranger, run_id)
    assert metrics(stranger, run_id) == []


def test_a_waiting_run_stops_at_once_and_can_be_queued_again(
    room: Workspace, new_run: Callable[..., int]
) -> None:
    run_id = new_run()
    stop_run(room, run_id)
    assert get_run(room, run_id).state == "stopped"
    train_job(room, run_id=run_id)
    assert get_run(room, run_id).state == "stopped"
    resume_run(room, run_id)
    assert get_run(room, run_id).state == "queued"
    with pytest.raises(BadInput, match="queued already"):
        resume_run(room, run_id)


def test_an_attempt_that_was_overtaken_writes_nothing(room: Workspace, new_run: Callable[..., int]) -> None:
    run_id = new_run()
    old, new = take(room, run_id), take(room, run_id)
    line = {"step": 1, "total_steps": 2, "seconds_left": 1.0, "loss": 2.0}
    line |= {"eval_loss": None, "learning_rate": 0.1, "tokens": 5, "seconds": 0.5}
    assert isinstance(old, Attempt) and isinstance(new, Attempt)
    with pytest.raises(Superseded):
        record(old, [line])
    assert metrics(room, run_id) == []
    record(new, [line])
    record(new, [line])
    assert [point.step for point in metrics(room, run_id)] == [1]


@pytest.mark.model
def test_a_run_survives_its_worker(room: Workspace, tiny: str, new_run: Callable[..., int]) -> None:
    run_id = new_run(tiny, max_steps=30, epochs=20)
    command = [sys.executable, "-c", ASK_ONE_JOB, str(room.settings.data), room.name, str(run_id)]
    worker = subprocess.Popen(command, cwd=process.REPOSITORY)
    wait(lambda: folder(room, run_id).exists() and process.find(folder(room, run_id)))
    born = process.find(folder(room, run_id))
    worker.kill()
    worker.wait()
    assert born is not None and process.alive(born)

    train_job(room, run_id=run_id)

    run = get_run(room, run_id)
    assert run.state == "succeeded", run.error
    assert json.loads((folder(room, run_id) / process.MARK).read_text())["pid"] == born.pid
    points = metrics(room, run_id)
    assert [point.step for point in points] == list(range(31))
    assert all(point.tokens_per_second and point.memory_bytes for point in points[1:])
    asked = [(one.step, one.position) for one in sample_answers(room, run_id)]
    assert {step for step, _ in asked} <= {point.step for point in points if point.eval_loss is not None}
    assert {(step, position) for step in (0, 30) for position in range(5)} <= set(asked)
    assert run.adapter_id is not None and run.lineage is not None
    assert what_is_wrong(adapter_folder(room.settings.data, run.adapter_id)) is None
    assert run.lineage["version_sha256"] == "ab" * 32
    with pytest.raises(BadInput, match="cannot be resumed"):
        resume_run(room, run_id)


@pytest.mark.model
@pytest.mark.faults("F1", "kill -9 of the training process")
@pytest.mark.faults("F26", "every connection is ended by pg_terminate_backend while a run trains")
def test_a_killed_run_is_resumed_and_then_stopped(
    database: Database, room: Workspace, tiny: str, new_run: Callable[..., int], seen: Callable[[str], None]
) -> None:
    run_id = new_run(tiny, max_steps=0, epochs=20, batch_size=1, checkpoints=100)
    supervise = in_thread(room, run_id)
    wait(lambda: newest_sound(folder(room, run_id))[0])
    mark = process.find(folder(room, run_id))
    assert mark is not None
    os.kill(mark.pid, signal.SIGKILL)
    began = time.monotonic()
    supervise.join(60)
    run = get_run(room, run_id)
    seen(f"{run.state} {time.monotonic() - began:.1f} s later: “{run.error}”")
    saved = newest_sound(folder(room, run_id))[0]
    assert run.state == "interrupted" and run.error is not None
    assert "signal 9" in run.error and f"checkpoint at step {saved}" in run.error

    resume_run(room, run_id)
    supervise = in_thread(room, run_id)
    wait(lambda: get_run(room, run_id).step > (saved or 0))
    end_all_connections(database)
    stop_run(room, run_id)
    supervise.join(60)
    run = get_run(room, run_id)
    assert (run.state, run.error, run.attempts) == ("stopped", None, 2)
    assert run.result["resumed_from"] == saved
    taken = [point.step for point in metrics(room, run_id)]
    assert taken == list(range(run.step + 1))
    seen(f"resumed from step {saved}; it trained on when all connections were lost, each step is kept once")


def in_thread(room: Workspace, run_id: int) -> threading.Thread:
    thread = threading.Thread(target=train_job, args=(room,), kwargs={"run_id": run_id})
    thread.start()
    return thread


def end_all_connections(database: Database) -> None:
    """As a restart of the database does."""
    owner = sa.create_engine(database.owner_url, poolclass=sa.NullPool)
    with owner.connect() as connection:
        connection.execute(
            sa.text(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        )
