"""Processes are known by more than their pid. The children here are harmless `sleep`s."""

import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from studio.errors import StudioError
from studio.tuning import process
from studio.tuning.process import ProcessMark


@pytest.fixture
def sleeper(tmp_path: Path) -> Iterator[tuple["subprocess.Popen[bytes]", ProcessMark]]:
    child = subprocess.Popen(["sleep", "60"])
    yield child, process.leave_mark(tmp_path, child.pid)
    child.kill()
    child.wait()


Sleeper = tuple["subprocess.Popen[bytes]", ProcessMark]


def test_a_running_process_is_alive(sleeper: Sleeper) -> None:
    assert process.alive(sleeper[1])


def test_a_process_with_another_start_time_is_not_ours(sleeper: Sleeper) -> None:
    foreign = replace(sleeper[1], started=sleeper[1].started - 1)
    process.kill(foreign)
    assert not process.alive(foreign)
    assert sleeper[0].poll() is None


def test_a_process_of_another_boot_is_not_ours(sleeper: Sleeper) -> None:
    assert not process.alive(replace(sleeper[1], boot_id="another"))


def test_a_killed_process_that_nobody_reaped_is_dead(sleeper: Sleeper) -> None:
    process.kill(sleeper[1])
    for _ in range(100):
        if not process.alive(sleeper[1]):
            break
        time.sleep(0.02)
    assert not process.alive(sleeper[1])


def test_a_pid_that_never_was_is_dead() -> None:
    assert not process.alive(ProcessMark(2**22 + 1, 1, "x"))


def test_a_folder_nobody_trains_in_has_no_process(tmp_path: Path, sleeper: Sleeper) -> None:
    process.leave_mark(tmp_path, sleeper[0].pid)  # a mark without the lock: left behind by another
    assert process.find(tmp_path) is None


def test_secrets_stay_with_the_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "STUDIO_ENGINE_KEY", "HF_TOKEN", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "secret")
    assert "secret" not in process._environment().values()


@pytest.mark.parametrize(("ours", "given"), [(None, "0"), ("1", "1"), ("2,3", "2"), ("", "")])
def test_a_training_process_sees_one_gpu(
    ours: str | None, given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if ours is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", ours)
    assert process._environment()["CUDA_VISIBLE_DEVICES"] == given


def test_processes_that_train_together_see_a_gpu_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "2,3,5")
    assert process._environment(2)["CUDA_VISIBLE_DEVICES"] == "2,3"


def test_a_second_process_for_the_same_run_is_refused(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text("{")
    first = process.start(tmp_path)
    try:
        assert process.find(tmp_path) == first
        with pytest.raises(StudioError, match="already"):
            process.start(tmp_path)
    finally:
        process.kill(first)
        while process.alive(first):
            time.sleep(0.02)


def test_a_process_that_stands_still_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "POLL_SECONDS", 0.05)
    monkeypatch.setattr(process, "STILL_SECONDS", 0.2)
    with subprocess.Popen(["sleep", "60"]) as child:
        assert process.follow(process.leave_mark(tmp_path, child.pid), list) == 0.2
        assert child.wait() == -signal.SIGKILL
