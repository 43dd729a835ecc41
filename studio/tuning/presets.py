"""The settings of a run, each with its trade-off and its limits, and the presets people choose from.

Read by the run form, by `create_run` (which checks the limits) and by the recipe.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, TypeVar

from studio.errors import BadInput

Row = TypeVar("Row")
SCHEDULES = ("linear", "cosine", "constant")
OPTIMISERS = ("adamw", "paged_adamw")
MOST_ACCUMULATED = 128


def _number(default: float, low: float, high: float, label: str, trade_off: str) -> Any:
    return field(default=default, metadata={"low": low, "high": high, "label": label, "why": trade_off})


def _choice(default: str, choices: tuple[str, ...], label: str, trade_off: str) -> Any:
    return field(default=default, metadata={"choices": choices, "label": label, "why": trade_off})


@dataclass(frozen=True)
class TrainingSettings:
    """How one adapter is trained. `max_steps` and `max_length` of 0 mean: no limit of one's own."""

    epochs: float = _number(
        2, 0.1, 20, "Epochs", "More passes fit the examples closer; too many repeat them by heart."
    )
    learning_rate: float = _number(
        2e-4, 1e-7, 1e-2, "Learning rate", "Higher learns faster; too high and the loss jumps or is NaN."
    )
    batch_size: int = _number(
        4, 1, 64, "Batch size", "More examples at once are faster on a GPU and need more memory."
    )
    accumulation: int = _number(
        1,
        1,
        MOST_ACCUMULATED,
        "Accumulation",
        "Batches to a step: a larger batch without its memory, fewer steps.",
    )
    rank: int = _number(
        16,
        1,
        256,
        "Rank",
        "A higher rank holds more, costs memory; 16 holds some 50 million tokens on Phi-3-mini.",
    )
    alpha: int = _number(
        32,
        1,
        512,
        "Alpha",
        "How strongly the adapter speaks, relative to its rank; twice the rank is customary.",
    )
    dropout: float = _number(
        0.0, 0, 0.5, "Dropout", "Above 0 guards against learning by heart, costs time and memory."
    )
    schedule: str = _choice(
        "linear",
        SCHEDULES,
        "Schedule",
        "How the learning rate falls: linear and cosine settle, constant does not.",
    )
    warmup: float = _number(
        0.05, 0, 0.5, "Warm-up", "Share of the steps that raise the rate; longer is calmer, slower."
    )
    weight_decay: float = _number(
        0.0, 0, 0.5, "Weight decay", "Pulls the adapter to zero; a little helps over many epochs."
    )
    optimiser: str = _choice(
        "adamw",
        OPTIMISERS,
        "Optimiser",
        "Paged moves its state to main memory when a GPU is short; slower then.",
    )
    recompute: bool = field(
        default=False,
        metadata={
            "label": "Recompute activations",
            "why": "Much less memory for long examples, about a third slower.",
        },
    )
    max_length: int = _number(
        0, 0, 131072, "Longest example", "0 takes it from the data; less saves memory and cuts long examples."
    )
    max_steps: int = _number(
        0, 0, 1_000_000, "Most steps", "0 follows the epochs; a limit keeps a first look short."
    )
    share: float = _number(
        1.0,
        0.01,
        1.0,
        "Share of the examples",
        "Less than all of them shows what more examples are worth: that is a learning curve.",
    )
    evaluations: int = _number(
        4,
        0,
        50,
        "Held-out checks",
        "More points on the held-out curve, each costs a pass over the held-out rows; 1 measures the end.",
    )
    sample_answers: int = _number(
        5, 0, 5, "Sample answers", "Held-out questions answered at checks: read what changes; 0 saves time."
    )
    patience: int = _number(
        0,
        0,
        50,
        "Stop early",
        "Ends after so many held-out checks without improvement: saves time, may miss a late one; 0 never.",
    )
    checkpoints: int = _number(
        4, 0, 100, "Checkpoints", "More lose less work when a machine stops, and write more to disk."
    )
    seed: int = _number(7, 0, 2**31 - 1, "Seed", "Another seed shows how much of a result is luck.")


@dataclass(frozen=True)
class Preset:
    """A named set of settings with the sentence that helps to choose it."""

    name: str
    description: str
    settings: TrainingSettings


