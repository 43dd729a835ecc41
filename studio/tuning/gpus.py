"""How fast a GPU may train before anything was measured on it. Called by the forecast; pure arithmetic.

The rates are those of dense tensor cores at 16 bit, in TFLOP/s, half of what NVIDIA says of sparse ones: from
its data sheets (of A10G from AWS's; T4 and V100 know no sparse rate) and the appendices of its papers on the
Ada and GA102 architectures, for GeForce with sums in 32 bit, as in training.
"""

import re

from studio.tuning.shapes import Shape

RATES = {
    "B200": 2250.0, "GH200": 989.0, "H200 NVL": 835.0, "H200": 989.0, "H100 NVL": 835.0, "H100 PCIe": 756.0,
    "H100": 989.0, "A100": 312.0, "A30": 165.0, "A40": 150.0, "A10G": 70.0, "A10": 125.0, "L40S": 362.0,
    "L40": 181.0, "L4": 121.0, "T4": 65.0, "V100 PCIe": 112.0, "V100": 125.0, "RTX 6000 Ada": 364.0,
    "RTX A6000": 155.0, "RTX 4090": 165.0, "RTX 4080": 97.0, "RTX 4070 Ti": 80.0, "RTX 4070": 58.0,
    "RTX 3090": 71.0, "RTX 3080": 60.0, "RTX 3060": 25.0,
}  # fmt: skip
# Of the peak rate, what training reaches. LLaMA-Factory's wiki (performance comparison, Llama 2 7B, LoRA with
# recomputing on an A100): 2,392 tokens/s with Transformers are 31 %, 2,954 with FlashAttention 2 are 38 %.
LEAST_USE, USE, MOST_USE = 0.15, 0.3, 0.45


def rate_of(gpu: str) -> float | None:
    """Operations a second of a GPU as nvidia-smi calls it; None for one that is not listed."""
    words = re.sub(r"[-_]", " ", gpu)
    names = sorted(RATES, key=len, reverse=True)
    found = next((name for name in names if re.search(rf"\b{name}\b", words, re.IGNORECASE)), None)
    return RATES[found] * 1e12 if found else None


def reckoned_speed(gpu: str, shape: Shape, *, recompute: bool) -> float | None:
    """Tokens a second of one GPU at 30 % of its rate.

    Forward and backward take 2 operations a weight each, since the base model's weights get no gradient;
    recomputing goes forward once more.
    """
    rate = rate_of(gpu)
    return USE * rate / ((6 if recompute else 4) * shape.parameters) if rate else None


def reckoning(gpu: str) -> str:
    """For people, how little a reckoned time is worth."""
    rate = (rate_of(gpu) or 0) / 1e12
    return (
        f"The time was not measured on this GPU: it is reckoned from the {rate:.0f} TFLOP/s of its data "
        f"sheet at {USE:.0%} use and may be {USE / MOST_USE:.1f} to {USE / LEAST_USE:.0f} times as long."
    )
