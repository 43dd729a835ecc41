"""LoRA or QLoRA, explained with numbers for a model and a GPU. Pure; used by the advice page.

The estimate before a run is studio.tuning's; this explains the choice in advance.
"""

from dataclasses import dataclass

BYTES_16_BIT = 2.0
BYTES_NF4 = 0.52
SPARE = 1.15
# adapter with gradients and Adam, activations with checkpointing, CUDA context: about this for a 4 B model
WORKING_GB_PER_BILLION = 0.45
CONTEXT_GB = 0.8

EXPLANATION = (
    "Both train a small adapter beside frozen weights. LoRA keeps the base in 16 bit: fast, and near full "
    "fine-tuning. QLoRA keeps it in 4 bit (NF4): a quarter of the memory, but every step unpacks them, "
    "which takes about 30 to 45 % longer. QLoRA buys memory, not time: use LoRA when it fits with 15 % to "
    "spare. A set of some thousand rows never needs a bigger rank than 16; look at learning rate, epochs and "
    "length instead."
)
CITED = ("qlora-memory", "qlora-time", "lora-learns-less", "lora-settings")


@dataclass(frozen=True)
class MethodAdvice:
    """`method` is lora, qlora, none (nothing fits) or unknown; GB are rough estimates."""

    method: str
    lora_gb: float
    qlora_gb: float
    text: str


def advise_method(parameters_billion: float, gpu_memory_gb: float | None) -> MethodAdvice:
    """Which method fits; without a GPU, LoRA on the CPU with a small model."""
    working = CONTEXT_GB + WORKING_GB_PER_BILLION * parameters_billion
    lora = round((BYTES_16_BIT * parameters_billion + working) * SPARE, 1)
    qlora = round((BYTES_NF4 * parameters_billion + working) * SPARE, 1)
    needs = f"about {lora:g} GB for LoRA and {qlora:g} GB for QLoRA (estimates, 15 % to spare)"
    if gpu_memory_gb is None:
        return MethodAdvice("unknown", lora, qlora, f"This model needs {needs}; say how much the GPU has.")
    if gpu_memory_gb <= 0:
        text = "Without a GPU only a small model trains in reasonable time, by LoRA on the CPU."
        return MethodAdvice("lora", lora, qlora, text)
    method = "lora" if gpu_memory_gb >= lora else "qlora" if gpu_memory_gb >= qlora else "none"
    choice = {"lora": "LoRA fits.", "qlora": "QLoRA fits, LoRA does not.", "none": "Neither fits."}[method]
    if method == "none":
        choice += " Take a smaller model, shorter examples or more GPUs."
    return MethodAdvice(
        method, lora, qlora, f"{choice} This model needs {needs}; the GPU has {gpu_memory_gb:g}."
    )
