"""How the processes of one run, one for each GPU, share a step. Called by the supervisor and by each process.

Together they take the batches that one process would take, so a run has the same steps and, but for the
order in which numbers are added up, the same losses on one GPU and on four; only the time differs.
"""

from dataclasses import replace

from studio.errors import BadInput
from studio.tuning.presets import TrainingSettings


def share_of(training: TrainingSettings, processes: int) -> TrainingSettings:
    """The settings of each process: fewer batches to add up, else smaller ones. Raises BadInput."""
    if training.accumulation % processes == 0:
        return replace(training, accumulation=training.accumulation // processes)
    if training.batch_size % processes == 0:
        return replace(training, batch_size=training.batch_size // processes)
    raise BadInput(
        f"Neither the batch size ({training.batch_size}) nor the accumulation ({training.accumulation}) can "
        f"be shared by {processes} processes: make one of them a multiple of {processes}."
    )


def most_processes(training: TrainingSettings, gpus: int) -> int:
    """As many of the GPUs as can share a step evenly; 1 without any."""
    able = (n for n in range(1, gpus + 1) if not training.accumulation % n or not training.batch_size % n)
    return max(able, default=1)
