"""Counts the weights of a model whose architecture shapes.py does not know, without memory for them.

    python -m studio.tuning.built_shape CONFIG_JSON

Started by the forecast as a process of its own, since building needs torch; prints the shape as JSON.
The config is data: fields that name code or files are dropped, nothing is downloaded or loaded.
"""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from studio.errors import BadInput
from studio.tuning.shapes import Counted, Shape

SECONDS = 120
# They name code, other folders or kernels; transformers has acted on them before (CVE-2026-4372).
DROPPED = ("auto_map", "trust_remote_code", "custom_pipelines", "quantization_config", "name_or_path")


def built_shape(config: dict[str, Any]) -> Shape:
    """The shape of the model that a config.json describes. Takes seconds. Raises BadInput with a sentence."""
    plain = {name: value for name, value in config.items() if name not in DROPPED and name[:1] != "_"}
    kind = plain.get("model_type")
    try:
        child = subprocess.run(
            [sys.executable, "-m", "studio.tuning.built_shape", json.dumps(plain)],
            cwd=Path(__file__).resolve().parents[2],
            env={"PATH": os.environ.get("PATH", ""), "HF_HUB_OFFLINE": "1"},
            capture_output=True, text=True, timeout=SECONDS, check=False,
        )  # fmt: skip
        if child.returncode == 0:
            found = json.loads(child.stdout.splitlines()[-1])
            return Shape(**found | {"counted": Counted(**found["counted"])})
    except (subprocess.TimeoutExpired, ValueError, IndexError, TypeError):
        pass
    raise BadInput(
        f"The memory of a model of the architecture {kind} cannot be estimated: it cannot be built from its "
        "config.json alone. Choose a model that `python -m studio models` lists."
    )


def count(config: dict[str, Any]) -> Shape:
    """Build it on torch's meta device, where tensors have sizes and no content."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM
    from transformers.pytorch_utils import Conv1D

    known = AutoConfig.for_model(**config)
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(known, trust_remote_code=False)  # type: ignore[no-untyped-call]
    head = model.get_output_embeddings()
    linears = [
        module
        for module in model.modules()
        if isinstance(module, torch.nn.Linear | Conv1D) and module is not head
    ]
    linear = sum(module.weight.numel() for module in linears)
    text = known.get_text_config()
    heads = int(text.num_attention_heads)
    hidden = int(text.hidden_size)
    return Shape(
        layers=int(text.num_hidden_layers),
        hidden=hidden,
        intermediate=int(getattr(text, "intermediate_size", None) or 4 * hidden),
        heads=heads,
        kv_heads=int(getattr(text, "num_key_value_heads", None) or heads),
        head_size=int(getattr(text, "head_dim", None) or hidden // heads),
        vocabulary=int(text.vocab_size),
        context=int(getattr(text, "max_position_embeddings", None) or 2048),
        tied=bool(text.tie_word_embeddings),
        architecture=str(config["model_type"]),
        counted=Counted(
            linear=linear,
            other=sum(weight.numel() for weight in model.parameters()) - linear,
            widths=sum(sum(module.weight.shape) for module in linears),
        ),
    )


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(count(json.loads(sys.argv[1])))) + "\n")
