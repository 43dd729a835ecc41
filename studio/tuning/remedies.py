"""What can be done about a run that failed or could learn more: the settings of another run. For its page.

A failed run has only its sentence, so its cause is known by the words of failures.py and supervise.py; a test
holds both together.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from studio.tuning.best import best_of
from studio.tuning.listing import Point, RunView
from studio.tuning.pieces import saving_batches
from studio.tuning.presets import TrainingSettings, from_json

STILL_FALLING = 0.01  # share of the held-out loss that the last check still took off
HARDLY_FALLEN = 0.02
RATE_DOWN, RATE_UP = 3, 3  # about half a decade, the usual step of a search for a learning rate
HIGHEST_RATE, MOST_EPOCHS, SHORTEST = 1e-2, 20, 128


@dataclass(frozen=True)
class Remedy:
    """Another run with some settings changed. `key` stands in addresses, `label` on the button, `short` in
    the new run's name."""

    key: str
    label: str
    short: str
    why: str
    changes: dict[str, Any] = field(default_factory=dict)
    method: str | None = None


SAME = Remedy("same", "Start again with the same settings", "again", "Change what you like.")


NO_LIMIT = Remedy(
    "no_limit",
    "Start again without a limit of length",
    "uncut",
    "The longest example then decides, and nothing is left out.",
    {"max_length": 0},
)


def remedies(run: RunView, points: Sequence[Point] = ()) -> list[Remedy]:
    """The best first; empty while a run goes on and where it can simply be resumed."""
    if run.active:
        return []
    said = (run.error or "").lower()
    training = from_json(run.settings)
    if "memory" in said:
        return _for_memory(run, training)
    if "no longer a number" in said or "nan" in said.split():
        return [_lower_rate(training)]
    if "prompt alone" in said and training.max_length:
        return [NO_LIMIT]
    if run.state == "failed":
        return [SAME]
    return _to_learn_more(training, points) if run.state == "succeeded" else []


def find_remedy(run: RunView, points: Sequence[Point], key: str) -> Remedy:
    """The one an address names; an unknown one changes nothing."""
    known = {one.key: one for one in remedies(run, points)}
    return known.get(key, SAME)


def _for_memory(run: RunView, training: TrainingSettings) -> list[Remedy]:
    found: list[Remedy] = []
    if not training.recompute:
        why = "Keeps far less in memory for long examples; about a third slower."
        found.append(
            Remedy(
                "recompute", "Start again, recomputing activations", "recomputed", why, {"recompute": True}
            )
        )
    said = run.error or ""
    longest = _longest_in(said)
    fewer = saving_batches(training, longest, on_gpu="GPU" in said)
    if fewer:
        why = "Fewer examples at once take less memory; more of them are added up, so it learns the same."
        label = f"Start again with batch size {fewer['batch_size']}"
        found.append(Remedy("smallest_batch", label, f"batch size {fewer['batch_size']}", why, fewer))
    if run.method == "lora":
        why = "The base model is held in 4 bit: much less memory, slower."
        found.append(Remedy("qlora", "Start again as QLoRA", "QLoRA", why, method="qlora"))
    if not fewer and longest >= 2 * SHORTEST:
        why = f"Examples longer than {longest // 2:,} tokens are cut there; the end of those is not learned."
        changes = {"max_length": longest // 2}
        found.append(Remedy("shorter", "Start again with examples half as long", "shorter", why, changes))
    return found


def _longest_in(said: str) -> int:
    """Tokens of the longest example by the sentence of failures.py; 0 where it does not tell."""
    found = re.search(r"examples of up to (\d+) tokens", said)
    return int(found[1]) if found else 0


def _lower_rate(training: TrainingSettings) -> Remedy:
    rate = _rounded(training.learning_rate / RATE_DOWN)
    why = "Smaller steps keep the loss from jumping away."
    label, short = f"Start again at a learning rate of {rate:g}", f"rate {rate:g}"
    return Remedy("lower_rate", label, short, why, {"learning_rate": rate})


def _to_learn_more(training: TrainingSettings, points: Sequence[Point]) -> list[Remedy]:
    if gone_up(points):
        why = "The held-out loss rose above where it began, so each step went too far."
        return [replace(_lower_rate(training), why=why)]
    if still_falling(points) and training.epochs * 2 <= MOST_EPOCHS:
        changes = {"epochs": training.epochs * 2, "max_steps": training.max_steps * 2}
        why = "The held-out loss was still falling when the run ended."
        return [Remedy("longer", "Train twice as long", "twice as long", why, changes)]
    rate = _rounded(training.learning_rate * RATE_UP)
    if hardly_fallen(points) and rate <= HIGHEST_RATE:
        why = "The held-out loss hardly moved: a higher rate learns more in the same time."
        label = f"Train at a learning rate of {rate:g}"
        return [Remedy("higher_rate", label, f"rate {rate:g}", why, {"learning_rate": rate})]
    return []


def still_falling(points: Sequence[Point]) -> bool:
    """Whether the last held-out check was the best, and clearly better than the one before."""
    checks, best = checked(points), best_check(points)
    if best is None or len(checks) < 2 or best[0] != checks[-1][0]:
        return False
    before, last = checks[-2][1], checks[-1][1]
    return before - last > STILL_FALLING * before


def gone_up(points: Sequence[Point]) -> bool:
    """Whether every check was clearly worse than the model before training."""
    checks, best = checked(points), best_check(points)
    return best is not None and best[1] > checks[0][1] * (1 + HARDLY_FALLEN)


def hardly_fallen(points: Sequence[Point]) -> bool:
    """Whether training took next to nothing off the held-out loss."""
    checks = checked(points)
    return len(checks) > 1 and checks[0][1] - min(loss for _, loss in checks) < HARDLY_FALLEN * checks[0][1]


def checked(points: Sequence[Point]) -> list[tuple[int, float]]:
    """(step, held-out loss) of every check, in order."""
    return [(point.step, point.eval_loss) for point in points if point.eval_loss is not None]


def best_check(points: Sequence[Point]) -> tuple[int, float] | None:
    """Step and loss of the lowest held-out loss; None before one. Step 0 is none: nothing was trained."""
    checks = {step: loss for step, loss in checked(points) if step}
    best = best_of(checks)
    return None if best is None else (best, checks[best])


def _rounded(rate: float) -> float:
    """To two digits, as people write learning rates."""
    return float(f"{rate:.1e}")