PRESETS: tuple[Preset, ...] = (
    Preset(
        "Quick look",
        "A few minutes on a small model: does training move the answers at all?",
        TrainingSettings(epochs=2, learning_rate=1e-3, max_steps=60, evaluations=3, checkpoints=2),
    ),
    Preset(
        "Standard",
        "Three passes at the usual learning rate for LoRA, fewer when two checks in a row bring nothing: "
        "where most runs should start.",
        TrainingSettings(epochs=3, learning_rate=2e-4, schedule="cosine", evaluations=6, patience=2),
    ),
    Preset(
        "Thorough",
        "Five passes, a higher rank, dropout: for a thousand good examples and more.",
        TrainingSettings(
            epochs=5,
            rank=32,
            alpha=64,
            dropout=0.05,
            schedule="cosine",
            evaluations=10,
            patience=3,
            checkpoints=10,
        ),
    ),
    Preset(
        "Phi-3 CookBook (repaired)",
        "The notebook's settings with what it lacked: an adapter is attached, and the length comes "
        "from the data instead of cutting every answer at 128 tokens.",
        TrainingSettings(
            epochs=3,
            learning_rate=1e-4,
            batch_size=7,
            accumulation=4,
            schedule="linear",
            optimiser="paged_adamw",
            recompute=True,
        ),
    ),
)
DEFAULT_PRESET = "Standard"


def find_preset(name: str) -> Preset:
    """The preset of that name, whatever its case. Raises BadInput naming the presets there are."""
    for preset in PRESETS:
        if preset.name.casefold() == name.strip().casefold():
            return preset
    raise BadInput(f'There is no preset "{name}". Choose one of: {", ".join(p.name for p in PRESETS)}.')


def adjust(settings: TrainingSettings, changes: dict[str, Any]) -> TrainingSettings:
    """`settings` with some of them changed, checked. Raises BadInput naming the setting that cannot be."""
    known = {each.name for each in fields(TrainingSettings)}
    for name in changes:
        if name not in known:
            raise BadInput(f'There is no training setting "{name}".')
    changed = replace(settings, **changes)
    check(changed)
    return changed


def check(settings: TrainingSettings) -> None:
    """Raise BadInput at the first setting that lies outside its limits or has the wrong type."""
    for each in fields(settings):
        value = getattr(settings, each.name)
        if "choices" in each.metadata:
            _check_choice(each.metadata, value)
        elif "low" in each.metadata:
            _check_number(each.metadata, value, whole=each.type is int)
        elif not isinstance(value, bool):
            raise BadInput(f"{each.metadata['label']} must be yes or no, not {value!r}.")


def _check_choice(limits: Any, value: object) -> None:
    if value not in limits["choices"]:
        raise BadInput(f"{limits['label']} must be one of {', '.join(limits['choices'])}, not {value!r}.")


def _check_number(limits: Any, value: object, *, whole: bool) -> None:
    wanted = int if whole else (int, float)
    if isinstance(value, bool) or not isinstance(value, wanted):
        raise BadInput(f"{limits['label']} must be a {'whole ' if whole else ''}number, not {value!r}.")
    if not limits["low"] <= value <= limits["high"]:
        raise BadInput(
            f"{limits['label']} must lie between {limits['low']} and {limits['high']}, not {value}."
        )


def part_of(rows: Sequence[Row], settings: TrainingSettings) -> Sequence[Row]:
    """The share of the examples that is trained on, in their order; the same seed takes the same ones."""
    wanted = max(1, round(len(rows) * settings.share))
    if wanted >= len(rows):
        return rows
    return [rows[at] for at in sorted(random.Random(settings.seed).sample(range(len(rows)), wanted))]


def total_steps(examples: int, settings: TrainingSettings) -> int:
    """Optimiser steps of a whole run over so many examples."""
    steps = max(1, math.ceil(steps_of_an_epoch(examples, settings) * settings.epochs))
    return min(steps, settings.max_steps or steps)


def steps_of_an_epoch(examples: int, settings: TrainingSettings) -> int:
    """Optimiser steps in which every example is seen once."""
    return math.ceil(math.ceil(examples / settings.batch_size) / settings.accumulation)


def to_json(settings: TrainingSettings) -> dict[str, Any]:
    """The settings as they are stored with a run."""
    return asdict(settings)


def from_json(stored: dict[str, Any]) -> TrainingSettings:
    """The settings of a stored run; what it did not know yet keeps its default."""
    return adjust(TrainingSettings(), stored)
