"""How long work still takes, judged by how long it took so far. Called by jobs that say so."""

import time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Pace:
    """Counts from when it is made."""

    began: float = field(default_factory=time.monotonic)

    def seconds_left(self, done: float, left: float) -> float | None:
        """For what is `left`, in the unit of what is `done`; None before anything is."""
        return (time.monotonic() - self.began) / done * left if done else None
