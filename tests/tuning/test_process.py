"""Processes are known by more than their pid. The children here are harmless `sleep`s."""

import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
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


def test_gpus_have_the_numbers_of_nvidia_smi(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUDA_DEVICE_ORDER", raising=False)
    assert process._environment()["CUDA_DEVICE_ORDER"] == "PCI_BUS_ID"


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


@pytest.fixture
def launcher(tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Shells under the names of a launcher, of two ranks and of a third process that rests."""
    (tmp_path / "a.rank").write_text("while :; do sleep 5; done")
    (tmp_path / process.LAUNCH).write_text(
        f"sh -m a.rank {tmp_path} & sh -m a.rank {tmp_path} & sleep 60 & wait"
    )
    command = ["sh", "-m", process.LAUNCH, str(tmp_path), "2", "a.rank"]
    with subprocess.Popen(command, cwd=tmp_path) as child:
        family = psutil.Process(child.pid)
        while len(family.children(recursive=True)) < 5:
            time.sleep(0.01)
        yield child
        for one in [*family.children(recursive=True), family]:
            one.kill()


def test_of_several_that_train_together_each_must_work(launcher: "subprocess.Popen[bytes]") -> None:
    children = psutil.Process(launcher.pid).children()
    ranks = {child.pid for child in children if "a.rank" in child.cmdline()}
    assert len(ranks) == 2
    assert process._worked(launcher.pid).keys() == ranks


def test_a_process_that_works_may_have_a_child_that_rests() -> None:
    with subprocess.Popen(["sh", "-c", "sleep 60 & while :; do :; done"]) as child:
        mine = psutil.Process(child.pid)
        while not mine.children():
            time.sleep(0.01)
        worked = process._worked(child.pid).keys()
        for one in [*mine.children(), mine]:
            one.kill()
    assert worked == {child.pid}
