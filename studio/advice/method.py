"""LoRA or QLoRA, and which base model, by the estimate of runs. Used by the page and `advise`."""

from collections.abc import Iterable
from dataclasses import dataclass

from studio.models.catalogue import MODELS, KnownModel
from studio.tuning.estimate import GB, Estimate, Host, estimate
from studio.tuning.known_shapes import KNOWN_SHAPES
from studio.tuning.presets import DEFAULT_PRESET, TrainingSettings, find_preset

EXPLANATION = (
    "Both train a small adapter beside frozen weights. LoRA keeps the base in 16 bit: fast, and near full "
    "fine-tuning. QLoRA keeps it in 4 bit (NF4): a quarter of the memory, but every step unpacks them, "
    "which takes about 30 to 45 % longer. QLoRA buys memory, not time: use LoRA when it fits with 15 % to "
    "spare. A set of some thousand rows never needs a bigger rank than 16; look at learning rate, epochs and "
    "length instead."
)
CITED = ("qlora-memory", "qlora-time", "lora-learns-less", "lora-settings")
# parameters that a processor trains in reasonable time: hours, not days
WITHOUT_GPU = 0.5e9
USUAL_LENGTH = 512  # tokens, where the examples were not measured


@dataclass(frozen=True)
class BaseAdvice:
    """A base model and how it would be trained here; `estimate.method` is lora, qlora or none."""

    model: KnownModel
    estimate: Estimate

    @property
    def fits(self) -> bool:
        return self.estimate.method != "none"


@dataclass(frozen=True)
class MethodAdvice:
    """`best` is the largest model that can be trained here, None where none can; all others beside it."""

    best: BaseAdvice | None
    others: tuple[BaseAdvice, ...]
    text: str


def advise_method(
    host: Host, longest: int = USUAL_LENGTH, training: TrainingSettings | None = None
) -> MethodAdvice:
    """For examples of up to `longest` tokens; memory decides, and without a GPU time does."""
    settings = training or find_preset(DEFAULT_PRESET).settings
    found = tuple(
        BaseAdvice(model, estimate(KNOWN_SHAPES[model.id], settings, longest, host))
        for model in MODELS
        if model.methods and model.id in KNOWN_SHAPES
    )
    best = max(_possible(found, host), key=lambda one: one.model.parameters, default=None)
    return MethodAdvice(best, tuple(one for one in found if one is not best), _text(best, host))


def _possible(found: Iterable[BaseAdvice], host: Host) -> list[BaseAdvice]:
    small = WITHOUT_GPU if host.gpu is None else float("inf")
    return [one for one in found if one.fits and one.model.parameters * 1e9 <= small]


def _text(best: BaseAdvice | None, host: Host) -> str:
    where = f"{host.memory / GB:.0f} GB of {'GPU memory' if host.gpu else 'memory and no GPU'}"
    if best is None:
        return f"With {where} none of the listed models can be trained: take a larger machine."
    method = "LoRA" if best.estimate.method == "lora" else "QLoRA"
    why = " Larger ones would fit, but take days without a GPU." if host.gpu is None else ""
    return f"With {where}: up to {best.model.id}, by {method}. {best.estimate.why}{why}"
