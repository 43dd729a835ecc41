"""Whole runs, in processes of their own as people start them: QLoRA beside LoRA, and how soon one begins.

Called by bench/training.py.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from bench.rooms import opened_room
from bench.rows import Row, less_is_better, more_is_better, spread
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
REPETITIONS = 2
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
    """Speed, memory and loss of QLoRA beside LoRA's: the same steps over the same batches."""
    training = replace(TRAINING, learning_rate=1e-3)
    plans = {method: RunPlan(str(base), base.name, method, training) for method in ("lora", "qlora")}
    lora, qlora = (_trained(folder / method, plan, examples) for method, plan in plans.items())
    gap = qlora["train_loss"] / lora["train_loss"] - 1
    times = lora["tokens_per_second"] / qlora["tokens_per_second"]
    slower = f"takes {times:.2f} times as long; the notebook says about {SLOWER} (on a GPU)"
    losses = (
        f"mean loss of the last ten of {qlora['steps']} steps {qlora['train_loss']:.3f}, LoRA's "
        f"{lora['train_loss']:.3f}: {gap:+.1%}, asked within {AGREEMENT:.0%}"
    )
    rates = [result["tokens_per_second"] for result in (qlora, lora)]
    memory = [result["peak_memory_bytes"] / 1e6 for result in (qlora, lora)]
    return [
        more_is_better("QLoRA's speed", rates[0], ("LoRA", rates[1]), "tokens/s", f"{slower}; {losses}"),
        less_is_better("QLoRA's memory", memory[0], ("LoRA", memory[1]), "MB", "peak of the whole process"),
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
        ways = {"click": lambda: _click(room, version_id), "floor": lambda: _floor(base)}
        taken: dict[str, list[Start]] = {way: [] for way in ways}
        for turn in range(REPETITIONS):
            for way in list(ways) if turn % 2 == 0 else list(ways)[::-1]:
                taken[way].append(ways[way]())
    ours, floor = (median(one.seconds for one in starts) for starts in taken.values())
    processor = [median(one.processor_seconds for one in starts) for starts in taken.values()]
    note = (
        f"asked at most {LATEST} times; {REPETITIONS} starts, ours "
        f"{spread([one.seconds for one in taken['click']])} s; processor time of the training process, "
        f"first step included, {processor[0]:.1f} s, of the floor {processor[1]:.1f} s"
    )
    row = less_is_better("From click to first step", ours, ("imports and model alone", floor), "s", note)
    return [replace(row, at_least=round(1 / LATEST, 3))]


@dataclass(frozen=True)
class Start:
    """What one start took."""

    seconds: float
    processor_seconds: float


def _click(room: Workspace, version_id: int) -> Start:
    """The run is killed at its first step."""
    changes = {"evaluations": 0, "checkpoints": 0, "batch_size": 1}
    began = time.time()
    run_id = create_run(room, RunRequest(version_id, preset="Quick look", method="lora", changes=changes))
    run = room.settings.data / "runs" / str(run_id)
    _wait(lambda: (run / METRICS).exists() and read_rows(run / METRICS))
    first = read_rows(run / METRICS)[0]
    seconds = (run / METRICS).stat().st_mtime - began - first["seconds"]
    mark = process.find(run)
    if mark is None:
        raise RuntimeError(f"{run} ended by itself: {read_result(run)}")
    used = psutil.Process(mark.pid).cpu_times()
    process.kill(mark)
    _wait(lambda: not process.alive(mark))
    return Start(seconds, used.user + used.system)


def _floor(base: Path) -> Start:
    began, before = time.perf_counter(), os.times()
    environment = process._environment()
    subprocess.run([sys.executable, "-c", FLOOR, str(base)], check=True, env=environment, capture_output=True)
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return Start(time.perf_counter() - began, used)


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
