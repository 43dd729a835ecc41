"""Watches the training loop: writes measurements, publishes checkpoints, ends the run when it must.

A callback of the Trainer in recipe.py; runs in the training process only.
"""

import math
import resource
import shutil
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from studio.tuning import together
from studio.tuning.best import Checks, best_of, checks_since_best
from studio.tuning.checkpoints import publish
from studio.tuning.loss import held_out_loss
from studio.tuning.plan import ANSWERS, METRICS, STOP, append_rows, measured_until, read_rows
from studio.tuning.sample_answers import answer_samples
from studio.tuning.schedule import HeldOut, Schedule


@dataclass
class Progress:
    """What has been measured so far, in all attempts of the run."""

    losses: list[float] = field(default_factory=list)
    checks: Checks = field(default_factory=dict)
    tokens: int = 0
    seconds: float = 0.0
    answer_seconds: float = 0.0
    ended_by: str | None = None  # "stop", "nan", "disk" or "patience"

    @classmethod
    def after(cls, measured: list[dict[str, Any]]) -> "Progress":
        """As it was when an earlier attempt had measured this."""
        last = measured[-1]
        return cls(
            losses=[row["loss"] for row in measured if row["loss"] is not None],
            checks={r["step"]: r["eval_loss"] for r in measured if r["step"] and r["eval_loss"] is not None},
            tokens=last["tokens"],
            seconds=last["seconds"],
            answer_seconds=last.get("answer_seconds", 0.0),
        )

    def reported(self, kept: int) -> dict[str, Any]:
        """What result.json says of it; `kept` is the step of the adapter that is kept."""
        seconds = max(self.seconds, 1e-9)
        last = self.losses[-10:]
        return {
            "ended_early": self.ended_by == "patience",
            "train_loss": sum(last) / len(last) if last else None,
            "eval_loss": self.checks.get(kept),
            "best_step": kept if self.checks else None,
            "best_eval_loss": self.checks.get(kept),
            "seconds": round(seconds, 1),
            "answer_seconds": round(self.answer_seconds, 1),
            "tokens": self.tokens,
            "tokens_per_second": round(self.tokens / seconds, 1),
        }


class StopSignal:
    """Turns SIGTERM into a wish that is granted after the step under way."""

    def __init__(self) -> None:
        self.received = False
        signal.signal(signal.SIGTERM, self._receive)

    def _receive(self, *_: object) -> None:
        self.received = True


