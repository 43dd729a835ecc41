"""Ways to train an adapter on the same rows with the same settings, timed alike. Called by bench/training.py.

Ours is the recipe itself, from its run folder to its adapter; the clock runs while it trains.
"""

import ctypes
import json
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
import transformers.trainer
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback

from bench import stock_trl
from studio.engine.example_tokens import Row
from studio.tuning import recipe
from studio.tuning.encoding import IGNORED, SimilarLengths, collate, encode
from studio.tuning.plan import HELD_OUT, METRICS, TRAIN, RunPlan, read_rows, write_plan
from studio.tuning.presets import TrainingSettings
from studio.tuning.process import KEPT_MEMORY
from studio.tuning.watch import StopSignal

# glibc's numbers of the settings that a process can be given as variables, and how it comes to rest without
MALLOPT = {"MALLOC_TRIM_THRESHOLD_": -1, "MALLOC_TOP_PAD_": -2, "MALLOC_MMAP_MAX_": -4}
UNTOUCHED = {-1: 64 << 20, -2: 128 << 10, -3: 32 << 20, -4: 65536}
# one epoch in which nothing but training happens
TRAINING = TrainingSettings(
    epochs=1, learning_rate=2e-4, schedule="constant", warmup=0.0, evaluations=0, checkpoints=0
)


@dataclass(frozen=True)
class Case:
    """What all ways train on; `work` is a folder for their files."""

    base: Path
    examples: list[dict[str, Any]]
    work: Path


@dataclass
class Taken:
    """Of one run: from before the first batch to after the last step."""

    seconds: float = 0.0
    processor_seconds: float = 0.0
    losses: list[float] = field(default_factory=list)


class Clock(TrainerCallback):
    """Times every Trainer that is made while it hangs among the Trainer's own callbacks."""

    taken = Taken()
    _began = (0.0, 0.0)

    def on_train_begin(self, *_: Any, **now: Any) -> None:
        Clock._began = (time.perf_counter(), time.process_time())

    def on_train_end(self, *_: Any, **now: Any) -> None:
        Clock.taken = Taken(time.perf_counter() - self._began[0], time.process_time() - self._began[1])


def put_up_clock() -> None:
    """From now on the Trainer of every library is timed."""
    transformers.trainer.DEFAULT_CALLBACKS.append(Clock)


def ours(case: Case) -> Taken:
    """The recipe."""
    run = case.work / "run"
    shutil.rmtree(run, ignore_errors=True)
    write_run(run, RunPlan(str(case.base), case.base.name, "lora", TRAINING), case.examples)
    _allocate({MALLOPT[name]: int(value) for name, value in KEPT_MEMORY.items()})  # as in a run's process
    recipe.train(run, recipe.read_plan(run), StopSignal())
    Clock.taken.losses = [line["loss"] for line in read_rows(run / METRICS) if line["loss"] is not None]
    return Clock.taken


def write_run(run: Path, plan: RunPlan, examples: list[dict[str, Any]]) -> None:
    """The run folder as the supervisor lays it out, with nothing held out."""
    run.mkdir(parents=True)
    (run / TRAIN).write_text("".join(json.dumps(example) + "\n" for example in examples))
    (run / HELD_OUT).touch()
    write_plan(run, plan)


def stock(case: Case) -> Taken:
    """TRL, with its own order of rows."""
    return _trl(case, shuffled=True)


def stock_in_our_order(case: Case) -> Taken:
    """TRL, given the rows in the order that ours takes them."""
    return _trl(case, shuffled=False)


def _trl(case: Case, *, shuffled: bool) -> Taken:
    _allocate(UNTOUCHED)
    tokenizer, model, rows = _loaded(case)
    trainer = stock_trl.trainer(model, tokenizer, rows, TRAINING, shuffled=shuffled)
    trainer.args.output_dir, losses = str(case.work / "trl"), _Losses()
    trainer.add_callback(losses)
    trainer.train()
    Clock.taken.losses = losses.seen
    return Clock.taken


class _Losses(TrainerCallback):
    def __init__(self) -> None:
        self.seen: list[float] = []

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float], **now: Any) -> None:
        self.seen += [logs["loss"]] if "loss" in logs else []


def plain_loop(case: Case) -> Taken:
    """What one would write by hand, with the rows in our order and the same saving in the loss."""
    _allocate(UNTOUCHED)
    _, model, rows = _loaded(case)
    adapter = LoraConfig(
        r=TRAINING.rank, lora_alpha=TRAINING.alpha, target_modules="all-linear", task_type="CAUSAL_LM"
    )
    model = get_peft_model(model, adapter).train()
    weights = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(weights, lr=TRAINING.learning_rate, weight_decay=0.0)
    taken, began = Taken(), (time.perf_counter(), time.process_time())
    for at in range(0, len(rows), TRAINING.batch_size):
        loss = _loss(model.get_base_model(), collate(rows[at : at + TRAINING.batch_size], 0))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()
        optimiser.zero_grad()
        taken.losses.append(float(loss.detach()))
    taken.seconds, taken.processor_seconds = time.perf_counter() - began[0], time.process_time() - began[1]
    return taken


def _loss(base: Any, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    labels = batch.pop("labels")[:, 1:]
    hidden = base.model(**batch, use_cache=False).last_hidden_state[:, :-1]
    return F.cross_entropy(base.lm_head(hidden[labels != IGNORED]), labels[labels != IGNORED])


def _loaded(case: Case) -> tuple[Any, Any, list[Row]]:
    """Seeded as the recipe seeds, so that the fresh adapters are the same; rows in the recipe's order."""
    torch.manual_seed(TRAINING.seed)
    tokenizer = AutoTokenizer.from_pretrained(case.base, local_files_only=True)
    model = AutoModelForCausalLM.from_pretrained(case.base, local_files_only=True, dtype=torch.float32)
    rows = encode(case.examples, tokenizer, 2048).rows
    return tokenizer, model, [rows[at] for at in SimilarLengths(rows, TRAINING.batch_size, TRAINING.seed)]


def learned_tokens(case: Case) -> int:
    """Of one epoch."""
    tokenizer = AutoTokenizer.from_pretrained(case.base, local_files_only=True)
    rows = encode(case.examples, tokenizer, 2048).rows
    return sum(len(row.tokens) - max(1, row.prompt_length) for row in rows)


def _allocate(settings: dict[int, int]) -> None:
    """Tell the C library of this process (mallopt of glibc) what to do with freed memory."""
    libc: Any = ctypes.CDLL(None)
    for setting, value in settings.items():
        libc.mallopt(setting, min(value, 2**31 - 1))
    libc.malloc_trim(0)
