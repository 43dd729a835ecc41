"""How much a pilot may do in the minutes it has: questions, and the steps of each training. Pure."""

from dataclasses import dataclass

# Shares of a pilot's time; the rest is for starting processes and for searching.
TRAINING, WITH_PASSAGES, COMPARING = 0.1, 0.3, 0.36
# fewer steps teach too little to judge by: a slow machine then takes longer than was asked for
FEWEST_STEPS, MOST_STEPS = 16, 400
MOST_PASSES = 4.0
START_SECONDS = 12.0  # of each training process, before its first step
CURVE = (0.25, 0.5)  # shares of the examples; the whole is the first training itself


@dataclass(frozen=True)
class PilotSize:
    """What a person may choose: how many held-out questions, and about how many minutes."""

    questions: int = 30
    minutes: float = 10.0

    def seconds(self, share: float) -> float:
        """Of training alone, for a training with this share of the time."""
        return max(10.0, self.minutes * 60 * share - START_SECONDS)


@dataclass(frozen=True)
class Learned:
    """What is trained on: examples, their mean length in tokens, and tokens a second on this host."""

    examples: int
    mean_tokens: float
    speed: float


def steps_for(learned: Learned, seconds: float, batch: int) -> int:
    """Steps that fit into these seconds, and go over the examples at most a few times."""
    affordable = learned.speed * seconds / max(1.0, learned.mean_tokens * batch)
    useful = MOST_PASSES * learned.examples / batch
    return int(max(FEWEST_STEPS, min(affordable, useful, MOST_STEPS)))