class Watch(TrainerCallback):
    """Acts after every optimiser step; `loss` and `tokens` of the step are handed in by the trainer."""

    def __init__(
        self, run: Path, schedule: Schedule, held_out: HeldOut, tokenizer: Any, stop: StopSignal
    ) -> None:
        self.run = run
        self.schedule = schedule
        self.held_out = held_out
        self.tokenizer = tokenizer
        self.stop = stop
        self.progress = Progress()
        self.loss = torch.zeros(())
        self.tokens = 0
        self._began = self._step_began = 0.0

    def add(self, loss: torch.Tensor, tokens: int) -> None:
        """Count one batch of the step under way."""
        self.loss = self.loss.to(loss.device) + loss
        self.tokens += tokens

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **now: Any
    ) -> None:
        """Continue the counters of earlier attempts; measure the untrained model once."""
        earlier = measured_until(self.run, state.global_step)
        if earlier:
            self.progress = Progress.after(earlier)
        self._began = time.monotonic() - self.progress.seconds
        if not earlier and 0 in self.schedule.check_at:
            self._write(state, {"eval_loss": self._check(now["model"], 0)})

    def on_step_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **now: Any
    ) -> None:
        """Start the clock of this step: checks and checkpoints are not part of its speed."""
        self._step_began = time.monotonic()
        if together.count() > 1:  # a checkpoint holds the chance of the first process alone
            torch.manual_seed((args.seed * 1_000_003 + state.global_step) * 1_003 + together.number())

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **now: Any
    ) -> None:
        """Measure, then decide whether to save and whether to go on."""
        step, (loss, tokens) = state.global_step, together.summed(float(self.loss), float(self.tokens))
        measured: dict[str, Any] = {"loss": loss, "learning_rate": now["lr_scheduler"].get_last_lr()[0]}
        measured["tokens_per_second"] = round(tokens / (time.monotonic() - self._step_began), 1)
        self.progress.tokens += int(tokens)
        self.loss, self.tokens = torch.zeros(()), 0
        checked = math.isfinite(loss) and step in self.schedule.check_at
        if checked:
            measured["eval_loss"] = self._check(now["model"], step)
        if not math.isfinite(loss) or (checked and measured["eval_loss"] is None):
            self._end("nan", control)
            return
        self.progress.losses.append(loss)
        self._write(state, measured)
        self._decide(state, control, now["model"], checked=checked)

    def _decide(
        self, state: TrainerState, control: TrainerControl, model: torch.nn.Module, *, checked: bool
    ) -> None:
        step, last = state.global_step, state.global_step == state.max_steps
        waited = checks_since_best(self.progress.checks)
        if not last and checked and 0 < self.schedule.patience <= waited:
            self._end("patience", control)
        elif together.agreed(self.stop.received or (self.run / STOP).exists()) and not last:
            self._end("stop", control)
        is_best = checked and not last and best_of(self.progress.checks) == step
        control.should_save = is_best or self.progress.ended_by == "stop" or step in self.schedule.save_at
        if control.should_save:
            self._may_save(model, control)
        control.should_save = control.should_save and together.is_first()

    def on_save(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **now: Any
    ) -> None:
        """The trainer has written a checkpoint: seal it and give it its name."""
        publish(self.run, state.global_step, self.progress.checks)

    def _may_save(self, model: torch.nn.Module, control: TrainerControl) -> None:
        """A NaN gradient spoils the adapter a step before the loss shows it, and half a file helps nobody."""
        fault = None if _finite(model) else "nan"
        full = shutil.disk_usage(self.run).free < 2 * self.schedule.save_bytes
        if together.agreed(full) and fault is None:
            fault = "disk"
        if fault is not None:
            control.should_save = False
            self._end(fault, control)

    def _end(self, reason: str, control: TrainerControl) -> None:
        self.progress.ended_by = reason
        control.should_training_stop = True

    def _check(self, model: torch.nn.Module, step: int) -> float | None:
        """The held-out loss, None when it is no number; at some steps the samples are answered as well."""
        model.eval()
        with torch.random.fork_rng():  # how often a run is checked must not change what it learns
            loss = held_out_loss(model, self.held_out.batches)
        if step in self.held_out.samples.asked_at:
            self.answer(model, step)
        model.train()
        if step and math.isfinite(loss):
            self.progress.checks[step] = loss
        return loss if math.isfinite(loss) else None

    def answer(self, model: torch.nn.Module, step: int) -> None:
        """Write down what the adapter of this step answers to the samples, unless it was asked before."""
        if not together.is_first() or any(row["step"] == step for row in read_rows(self.run / ANSWERS)):
            return
        began = time.monotonic()
        model.eval()
        with torch.random.fork_rng():
            rows = answer_samples(model, self.tokenizer, self.held_out.samples)
        append_rows(self.run / ANSWERS, [{"step": step, **row} for row in rows])
        self.progress.answer_seconds += time.monotonic() - began

    def _write(self, state: TrainerState, measured: dict[str, Any]) -> None:
        self.progress.seconds = time.monotonic() - self._began
        line = {
            "step": state.global_step,
            "total_steps": state.max_steps,
            "loss": None,
            "learning_rate": None,
            "eval_loss": None,
            "tokens_per_second": None,
            **measured,
            "tokens": self.progress.tokens,
            "memory_bytes": peak_memory(),
            "seconds": round(self.progress.seconds, 3),
            "seconds_left": self._seconds_left(state),
            "answer_seconds": round(self.progress.answer_seconds, 3),
        }
        if together.is_first():
            append_rows(self.run / METRICS, [line])

    def _seconds_left(self, state: TrainerState) -> float | None:
        """From the mean step so far; None before the first step."""
        if not state.global_step:
            return None
        each = self.progress.seconds / state.global_step
        return round(each * (state.max_steps - state.global_step), 1)


def peak_memory() -> int:
    """The most bytes this process has needed so far: of the GPU where there is one, else resident."""
    if torch.cuda.is_available():
        return int(torch.cuda.max_memory_allocated())
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _finite(model: torch.nn.Module) -> bool:
    return all(bool(torch.isfinite(p).all()) for p in model.parameters() if p.requires_grad)
