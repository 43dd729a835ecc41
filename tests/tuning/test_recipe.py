"""The training process for real: a made-up small model, real torch, real kills."""

import json
import os
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from studio.models.folders import what_is_wrong
from studio.tuning import process
from studio.tuning.checkpoints import path_of, steps
from studio.tuning.plan import METRICS, read_result, read_rows
from studio.tuning.presets import TrainingSettings

pytestmark = [pytest.mark.model, pytest.mark.filterwarnings("ignore::FutureWarning")]

LONG = TrainingSettings(
    epochs=20, max_steps=40, learning_rate=1e-3, dropout=0.1, evaluations=2, checkpoints=13
)
SHORT = TrainingSettings(epochs=20, max_steps=6, learning_rate=1e-3, evaluations=2, checkpoints=2)
Making = Callable[..., Path]


def train(run: Path) -> dict[str, Any]:
    mark = process.start(run)
    wait(lambda: not process.alive(mark))
    result = read_result(run)
    assert result is not None, (run / "run.log").read_text()
    return result


def train_here(run: Path) -> dict[str, Any]:
    """In this process: saves the ten seconds a new one needs to load torch."""
    from studio.tuning import recipe

    before = signal.getsignal(signal.SIGTERM)
    try:
        recipe.main(run)
    finally:
        signal.signal(signal.SIGTERM, before)
    return dict(read_result(run) or {})


def wait(ready: Callable[[], object], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def losses(run: Path) -> dict[int, float]:
    return {row["step"]: row["loss"] for row in read_rows(run / METRICS) if row["loss"] is not None}


def test_a_killed_run_goes_on_as_if_nothing_had_happened(tiny_base: Path, make_run: Making) -> None:
    whole, broken = make_run(tiny_base, LONG), make_run(tiny_base, LONG)
    train(whole)
    mark = process.start(broken)
    wait(lambda: len(steps(broken)) == 2 and steps(broken)[0] > 5)
    process.kill(mark)
    wait(lambda: not process.alive(mark))
    assert process.exit_code(mark) == -signal.SIGKILL
    older, newest = steps(broken)
    flip_a_bit(path_of(broken, newest) / "adapter_model.safetensors")

    result = train(broken)

    assert result["resumed_from"] == older
    assert f"step {newest} is damaged" in result["notes"][0]
    assert losses(broken) == pytest.approx(losses(whole), abs=1e-4)
    assert result["tokens"] == read_rows(whole / METRICS)[-1]["tokens"]


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_a_terminated_run_saves_before_it_ends(tiny_base: Path, make_run: Making) -> None:
    run = make_run(tiny_base, replace(LONG, max_steps=2000, checkpoints=0), rows=400)
    mark = process.start(run)
    wait(lambda: len(losses(run)) > 3)
    os.kill(mark.pid, signal.SIGTERM)
    wait(lambda: not process.alive(mark))
    result = read_result(run)
    assert result is not None and result["state"] == "stopped"
    assert steps(run) == [result["steps"]] == [max(losses(run))]
    assert process.exit_code(mark) == 0 and not (run / "adapter").exists()


def test_a_loss_that_is_no_number_ends_the_run(tiny_base: Path, make_run: Making, tmp_path: Path) -> None:
    run = make_run(poisoned(tiny_base, tmp_path / "poisoned"), SHORT)
    result = train_here(run)
    assert result["state"] == "failed"
    assert "no longer a number at step 1" in result["error"]
    assert not (run / "adapter").exists() and steps(run) == []


def poisoned(base: Path, folder: Path) -> Path:
    from safetensors.torch import load_file, save_file

    shutil.copytree(base, folder)
    weights = load_file(folder / "model.safetensors")
    weights["model.norm.weight"][0] = float("nan")
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    return folder


def test_a_run_without_examples_says_so(tiny_base: Path, make_run: Making) -> None:
    result = train_here(make_run(tiny_base, SHORT, rows=0))
    assert result == {"state": "failed", "error": "There is no example to train on."}


def test_conversations_passages_and_plain_text_are_learned(tiny_base: Path, make_run: Making) -> None:
    run = make_run(tiny_base, replace(SHORT, max_steps=2))
    before = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]
    examples = [
        {"prompt": "And then?", "completion": "Wait.", "history": before, "context": []},
        {"prompt": "Why?", "completion": "Heat [1].", "context": [{"title": "A", "text": "Heat."}]},
        {"prompt": "", "completion": "Pumps hum. " * 50},
    ]
    (run / "train.jsonl").write_text("".join(json.dumps(example) + "\n" for example in examples))

    result = train_here(run)

    # the passages with their rules alone are longer than 256 bytes; the plain text fills three rows
    assert (result["state"], result["steps"], result["left_out"]) == ("succeeded", 2, 1)
    assert (result["examples"], result["longest"], result["cut"]) == (4, 256, 0)


def test_qlora_trains_and_counts_what_it_cut(tiny_base: Path, make_run: Making) -> None:
    run = make_run(tiny_base, replace(SHORT, max_length=50), method="qlora")
    result = train_here(run)
    assert result["state"] == "succeeded"
    assert result["longest"] == 50 and result["cut"] > 0
    first, last = losses(run)[1], losses(run)[6]
    assert last < first


def test_a_run_of_the_bundled_model_leaves_a_sealed_adapter(bundled: Path, make_run: Making) -> None:
    run = make_run(bundled, SHORT)
    result = train(run)
    assert result["state"] == "succeeded" and result["steps"] == 6
    assert what_is_wrong(run / "adapter") is None
    checks = [row["eval_loss"] for row in read_rows(run / METRICS) if row["eval_loss"] is not None]
    assert len(checks) == 3 and checks[-1] < checks[0]
    config = json.loads((run / "adapter" / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == bundled.name
