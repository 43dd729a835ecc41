"""What can go wrong while training, as sentences people can act on. Used only by the training process."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import torch
from safetensors import SafetensorError

from studio.errors import StudioError
from studio.tuning.endings import disk_is_full
from studio.tuning.pieces import saving_batches
from studio.tuning.plan import FAILED, RESUMABLE
from studio.tuning.presets import TrainingSettings

GB = 1e9
# torch writes checkpoints through C++ streams, which do not pass the reason on
_DISK_WORDS = ("no space left", "iostream error", "unexpected pos", "file write failed")
_MEMORY_WORDS = ("out of memory", "can't allocate memory", "not enough memory", "defaultcpuallocator")


class RunFailed(StudioError):
    """A run that ended before its time; `exit_code` tells whether it can be resumed."""

    def __init__(self, sentence: str, exit_code: int = FAILED) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code


@contextmanager
def explained(run: Path, training: TrainingSettings, longest: int) -> Iterator[None]:
    """Re-raise running out of memory or disk as RunFailed; anything else passes unchanged."""
    try:
        yield
    except (RuntimeError, MemoryError, OSError, SafetensorError) as error:
        if _is_memory(error):
            raise RunFailed(_memory_sentence(training, longest)) from error
        if _is_disk(error):
            raise disk_full(run) from error
        raise


def disk_full(run: Path) -> RunFailed:
    """There is no room for a checkpoint; what was saved before stays good."""
    return RunFailed(disk_is_full(run), RESUMABLE)


def loss_not_finite(step: int, training: TrainingSettings, saved: int | None) -> RunFailed:
    """The loss became NaN or infinite at `step`; `saved` is the last good checkpoint."""
    kept = f"The last good checkpoint is at step {saved}." if saved else "No checkpoint was saved before."
    return RunFailed(
        f"The loss was no longer a number at step {step}. Start a new run with a lower learning rate "
        f"(it was {training.learning_rate:g}). {kept}"
    )


def _is_memory(error: BaseException) -> bool:
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)):
        return True
    said = str(error).lower()
    return getattr(error, "errno", None) == errno.ENOMEM or any(word in said for word in _MEMORY_WORDS)


def _is_disk(error: BaseException) -> bool:
    said = str(error).lower()
    full = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT)
    return full or any(word in said for word in _DISK_WORDS)


def _memory_sentence(training: TrainingSettings, longest: int) -> str:
    where, total = "main", psutil.virtual_memory().total / GB
    if torch.cuda.is_available():
        where, total = "GPU", torch.cuda.get_device_properties(0).total_memory / GB
    fewer = saving_batches(training, longest, on_gpu=torch.cuda.is_available())
    if fewer:
        remedy = f"Try batch size {fewer['batch_size']} with accumulation {fewer['accumulation']}"
    else:
        remedy = f"Try a longest example of {max(1, longest // 2)} tokens"
    also = "" if training.recompute else ", or recompute activations"
    return (
        f"Out of {where} memory ({total:.1f} GB) at batch size {training.batch_size} "
        f"with examples of up to {longest} tokens. {remedy}{also}."
    )
