"""Memory of training runs that others published, beside what the studio would have estimated for them.

Read by docs/estimates.py and by a test, which holds every ratio within BAND. Each figure has its source.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from studio.tuning.estimate import GB, Host, Memory, activation_bytes, logit_bytes, needed, nf4_weight_bytes
from studio.tuning.known_shapes import KNOWN_SHAPES
from studio.tuning.presets import TrainingSettings
from studio.tuning.shapes import Shape

BAND = (0.75, 1.35)

LLAMA2_7B = Shape(32, 4096, 11008, 32, 32, 128, 32000, 4096, tied=False)
LLAMA2_13B = Shape(40, 5120, 13824, 40, 40, 128, 32000, 4096, tied=False)
LLAMA_65B = Shape(80, 8192, 22016, 64, 64, 128, 32000, 2048, tied=False)
LLAMA2_70B = Shape(80, 8192, 28672, 64, 8, 128, 32000, 4096, tied=False)
LLAMA3_8B = Shape(32, 4096, 14336, 32, 8, 128, 128256, 8192, tied=False)
QWEN_7B = Shape(32, 4096, 11008, 32, 32, 128, 151936, 8192, tied=False)
PHI3 = KNOWN_SHAPES["microsoft/Phi-3-mini-4k-instruct"]
PHI4 = KNOWN_SHAPES["microsoft/Phi-4-mini-instruct"]

LITGPT = "LitGPT, tutorials/resource-tables.md, A100, adapters on queries and values only"
TORCHTUNE = "torchtune, README and QLoRA tutorial"
QWEN = "Qwen-7B README, A100, FlashAttention 2"
FACTORY = "LLaMA-Factory wiki, performance comparison"
ARITHMETIC = "weights and tensors counted for this shape, nothing trained"


@dataclass(frozen=True)
class Published:
    """A figure somebody published, in GB, and the estimate for the same settings."""

    what: str
    published: float
    estimated: float
    source: str

    @property
    def ratio(self) -> float:
        """Estimated for each GB published."""
        return self.estimated / self.published


@dataclass(frozen=True)
class Setup:
    """Settings of a published run. `whole`: its trainer holds the logits of all positions in one piece, which
    the studio does not; `context`: the figure counts the CUDA context, not only what torch allocated.
    """

    shape: Shape
    method: str
    batch: int
    length: int
    rank: int = 8
    recompute: bool = True
    whole: bool = True
    context: bool = True

    @property
    def estimated(self) -> float:
        """In GB."""
        training = TrainingSettings(batch_size=self.batch, rank=self.rank, recompute=self.recompute)
        found = needed(self.shape, training, self.length, Host(1e15, "GPU"), self.method)
        tokens = self.batch * self.length
        logits = 2 * logit_bytes(self.shape, tokens) if self.whole else found.logits
        return (found.total - found.logits + logits - (0 if self.context else found.runtime)) / GB


def _litgpt(shape: Shape, method: str, batch: int) -> Setup:
    return Setup(shape, method, batch, 1304, recompute=False, whole=False, context=False)


RUNS: tuple[tuple[str, float, Setup, str], ...] = (
    ("Llama 2 7B, LoRA, 1 × 1304", 21.30, _litgpt(LLAMA2_7B, "lora", 1), LITGPT),
    ("Llama 2 7B, LoRA, 2 × 1304", 29.07, _litgpt(LLAMA2_7B, "lora", 2), LITGPT),
    ("Llama 2 7B, QLoRA, 1 × 1304", 13.84, _litgpt(LLAMA2_7B, "qlora", 1), LITGPT),
    ("Llama 2 13B, LoRA, 1 × 1304", 38.12, _litgpt(LLAMA2_13B, "lora", 1), LITGPT),
    ("Llama 2 13B, QLoRA, 1 × 1304", 22.55, _litgpt(LLAMA2_13B, "qlora", 1), LITGPT),
    ("Llama 2 7B, LoRA, 2 × 1304, recomputed", 15.57,
     Setup(LLAMA2_7B, "lora", 2, 1304, context=False), TORCHTUNE),
    ("Llama 3.1 8B, LoRA, 2 × 2048, recomputed, compiled", 17.4,
     Setup(LLAMA3_8B, "lora", 2, 2048, whole=False, context=False), TORCHTUNE),
    ("Llama 3.1 8B, QLoRA, 2 × 2048, recomputed, compiled", 7.95,
     Setup(LLAMA3_8B, "qlora", 2, 2048, whole=False, context=False), TORCHTUNE),
    *((f"Qwen 7B, LoRA rank 64, 1 × {length}, recomputed", used, Setup(QWEN_7B, "lora", 1, length, 64), QWEN)
      for length, used in ((256, 20.1), (512, 20.4), (1024, 21.5), (2048, 23.8), (4096, 29.7), (8192, 36.6))),
    *((f"Qwen 7B, 4 bit (GPTQ), rank 64, 1 × {length}, recomputed", used,
       Setup(QWEN_7B, "qlora", 1, length, 64), QWEN)
      for length, used in ((256, 11.5), (1024, 12.3), (2048, 13.9), (4096, 16.9), (8192, 23.5))),
    ("Llama 2 7B, LoRA, 4 × 1024, recomputed", 18.0, Setup(LLAMA2_7B, "lora", 4, 1024), FACTORY),
    ("Llama 2 7B, QLoRA, 4 × 1024, recomputed", 9.0, Setup(LLAMA2_7B, "qlora", 4, 1024), FACTORY),
    ("Llama 65B, QLoRA rank 64, 1 × 512, recomputed: under 48 GB", 48.0,
     Setup(LLAMA_65B, "qlora", 1, 512, 64), "Dettmers et al., arXiv 2305.14314, abstract (optimiser paged)"),
)  # fmt: skip


def published() -> Iterator[Published]:
    """Every figure with the estimate as it is now."""
    half: Memory = needed(PHI3, TrainingSettings(), 512, Host(1e15, "GPU"), "lora")
    yield Published("Phi-3-mini, weights in 16 bit", 7.64, half.weights / GB, ARITHMETIC)
    yield Published("Phi-3-mini, weights in NF4", 2.26, nf4_weight_bytes(PHI3, 2) / GB, ARITHMETIC)
    yield Published(
        "Phi-3-mini, weights in NF4, the rest 32 bit", 2.66, nf4_weight_bytes(PHI3, 4) / GB, ARITHMETIC
    )
    yield Published("Phi-4-mini, weights in NF4", 3.24, nf4_weight_bytes(PHI4, 2) / GB, ARITHMETIC)
    yield Published(
        "Llama 2 70B, weights in NF4", 37.21, nf4_weight_bytes(LLAMA2_70B, 2) / GB, LITGPT + ", inference"
    )
    yield Published("Phi-3-mini, adapter of rank 16 in training", 0.40, half.adapter / GB, ARITHMETIC)
    saved = activation_bytes(PHI3, 2048, 2, recompute=False) / GB
    yield Published("Phi-3-mini, activations of 1 × 2048, no autocast", 12.1, saved, ARITHMETIC)
    kept = activation_bytes(PHI3, 2048, 2, recompute=True) / GB
    yield Published("Phi-3-mini, activations of 1 × 2048, recomputed", 0.69, kept, ARITHMETIC)
    for name, shape, size in (("Phi-3-mini", PHI3, 1.05), ("Phi-4-mini", PHI4, 6.56)):
        yield Published(f"{name}, logits of 4 × 2048", size, logit_bytes(shape, 4 * 2048) / GB, ARITHMETIC)
    for what, used, setup, source in RUNS:
        yield Published(what, used, setup.estimated, source)
