"""The compute slots of a host: one worker for each device, and who held a slot last. Called by the worker.

Whoever gets a slot knows that its last holder is gone, without waiting for that one's heartbeat to grow old.
"""

import logging
import os
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from studio.store.lease import exclusive

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Slots:
    """Files of which each is held by one worker at a time; a worker without slots has none."""

    files: tuple[Path, ...] = ()
    _held: ExitStack = field(default_factory=ExitStack)

    @classmethod
    def of_devices(cls, folder: Path) -> Self:
        """One for each device that this process may use; waits until they are free."""
        devices = sorted(os.environ.get("CUDA_VISIBLE_DEVICES", "all").split(","))
        files = tuple(folder / f"compute-{device.strip() or 'cpu'}.slot" for device in devices)
        held = ExitStack()
        for file in files:
            log.info("Waiting for the compute slot %s", file.stem)
            held.enter_context(exclusive(file))
        return cls(files, held)

    def last_holders(self) -> set[int]:
        """The queue's numbers of the workers that noted themselves last."""
        noted = (file.read_text().strip() for file in self.files)
        return {int(number) for number in noted if number.isdecimal()}

    def note(self, worker_id: int) -> None:
        """Leave this worker's number for whoever comes after it."""
        for file in self.files:
            file.write_text(str(worker_id))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held.close()
