"""Four-bit base models (QLoRA): how they are loaded, and a guard without which a CPU trains wrongly.

Called by the recipe.
"""

from typing import Any

import torch
from transformers import BitsAndBytesConfig


def four_bit(dtype: torch.dtype) -> BitsAndBytesConfig:
    """NF4 with double quantisation (Dettmers et al., arXiv 2305.14314), computed in `dtype`."""
    return BitsAndBytesConfig(  # type: ignore[no-untyped-call]
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=dtype,
    )


def keep_gradients_exact(model: Any) -> None:
    """Forbid bitsandbytes to repack 4-bit weights in place for AVX512-BF16 processors.

    After one forward pass in evaluation mode the repacked layers return no input gradient, with nothing
    but a warning, and a loss that looks healthy (measured on bitsandbytes 0.50.2: gradients off by 91 %).
    prepare_model_for_kbit_training is left out on purpose: it turns the embeddings into 32 bit, which
    costs 1.2 GB on Phi-4-mini.
    """
    for module in model.modules():
        if hasattr(module, "support_avx512bf16_for_cpu"):
            module.support_avx512bf16_for_cpu = False
