"""What was estimated before a run beside what it used. Called by pages, commands and docs/estimates.py."""

from dataclasses import dataclass
from typing import Any, Protocol

from studio.tuning.estimate import GB, duration


class Measured(Protocol):
    """The part of a run (listing.RunView) that a comparison needs."""

    @property
    def method(self) -> str:
        """lora or qlora."""

    @property
    def estimate(self) -> dict[str, Any]:
        """`Estimate.as_dict()` as stored before the start; empty when there was none."""

    @property
    def result(self) -> dict[str, Any]:
        """What the training process reported."""


@dataclass(frozen=True)
class Compared:
    """An estimate beside what was used: `what` is memory (bytes) or time (seconds)."""

    what: str
    estimated: float
    used: float

    @property
    def ratio(self) -> float:
        """Estimated for each used; above 1 the estimate was cautious."""
        return self.estimated / self.used

    @property
    def sentence(self) -> str:
        """For people."""
        if self.what == "time":
            return f"Time: about {duration(self.estimated)} estimated, {duration(self.used)} used."
        return f"Memory: {self.estimated / GB:.1f} GB estimated, {self.used / GB:.1f} GB used."


def compared(run: Measured) -> list[Compared]:
    """What was estimated before a run beside what it used; nothing of it that is not known.

    On a GPU the part of the CUDA context is left out, since torch counts only what it allocated itself. A run
    that ended early is compared with its share of the estimated time.
    """
    found = []
    expected, used = run.estimate, run.result
    memory = dict(expected.get("memory_bytes") or {}).get(run.method)
    if memory and used.get("peak_memory_bytes"):
        beyond = memory["runtime"] if used.get("device", "cpu") != "cpu" else 0
        found.append(Compared("memory", memory["total"] - beyond, used["peak_memory_bytes"]))
    if expected.get("seconds") and used.get("seconds") and used.get("total_steps"):
        share = used.get("steps", 0) / used["total_steps"]
        found.append(Compared("time", expected["seconds"] * share, used["seconds"]))
    return found
