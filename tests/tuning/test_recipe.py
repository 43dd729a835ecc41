"""The training process for real: a made-up small model, real torch, real kills."""

import json
import os
import shutil
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from studio.models.folders import what_is_wrong
from studio.tuning import process
from studio.tuning.checkpoints import newest_sound, path_of, steps
from studio.tuning.plan import ANSWERS, METRICS, read_result, read_rows
from studio.tuning.presets import TrainingSettings
from tests.tuning.training import checks, losses, train, train_here, wait

pytestmark = [pytest.mark.model, pytest.mark.filterwarnings("ignore::FutureWarning")]

LONG = TrainingSettings(
    epochs=20,
    max_steps=60,
    learning_rate=1e-2,
    schedule="constant",
    warmup=0,
    dropout=0.1,
    evaluations=20,
    patience=5,
    checkpoints=14,
)
SHORT = TrainingSettings(epochs=20, max_steps=6, learning_rate=1e-3, evaluations=2, checkpoints=2)
Making = Callable[..., Path]


def answers(run: Path) -> dict[tuple[int, int], str]:
    return {(row["step"], row["position"]): row["answer"] for row in read_rows(run / ANSWERS)}


def getting_worse(run: Path) -> Path:
    """Held-out answers of letters that no example has: the more is learned, the less likely they become."""
    rows = [{"prompt": f"How heavy is press {n}?", "completion": "ZQJVWXYU" * 3} for n in range(4)]
    (run / "held_out.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return run


@pytest.mark.faults("F1", "kill -9 of the training process; its newest checkpoint is damaged as well")
def test_a_killed_run_goes_on_as_if_nothing_had_happened(
    tiny_base: Path, make_run: Making, seen: Callable[[str], None]
) -> None:
    whole, broken = (getting_worse(make_run(tiny_base, LONG)) for _ in range(2))
    undisturbed = train(whole)
    best = undisturbed["best_step"]
    assert undisturbed["ended_early"] and best < undisturbed["steps"] - 8
    mark = process.start(broken)
    wait(lambda: sum(step > best for step in steps(broken)) == 2)  # the best is neither of the newest two
    process.kill(mark)
    wait(lambda: not process.alive(mark))
    assert process.exit_code(mark) == -signal.SIGKILL
    *_, older, newest = steps(broken)
    flip_a_bit(path_of(broken, newest) / "adapter_model.safetensors")

    result = train(broken)

    assert result["resumed_from"] == older > best
    assert f"step {newest} is damaged" in result["notes"][0]
    assert losses(broken) == losses(whole)
    assert checks(broken) == checks(whole)
    assert answers(broken) == answers(whole)
    assert weights(broken) == weights(whole)
    same = ("tokens", "steps", "ended_early", "best_step", "best_eval_loss", "eval_loss", "train_loss")
    assert [result[name] for name in same] == [undisturbed[name] for name in same]
    seen(f"resumed from step {older}; losses, answers and adapter are bit for bit those of an unbroken run")


def weights(run: Path) -> bytes:
    return (run / "adapter" / "adapter_model.safetensors").read_bytes()


def test_the_best_adapter_is_kept_when_the_run_goes_on_too_long(tiny_base: Path, make_run: Making) -> None:
    too_long = getting_worse(make_run(tiny_base, LONG))
    result = train_here(too_long)
    best = result["best_step"]
    assert best < result["steps"] < result["total_steps"]
    exactly = getting_worse(make_run(tiny_base, replace(LONG, max_steps=best, evaluations=1)))
    train_here(exactly)
    assert result["eval_loss"] == result["best_eval_loss"] == checks(exactly)[best]
    assert weights(too_long) == weights(exactly)


def test_without_patience_a_run_goes_on_to_its_last_step(tiny_base: Path, make_run: Making) -> None:
    settings = replace(LONG, patience=0, evaluations=6, checkpoints=0)
    result = train_here(getting_worse(make_run(tiny_base, settings)))
    assert (result["steps"], result["ended_early"]) == (60, False)
    assert result["best_step"] < 60


def test_the_same_prompts_are_answered_before_and_after_and_by_what_is_kept(
    tiny_base: Path, make_run: Making
) -> None:
    run = getting_worse(make_run(tiny_base, replace(LONG, patience=0, evaluations=6, checkpoints=0)))
    result = train_here(run)
    rows = read_rows(run / ANSWERS)
    asked = {row["step"]: {other["prompt"] for other in rows if other["step"] == row["step"]} for row in rows}
    assert {0, 60, result["best_step"]} <= asked.keys() <= {0, *checks(run)}
    assert all(prompts == {f"How heavy is press {n}?" for n in range(4)} for prompts in asked.values())
    assert 0 < result["answer_seconds"] < result["seconds"]


def test_a_run_with_one_check_and_no_sample_answers_measures_its_end_alone(
    tiny_base: Path, make_run: Making
) -> None:
    run = make_run(tiny_base, replace(SHORT, evaluations=1, sample_answers=0))
    result = train_here(run)
    assert list(checks(run)) == [6]
    assert result["answer_seconds"] == 0 and not (run / ANSWERS).exists()


def test_a_batch_too_long_to_be_taken_at_once_is_learned_as_if_it_were(
    tiny_base: Path, make_run: Making, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = TrainingSettings(batch_size=4, max_steps=6, learning_rate=1e-2, evaluations=2)
    whole, pieces = make_run(tiny_base, settings), make_run(tiny_base, settings)
    train_here(whole)
    monkeypatch.setattr("studio.tuning.pieces.MOST_ON_CPU", 1)  # every example by itself
    train_here(pieces)
    assert losses(pieces) == pytest.approx(losses(whole), rel=1e-4)
    assert checks(pieces) == pytest.approx(checks(whole), rel=1e-4)


def test_speed_and_memory_are_measured_at_every_step(tiny_base: Path, make_run: Making) -> None:
    run = make_run(tiny_base, replace(SHORT, evaluations=0))
    result = train_here(run)
    steps_taken = read_rows(run / METRICS)
    assert len(steps_taken) == 6 and all(row["tokens_per_second"] > 0 for row in steps_taken)
    assert 0 < steps_taken[-1]["memory_bytes"] <= result["peak_memory_bytes"]


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.faults("F7", "SIGTERM to the training process")
def test_a_terminated_run_saves_before_it_ends(
    tiny_base: Path, make_run: Making, seen: Callable[[str], None]
) -> None:
    run = make_run(tiny_base, replace(LONG, max_steps=2000, checkpoints=0), rows=400)
    mark = process.start(run)
    wait(lambda: len(losses(run)) > 3)
    os.kill(mark.pid, signal.SIGTERM)
    wait(lambda: not process.alive(mark))
    result = read_result(run)
    assert result is not None and result["state"] == "stopped"
    assert steps(run) == [result["steps"]] == [max(losses(run))]
    assert process.exit_code(mark) == 0 and not (run / "adapter").exists()
    seen(f"ended with code 0 and a checkpoint of step {result['steps']}, the one it was at; nothing is half")


def test_a_loss_that_is_no_number_ends_the_run(tiny_base: Path, make_run: Making, tmp_path: Path) -> None:
    run = make_run(poisoned(tiny_base, tmp_path / "poisoned"), SHORT)
    result = train_here(run)
    assert result["state"] == "failed"
    assert "no longer a number at step 1" in result["error"]
    assert not (run / "adapter").exists() and steps(run) == []


def test_the_last_finite_checkpoint_outlives_a_loss_that_is_no_number(
    tiny_base: Path, make_run: Making, tmp_path: Path
) -> None:
    base = poisoned(tiny_base, tmp_path / "poisoned", "model.embed_tokens.weight", ord("~") - ord("!"))
    run = make_run(base, replace(LONG, batch_size=1, max_steps=12, patience=0, evaluations=0, checkpoints=11))
    rows = read_rows(run / "train.jsonl")
    rows[0]["prompt"] += "~"
    (run / "train.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    result = train_here(run)
    last = len(losses(run))
    assert last > 0 and f"no longer a number at step {last + 1}" in result["error"]
    assert f"The last good checkpoint is at step {last}." in result["error"]
    assert newest_sound(run) == (last, [])


def poisoned(base: Path, folder: Path, name: str = "model.norm.weight", row: int = 0) -> Path:
    from safetensors.torch import load_file, save_file

    shutil.copytree(base, folder)
    weights = load_file(folder / "model.safetensors")
    weights[name][row] = float("nan")
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
    assert list(checks(run)) == [0, 3, 6] and checks(run)[6] < checks(run)[0]
    config = json.loads((run / "adapter" / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == bundled.name
