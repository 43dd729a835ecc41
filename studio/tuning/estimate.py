"""How much memory and time a run will take, before it starts; and which method fits.

Called by `create_run`, the run form and the `estimate` command. Pure arithmetic from a model's config;
everything here is an estimate and is compared with what the run then really used.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any

from studio.tuning.pieces import smallest_batches, tokens_at_once
from studio.tuning.presets import TrainingSettings
from studio.tuning.shapes import NF4_BYTES, Shape

GB = 1e9
SPARE = 0.15
CONTEXT_BYTES = 0.8e9  # CUDA context and the kernels' workspace: 0.5 to 1 GB by experience, not measured here
PROCESS_BYTES = 0.65e9  # Python with torch, transformers and peft on a CPU: measured with the bundled model
SHORTEST = 128  # below this most answers would be cut
SLICE_BYTES = 256 * 2**20  # as in loss.py: logits exist for one slice at a time
LOGIT_COPIES = 4  # the logits, their softmax and the gradients of both
# On a CPU memory that was freed is kept in pieces, and going back needs some beside what was saved: runs of
# several lengths used so much more than what autograd saves (docs/estimates.md).
CPU_SPREAD = 1.5
# QLoRA takes longer for quantising back and forth: +44 % for a 7B on one A100 (H2O LLM Studio documentation).
QLORA_SLOWER = 1.44


@dataclass(frozen=True)
class Host:
    """Where the run would take place.

    `memory` in bytes, of one device; `gpu` its name, None on a CPU; `gpus` how many of them are equal.
    """

    memory: float
    gpu: str | None = None
    gpus: int = 0

    @property
    def weight_bytes(self) -> int:
        """Bytes a weight takes unquantised: 16 bit on a GPU, 32 bit on a CPU."""
        return 2 if self.gpu else 4


@dataclass(frozen=True)
class Memory:
    """Bytes by purpose."""

    weights: float
    adapter: float
    activations: float
    logits: float
    runtime: float

    @property
    def total(self) -> float:
        """All parts."""
        return self.weights + self.adapter + self.activations + self.logits + self.runtime


@dataclass(frozen=True)
class Estimate:
    """`method` is lora, qlora or none; `change` is the nearest change of settings that fits, if any does.

    `reckoning` says where `seconds` come from.
    """

    method: str
    memory: Memory
    lora: Memory
    qlora: Memory
    available: float
    why: str
    change: str | None
    seconds: float | None
    reckoning: str = ""

    @property
    def sentence(self) -> str:
        """For people."""
        took = f" Training would take about {duration(self.seconds)} (an estimate)." if self.seconds else ""
        return f"{self.why}{' ' + self.change if self.change else ''}{took}"

    def as_dict(self) -> dict[str, Any]:
        """What the `estimate` command prints; memory in bytes."""
        parts = {
            name: asdict(m) | {"total": m.total} for name, m in (("lora", self.lora), ("qlora", self.qlora))
        }
        return {
            "method": self.method,
            "memory_bytes": parts,
            "available_bytes": self.available,
            "spare_share": SPARE,
            "why": self.why,
            "change": self.change,
            "seconds": self.seconds,
            "reckoning": self.reckoning,
            "is_estimate": True,
        }


def estimate(
    shape: Shape, training: TrainingSettings, longest: int, host: Host, seconds: float | None = None
) -> Estimate:
    """LoRA when it fits with 15 % to spare, else QLoRA, else the nearest change that would.

    `longest` is the longest example in tokens; QLoRA buys memory, not time.
    """
    lora, qlora = (needed(shape, training, longest, host, method) for method in ("lora", "qlora"))
    room = host.memory * (1 - SPARE)
    size = f"of {host.memory / GB:.1f} GB with 15 % to spare"
    if lora.total <= room:
        why = f"LoRA needs about {lora.total / GB:.1f} GB {size}."
        return Estimate("lora", lora, lora, qlora, host.memory, why, None, seconds)
    if qlora.total <= room:
        why = (
            f"LoRA would need about {lora.total / GB:.1f} GB {size}; QLoRA fits in {qlora.total / GB:.1f} GB "
            "and takes about 1.4 times as long."
        )
        slower = seconds * QLORA_SLOWER if seconds is not None else None
        return Estimate("qlora", qlora, lora, qlora, host.memory, why, None, slower)
    why = f"Even QLoRA needs about {qlora.total / GB:.1f} GB {size}: this does not fit."
    change = _nearest_change(shape, training, longest, host)
    return Estimate("none", qlora, lora, qlora, host.memory, why, change, None)


def needed(shape: Shape, training: TrainingSettings, longest: int, host: Host, method: str) -> Memory:
    """Peak memory of training, in bytes, by purpose."""
    length = min(longest, training.max_length or longest, shape.context)
    tokens = tokens_at_once(training.batch_size, length, on_gpu=host.gpu is not None)
    wide = host.weight_bytes
    linear = NF4_BYTES if method == "qlora" else wide
    return Memory(
        weights=shape.linear_parameters * linear + shape.other_parameters * wide,
        # 32-bit weights, gradient and two Adam moments
        adapter=shape.adapter_parameters(training.rank) * 16,
        activations=activation_bytes(shape, tokens, wide, training.recompute)
        * (1 if host.gpu else CPU_SPREAD)
        + (shape.largest_linear * wide if method == "qlora" else 0),
        logits=LOGIT_COPIES * min(logit_bytes(shape, tokens), SLICE_BYTES),
        runtime=CONTEXT_BYTES if host.gpu else PROCESS_BYTES,
    )


def activation_bytes(shape: Shape, tokens: int, wide: int, recompute: bool) -> float:
    """What forward keeps for backward; with recomputing: the layers' borders and one layer."""
    layer = _kept_by_a_layer(shape, wide) * tokens
    if recompute:
        return shape.layers * shape.hidden * wide * tokens + layer
    return shape.layers * layer


