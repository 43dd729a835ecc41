"""Watches the training loop: writes measurements, publishes checkpoints, ends the run when it must.

A callback of the Trainer in recipe.py; runs in the training process only.
"""

import json
import math
import shutil
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from studio.tuning.checkpoints import publish
from studio.tuning.loss import held_out_loss
from studio.tuning.plan import METRICS, STOP, last_metric


@dataclass
class Progress:
    """What has been measured so far; `seconds` and `tokens` count all attempts of the run."""

    losses: list[float] = field(default_factory=list)
    eval_loss: float | None = None
    tokens: int = 0
    seconds: float = 0.0
    ended_by: str | None = None  # "stop", "nan" or "disk"


@dataclass(frozen=True)
class Schedule:
    """At which steps to measure the held-out batches and to save; room a checkpoint needs on disk."""

    held_out: list[dict[str, torch.Tensor]]
    check_at: frozenset[int]
    save_at: frozenset[int]
    save_bytes: int


class StopSignal:
    """Turns SIGTERM into a wish that is granted after the step under way."""

    def __init__(self) -> None:
        self.received = False
        signal.signal(signal.SIGTERM, self._receive)

    def _receive(self, *_: object) -> None:
        self.received = True


class Watch(TrainerCallback):
    """Acts after every optimiser step; `loss` and `tokens` of the step are handed in by the trainer."""

    def __init__(self, run: Path, schedule: Schedule, stop: StopSignal) -> None:
        self.run = run
        self.schedule = schedule
        self.stop = stop
        self.progress = Progress()
        self.loss = torch.zeros(())
        self.tokens = 0
        self._began = 0.0

    def add(self, loss: torch.Tensor, tokens: int) -> None:
        """Count one batch of the step under way."""
        self.loss = self.loss.to(loss.device) + loss
        self.tokens += tokens

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **now: Any
    ) -> None:
        """Continue the counters of earlier attempts; measure the untrained model once."""
        earlier = last_metric(self.run, state.global_step)
        if earlier is not None:
            self.progress.tokens, self.progress.seconds = earlier["tokens"], earlier["seconds"]
        self._began = time.monotonic() - self.progress.seconds
        if earlier is None and self.schedule.check_at:
            self._write(state, loss=None, rate=None, eval_loss=self._check(now["model"]))

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **now: Any
    ) -> None:
        """Measure, then decide whether to save and whether to go on."""
        step, loss = state.global_step, float(self.loss)
        self.progress.tokens += self.tokens
        self.loss, self.tokens = torch.zeros(()), 0
        if not math.isfinite(loss):
            self._end("nan", control)
            return
        self.progress.losses.append(loss)
        eval_loss = self._check(now["model"]) if step in self.schedule.check_at else None
        self._write(state, loss=loss, rate=now["lr_scheduler"].get_last_lr()[0], eval_loss=eval_loss)
        if step < state.max_steps and (self.stop.received or (self.run / STOP).exists()):
            self._end("stop", control)
        control.should_save = self.progress.ended_by == "stop" or step in self.schedule.save_at
        if control.should_save:
            self._may_save(now["model"], control)

    def on_save(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **now: Any
    ) -> None:
        """The trainer has written a checkpoint: seal it and give it its name."""
        publish(self.run, state.global_step)

    def _may_save(self, model: torch.nn.Module, control: TrainerControl) -> None:
        """A NaN gradient spoils the adapter a step before the loss shows it, and half a file helps nobody."""
        fault = None if _finite(model) else "nan"
        if fault is None and shutil.disk_usage(self.run).free < 2 * self.schedule.save_bytes:
            fault = "disk"
        if fault is not None:
            control.should_save = False
            self._end(fault, control)

    def _end(self, reason: str, control: TrainerControl) -> None:
        self.progress.ended_by = reason
        control.should_training_stop = True

    def _check(self, model: torch.nn.Module) -> float:
        self.progress.eval_loss = held_out_loss(model, self.schedule.held_out)
        return self.progress.eval_loss

    def _write(
        self, state: TrainerState, *, loss: float | None, rate: float | None, eval_loss: float | None
    ) -> None:
        self.progress.seconds = time.monotonic() - self._began
        line = {
            "step": state.global_step,
            "total_steps": state.max_steps,
            "loss": loss,
            "learning_rate": rate,
            "eval_loss": eval_loss,
            "tokens": self.progress.tokens,
            "seconds": round(self.progress.seconds, 3),
            "seconds_left": self._seconds_left(state),
        }
        with (self.run / METRICS).open("a") as file:
            file.write(json.dumps(line) + "\n")

    def _seconds_left(self, state: TrainerState) -> float | None:
        """From the mean step so far; None before the first step."""
        if not state.global_step:
            return None
        each = self.progress.seconds / state.global_step
        return round(each * (state.max_steps - state.global_step), 1)


def _finite(model: torch.nn.Module) -> bool:
    return all(bool(torch.isfinite(p).all()) for p in model.parameters() if p.requires_grad)
