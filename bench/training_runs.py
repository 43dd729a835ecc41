"""Whole runs, in processes of their own as people start them: QLoRA beside LoRA, and how soon one begins.

Called by bench/training.py.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from bench.rooms import opened_room
from bench.rows import Row, in_turns, less_is_better, more_is_better, spread
from bench.training_ways import TRAINING, write_run
from studio.jobs.worker import has_worker
from studio.settings import Settings
from studio.store.database import Workspace
from studio.training_sets.reading import read_table
from studio.training_sets.shapes.guessing import guess_mapping
from studio.training_sets.versions import save_training_set
from studio.tuning import process
from studio.tuning.plan import METRICS, RunPlan, read_result, read_rows
from studio.tuning.runs import RunRequest, create_run

SAMPLE = Path(__file__).resolve().parents[1] / "samples" / "examples.csv"
REPETITIONS = 3
PATIENCE_SECONDS = 300.0
SLOWER = 1.3  # "about 30 % slower", said of QLoRA on a GPU
LATEST = 1.5
AGREEMENT = 0.03
# the libraries that training cannot do without, and the model
FLOOR = """
import sys, torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer, Trainer, TrainingArguments
AutoTokenizer.from_pretrained(sys.argv[1], local_files_only=True)
AutoModelForCausalLM.from_pretrained(sys.argv[1], local_files_only=True, dtype=torch.float32)
"""


def four_bit(base: Path, examples: list[dict[str, Any]], folder: Path) -> list[Row]:
    """Speed and memory of QLoRA beside LoRA's, on the same examples."""
    results: dict[str, list[dict[str, Any]]] = {"lora": [], "qlora": []}
    for turn in range(REPETITIONS):
        for method in list(results) if turn % 2 == 0 else list(results)[::-1]:
            plan = RunPlan(str(base), base.name, method, replace(TRAINING, epochs=2))
            results[method].append(_trained(folder / f"{method}-{turn}", plan, examples))
    losses = {method: found[0]["train_loss"] for method, found in results.items()}
    gap = abs(losses["qlora"] / losses["lora"] - 1)
    if gap > AGREEMENT:
        raise RuntimeError(f"QLoRA's loss is not LoRA's: {losses}")
    rates = {method: median(one["tokens_per_second"] for one in found) for method, found in results.items()}
    memory = {
        method: median(one["peak_memory_bytes"] for one in found) / 1e6 for method, found in results.items()
    }
    slower = f"takes {rates['lora'] / rates['qlora']:.2f} times as long; the notebook says about {SLOWER}"
    note = f"{slower}; mean loss {losses['qlora']:.3f}, LoRA's {losses['lora']:.3f} ({gap:.1%} apart)"
    return [
        more_is_better("QLoRA's speed", rates["qlora"], ("LoRA", rates["lora"]), "tokens/s", note),
        less_is_better(
            "QLoRA's memory", memory["qlora"], ("LoRA", memory["lora"]), "MB", "peak of the whole process"
        ),
    ]


def _trained(run: Path, plan: RunPlan, examples: list[dict[str, Any]]) -> dict[str, Any]:
    write_run(run, plan, examples)
    mark = process.start(run)
    _wait(lambda: not process.alive(mark))
    result = read_result(run)
    if result is None or result["state"] != "succeeded":
        raise RuntimeError(f"{run} did not train: {result} {(run / 'run.log').read_text()[-2000:]}")
    return result


def until_the_first_step(base: Path, folder: Path) -> list[Row]:
    """From create_run to the first step's beginning, with a worker that waits, as in a running studio."""
    with opened_room(folder / "studio") as room, _worker(room):
        table = read_table(SAMPLE, SAMPLE.name)
        version_id = save_training_set(room, "sample", table, guess_mapping(table))
        taken = in_turns(
            {"click": lambda: _click(room, version_id), "floor": lambda: _floor(base)}, REPETITIONS
        )
    ours, floor = median(taken["click"]), median(taken["floor"])
    note = f"ours {spread(taken['click'])} s, floor {spread(taken['floor'])} s; asked at most {LATEST} times"
    row = less_is_better("From click to first step", ours, ("imports and model alone", floor), "s", note)
    return [replace(row, at_least=round(1 / LATEST, 3))]


def _click(room: Workspace, version_id: int) -> float:
    """Seconds; the run is killed at its first step."""
    changes = {"evaluations": 0, "checkpoints": 0, "batch_size": 1}
    began = time.time()
    run_id = create_run(room, RunRequest(version_id, preset="Quick look", method="lora", changes=changes))
    run = room.settings.data / "runs" / str(run_id)
    _wait(lambda: (run / METRICS).exists() and read_rows(run / METRICS))
    first = read_rows(run / METRICS)[0]
    seconds = (run / METRICS).stat().st_mtime - began - first["seconds"]
    mark = process.find(run)
    if mark is not None:
        process.kill(mark)
        _wait(lambda: not process.alive(mark))
    return seconds


def _floor(base: Path) -> float:
    began = time.perf_counter()
    environment = process._environment()
    subprocess.run([sys.executable, "-c", FLOOR, str(base)], check=True, env=environment, capture_output=True)
    return time.perf_counter() - began


@contextmanager
def _worker(room: Workspace) -> Iterator[None]:
    data = room.settings.data
    command = [sys.executable, "-m", "studio", "worker", "--lane", "compute", "--data", str(data)]
    with (data / "worker.log").open("wb") as log:
        worker = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _wait(lambda: has_worker(Settings.load(data), "compute"))
        time.sleep(3)  # it listens a moment after it has claimed its lane
        yield
    finally:
        worker.terminate()
        worker.wait(30)


def _wait(ready: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not ready():
        if time.monotonic() > deadline:
            raise RuntimeError("What the bench waits for did not happen.")
        time.sleep(0.01)
