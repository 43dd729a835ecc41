"""The learning curve: held-out loss after training on part of the examples, the number of steps held fixed.

Pure; called by the pilot when it ends. With more steps for more examples it would measure steps.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

STILL_FALLING = 0.02  # of the loss; less than that is what another seed changes too


@dataclass(frozen=True)
class CurvePoint:
    """Held-out loss (nats a token) of an adapter that saw `share` of the examples."""

    share: float
    examples: int
    eval_loss: float

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def what_the_curve_says(points: Sequence[CurvePoint]) -> str:
    """Whether more examples like these would help; empty with fewer than two points."""
    ordered = sorted(points, key=lambda point: point.share)
    if len(ordered) < 2:
        return ""
    before, last = ordered[-2:]
    gain = (before.eval_loss - last.eval_loss) / before.eval_loss
    said = (
        f"Held-out loss went from {before.eval_loss:.2f} with {before.examples:,} examples to "
        f"{last.eval_loss:.2f} with {last.examples:,}, in as many steps"
    )
    if gain > STILL_FALLING:
        return f"{said}: more examples like these would probably help."
    return f"{said}: more examples of the same kind would change little."
