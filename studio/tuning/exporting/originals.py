"""The GGUF file that a base model came as or lies beside it: GGUF exports take their tokenizer from it.

Called when an export is asked for and when it is laid out; reads names and settings only.
"""

import json
from pathlib import Path
from typing import Any

from studio.models.bundled import CHAT_MODEL, original_gguf
from studio.models.catalogue import ModelFolder

# architectures of Hugging Face -> the layout of ggml that holds them
LAYOUTS = {"llama": "llama", "mistral": "llama", "phi3": "phi3"}
ELSEWHERE = "Export it merged, then run llama.cpp's converter with the commands that stand beside it."


def original_of(base: ModelFolder) -> Path | None:
    """None where there is none."""
    if base.id == CHAT_MODEL:
        return original_gguf()
    return next(iter(sorted(base.path.glob("*.gguf"))), None)


def gguf_refusal(base: ModelFolder) -> str | None:
    """Why GGUF cannot be written and checked here for this base; None where it can."""
    if base.id == CHAT_MODEL:
        return None
    config = _config(base.path)
    if config.get("model_type") not in LAYOUTS:
        return f"GGUF is written here for models built like llama and Phi-3 only. {ELSEWHERE}"
    rope: dict[str, Any] = config.get("rope_parameters") or config.get("rope_scaling") or {}
    kind = rope.get("rope_type", rope.get("type", "default"))
    if kind != "default":
        return (
            f"{base.id} stretches its positions ({kind}), which cannot be checked as GGUF here. {ELSEWHERE}"
        )
    if original_of(base) is None:
        return (
            f"For GGUF the tokenizer is taken from a GGUF file of {base.id}, and none lies in {base.path}. "
            f"Put one there. Or: {ELSEWHERE[0].lower()}{ELSEWHERE[1:]}"
        )
    return None


def _config(folder: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((folder / "config.json").read_text()))
    except (OSError, ValueError):
        return {}
