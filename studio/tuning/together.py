"""What the processes of one run, one for each GPU, do together. With a single process nothing happens here.

Called by the recipe and the watch. torchrun starts the processes and tells each its number; the Trainer is
not told: it trains a share of each step as a run of its own, and the gradients are added up here. (Its
DistributedDataParallel would exchange nothing, since the loss never calls the wrapper's forward.)
"""

import ctypes
import os
import signal
from collections.abc import Iterable

import torch
import torch.distributed as dist

from studio.tuning.failures import RunFailed
from studio.tuning.plan import MISCONFIGURED

PR_SET_PDEATHSIG = 1
TOLD_BY_TORCHRUN = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE", "GROUP_RANK", "GROUP_WORLD_SIZE")


def begin(wanted: int) -> None:
    """Join the others. Raises RunFailed when there are not as many as the run was planned for."""
    started = int(os.environ.get("WORLD_SIZE", "1"))
    if started != wanted:
        raise RunFailed(
            f"This run was planned for {wanted} processes and {started} were started. Resume it from the "
            "studio, which starts as many.",
            MISCONFIGURED,
        )
    if wanted == 1:
        return
    # torchrun killed outright must not leave us training with nobody watching
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    for name in TOLD_BY_TORCHRUN:
        os.environ.pop(name, None)


def is_launched() -> bool:
    """Whether torchrun started this process, and nobody has joined the others yet."""
    return "WORLD_SIZE" in os.environ


def number() -> int:
    """Of this process; the first is 0 and the only one that writes checkpoints and measurements."""
    return dist.get_rank() if dist.is_initialized() else 0


def count() -> int:
    """How many processes there are."""
    return dist.get_world_size() if dist.is_initialized() else 1


def is_first() -> bool:
    """Whether this process writes for all."""
    return number() == 0


def summed(*values: float) -> list[float]:
    """Each value added up over all processes, which all get the same sums to the last bit."""
    if count() == 1:
        return list(values)
    shared = torch.tensor(values, dtype=torch.float64, device=_device())
    dist.all_reduce(shared)
    return [float(value) for value in shared]


def agreed(one_wishes: bool) -> bool:
    """Whether any process wishes it: all of them must act in the same step."""
    return summed(float(one_wishes))[0] > 0


def add_up_gradients(parameters: Iterable[torch.nn.Parameter]) -> None:
    """The gradient of each parameter becomes the sum over all processes, in one exchange."""
    gradients = [one.grad for one in parameters if one.grad is not None]
    if count() == 1 or not gradients:
        return
    together = torch.cat([one.flatten() for one in gradients])
    dist.all_reduce(together)
    parts = torch.split(together, [one.numel() for one in gradients])
    for one, part in zip(gradients, parts, strict=True):
        one.copy_(part.view_as(one))


def wait() -> None:
    """Until all have come here."""
    summed(0.0)


def end() -> None:
    """Leave the others, who have ended too."""
    if dist.is_initialized():
        dist.destroy_process_group()


def _device() -> str:
    return "cuda" if torch.cuda.is_available() else "cpu"
