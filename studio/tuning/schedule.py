"""When a run measures the held-out examples and when it saves, fixed before it starts. Used by the recipe."""

import math
from dataclasses import dataclass
from typing import Any

import torch

from studio.tuning.encoding import Encoded, collate, encode
from studio.tuning.presets import TrainingSettings, total_steps
from studio.tuning.sample_answers import Samples, find_samples, plan_answers

HELD_OUT_ROWS = 64
HELD_OUT_BATCH = 8


@dataclass(frozen=True)
class HeldOut:
    """What checks measure: batches of so many `rows` for the loss, and samples answered at some of them."""

    batches: list[dict[str, torch.Tensor]]
    samples: Samples
    rows: int


@dataclass(frozen=True)
class Schedule:
    """At which steps to measure and to save; `patience` in checks; `save_bytes` of one checkpoint."""

    check_at: frozenset[int]
    save_at: frozenset[int]
    patience: int
    save_bytes: int


def plan_held_out(
    examples: list[dict[str, Any]], tokenizer: Any, limit: int, training: TrainingSettings, learned: Encoded
) -> HeldOut:
    """At most 64 of the held-out examples for the loss, and up to five of all of them to be answered."""
    every = max(1, math.ceil(len(examples) / HELD_OUT_ROWS))
    rows = sorted(encode(examples[::every], tokenizer, limit).rows, key=lambda row: len(row.tokens))
    padding = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else 0
    batches = [collate(rows[at : at + HELD_OUT_BATCH], padding) for at in range(0, len(rows), HELD_OUT_BATCH)]
    found = find_samples(examples, tokenizer, limit, training.sample_answers)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    steps = total_steps(len(learned.rows), training)
    mean = sum(len(row.tokens) for row in learned.rows) / len(learned.rows)
    trained = mean * training.batch_size * training.accumulation * steps
    checks = sorted(_checks(steps, training)) if batches else []
    return HeldOut(batches, plan_answers(found, checks, trained, device), len(rows))


def plan_schedule(training: TrainingSettings, total: int, held_out: HeldOut, model: Any) -> Schedule:
    """Held-out checks and checkpoints spread evenly; a check at the very end, no checkpoint there."""
    adapter = sum(p.numel() for p in model.parameters() if p.requires_grad)
    return Schedule(
        check_at=_checks(total, training) if held_out.batches else frozenset(),
        save_at=spread(total, training.checkpoints + 1) - {total},
        patience=training.patience,
        save_bytes=adapter * 4 * 3,  # weights and two Adam moments in 32 bit
    )


def _checks(total: int, training: TrainingSettings) -> frozenset[int]:
    """The untrained model is measured too, unless one check is wanted: that is the one at the end."""
    return spread(total, training.evaluations) | ({0} if training.evaluations > 1 else set())


def spread(total: int, count: int) -> frozenset[int]:
    """`count` steps at even distances, the last one at `total`."""
    return frozenset(max(1, round(total * part / count)) for part in range(1, count + 1))
