"""How many tokens go through the model at once. Read by the estimate and by the training process.

A batch of long examples is taken in pieces whose gradients are added up: the same step, in the memory of one
piece. More tokens at once than these make no run faster, since they occupy the device already.
"""

import math
from typing import Any

from studio.tuning.presets import MOST_ACCUMULATED, TrainingSettings

MOST_ON_CPU, MOST_ON_GPU = 2048, 8192


def most_at_once(*, on_gpu: bool) -> int:
    """Tokens of a piece, padding included, unless a single example is longer."""
    return MOST_ON_GPU if on_gpu else MOST_ON_CPU


def tokens_at_once(batch_size: int, longest: int, *, on_gpu: bool) -> int:
    """At most so many of a batch whose longest example has `longest` tokens."""
    return min(batch_size * longest, max(longest, most_at_once(on_gpu=on_gpu)))


def smallest_batches(training: TrainingSettings) -> dict[str, Any]:
    """The changes that put as few examples at once as the accumulation makes up for: nearly always one."""
    examples = training.batch_size * training.accumulation
    batch_size = math.ceil(examples / MOST_ACCUMULATED)
    return {"batch_size": batch_size, "accumulation": math.ceil(examples / batch_size)}


def saving_batches(training: TrainingSettings, longest: int, *, on_gpu: bool) -> dict[str, Any]:
    """The same where fewer tokens are at once then; else nothing. `longest` 0: not known, so it may help."""
    fewer = smallest_batches(training)
    sizes = (fewer["batch_size"], training.batch_size)
    after, before = (tokens_at_once(size, longest, on_gpu=on_gpu) if longest else size for size in sizes)
    return fewer if after < before else {}
