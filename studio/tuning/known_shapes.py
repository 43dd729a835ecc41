"""Shapes of the catalogue's models, from their published config.json, so that a run can be estimated
before gigabytes are downloaded. Called by the forecast; a test compares them with the catalogue.
"""

from dataclasses import replace

from studio.tuning.shapes import Shape

_PHI3_MINI = Shape(32, 3072, 8192, 32, 32, 96, 32064, 4096, tied=False, architecture="phi3")
_PHI3_MEDIUM = Shape(40, 5120, 17920, 40, 10, 128, 32064, 4096, tied=False, architecture="phi3")
_LONG = 131072


def _longer(shape: Shape, context: int) -> Shape:
    return replace(shape, context=context)


def _tied(architecture: str, *sizes: int) -> Shape:
    """Head and embeddings are one table."""
    layers, hidden, intermediate, heads, kv_heads, head_size, vocabulary, context = sizes
    return Shape(
        layers, hidden, intermediate, heads, kv_heads, head_size, vocabulary, context,
        tied=True, architecture=architecture,
    )  # fmt: skip


KNOWN_SHAPES: dict[str, Shape] = {
    "smollm2-135m-instruct": _tied("llama", 30, 576, 1536, 9, 3, 64, 49152, 8192),
    "microsoft/Phi-3-mini-4k-instruct": _PHI3_MINI,
    "microsoft/Phi-3-mini-128k-instruct": _longer(_PHI3_MINI, _LONG),
    "microsoft/Phi-3.5-mini-instruct": _longer(_PHI3_MINI, _LONG),
    "microsoft/Phi-3-medium-4k-instruct": _PHI3_MEDIUM,
    "microsoft/Phi-3-medium-128k-instruct": _longer(_PHI3_MEDIUM, _LONG),
    "microsoft/Phi-4-mini-instruct": _tied("phi3", 32, 3072, 8192, 24, 8, 128, 200064, _LONG),
    "HuggingFaceTB/SmolLM2-360M-Instruct": _tied("llama", 32, 960, 2560, 15, 5, 64, 49152, 8192),
    "HuggingFaceTB/SmolLM2-1.7B-Instruct": _tied("llama", 24, 2048, 8192, 32, 32, 64, 49152, 8192),
    "HuggingFaceTB/SmolLM3-3B": _tied("smollm3", 36, 2048, 11008, 16, 4, 128, 128256, 65536),
    "Qwen/Qwen3-0.6B": _tied("qwen3", 28, 1024, 3072, 16, 8, 128, 151936, 40960),
    "Qwen/Qwen3-1.7B": _tied("qwen3", 28, 2048, 6144, 16, 8, 128, 151936, 40960),
    "Qwen/Qwen3-4B-Instruct-2507": _tied("qwen3", 36, 2560, 9728, 32, 8, 128, 151936, 262144),
    "meta-llama/Llama-3.2-1B-Instruct": _tied("llama", 16, 2048, 8192, 32, 8, 64, 128256, _LONG),
    "meta-llama/Llama-3.2-3B-Instruct": _tied("llama", 28, 3072, 8192, 24, 8, 128, 128256, _LONG),
    "google/gemma-3-1b-it": _tied("gemma3_text", 26, 1152, 6912, 4, 1, 256, 262144, 32768),
}