def _kept_by_a_layer(shape: Shape, wide: int) -> int:
    """Bytes a token that one block keeps, with adapters on all its linear layers.

    Counted tensor by tensor as autograd saves them, in 32 bit and in 16 bit under autocast, for blocks of
    each family: norms keep 32 bit; every adapter keeps its input, in 16 bit a copy of its own; attention
    keeps queries, keys and values as wide as the queries, and its result; a gated feed-forward part its
    gate, the activated gate, the other half and their product.
    """
    family = shape.family
    hidden = 4 * family.norms + (8 if wide == 4 else 2 * family.readers)
    attention = (16 if wide == 4 else 10) * shape.query
    if family.norms_heads:
        attention += 4 * (shape.query + shape.key)
    if family.fused:  # the fused result is kept as long as a part of it is
        attention += (12 if wide == 4 else 4) * shape.key
    return hidden * shape.hidden + attention + (4 if family.gated else 5) * wide * shape.intermediate


def logit_bytes(shape: Shape, tokens: int) -> float:
    """32-bit logits of all tokens in one piece, as a stock trainer would hold them."""
    return 4.0 * shape.vocabulary * tokens


def nf4_weight_bytes(shape: Shape, other_bytes: int) -> float:
    """Weights with the linear layers in NF4; `other_bytes`: 2 or 4 for embeddings, head and norms."""
    return shape.linear_parameters * NF4_BYTES + shape.other_parameters * other_bytes


def duration(seconds: float) -> str:
    """Seconds in words: 45 seconds, 12 minutes, 3.5 hours."""
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"


def _nearest_change(shape: Shape, training: TrainingSettings, longest: int, host: Host) -> str:
    """The first of these that fits, mildest first."""
    single = replace(training, **smallest_batches(training))
    both = replace(single, recompute=True)
    words = f"batch size {single.batch_size} with accumulation {single.accumulation}"
    for changed, what in (
        (replace(training, recompute=True), "activations recomputed"),
        (single, words),
        (both, f"{words} and activations recomputed"),
    ):
        method = _fitting_method(shape, changed, longest, host)
        if method:
            return f"It fits as {method} with {what}."
    for length in (longest >> halvings for halvings in range(1, 10)):
        method = _fitting_method(shape, both, length, host) if length >= SHORTEST else None
        if method:
            return (
                f"It fits as {method} with {words}, activations recomputed and examples of at most {length} "
                f"tokens; longer ones (up to {longest}) would be cut."
            )
    least = needed(shape, replace(both, max_length=SHORTEST), SHORTEST, host, "qlora").total / (1 - SPARE)
    return (
        f"No setting makes it fit: even QLoRA with the shortest examples wants {least / GB:.0f} GB on one "
        "device, and several share no model; choose a smaller base model or a machine with more memory."
    )


def _fitting_method(shape: Shape, training: TrainingSettings, longest: int, host: Host) -> str | None:
    for method, name in (("lora", "LoRA"), ("qlora", "QLoRA")):
        if needed(shape, training, longest, host, method).total <= host.memory * (1 - SPARE):
            return name
    return None
