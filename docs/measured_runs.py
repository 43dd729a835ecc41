"""Trains a few steps of small models with the real recipe and notes what each run used.

Called by `python -m docs.estimates --measure`. Models beside the bundled one are made up, with random
weights: only their size matters.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from studio.engine.example_tokens import example_row
from studio.engine.folder_tokenizer import folder_tokenizer
from studio.models.bundled import CHAT_MODEL, ensure_bundled
from studio.settings import Settings
from studio.tuning.estimate import QLORA_SLOWER, Host, needed
from studio.tuning.forecast import CORE_SPEED, START_SECONDS
from studio.tuning.known_shapes import KNOWN_SHAPES
from studio.tuning.plan import HELD_OUT, TRAIN, RunPlan, write_plan
from studio.tuning.presets import TrainingSettings
from studio.tuning.shapes import Shape, read_shape

STEPS = 2

# name: architecture, hidden, intermediate, layers, heads, key and value heads
MADE_UP = {
    "llama-60m": ("llama", 512, 1408, 10, 8, 4),
    "phi3-90m": ("phi3", 640, 1728, 8, 10, 10),
    "qwen3-200m": ("qwen3", 896, 2560, 16, 14, 7),
    "llama-350m": ("llama", 1280, 3456, 14, 20, 5),
}
BUILD = """
import json, sys
import torch
from transformers import AutoConfig, AutoModelForCausalLM
config = AutoConfig.for_model(**json.loads(sys.argv[2]))
torch.manual_seed(0)
AutoModelForCausalLM.from_config(config, dtype=torch.float32).save_pretrained(sys.argv[1])
"""


@dataclass(frozen=True)
class Case:
    """One run: its model, method and what memory depends on; `length` in tokens."""

    model: str
    method: str
    batch: int
    length: int
    recompute: bool = False
    rank: int = 16


CASES = (
    Case(CHAT_MODEL, "lora", 1, 64),
    Case(CHAT_MODEL, "lora", 4, 128),
    Case(CHAT_MODEL, "lora", 4, 256),
    Case(CHAT_MODEL, "lora", 4, 256, recompute=True),
    Case(CHAT_MODEL, "qlora", 4, 128),
    Case(CHAT_MODEL, "qlora", 1, 512),
    Case("llama-60m", "lora", 4, 256),
    Case("phi3-90m", "lora", 4, 256),
    Case("phi3-90m", "qlora", 4, 256),
    Case("qwen3-200m", "lora", 2, 256),
    Case("llama-350m", "lora", 1, 256, rank=64),
    Case("llama-350m", "qlora", 1, 256),
)


def measured(cases: tuple[Case, ...] = CASES) -> Iterator[dict[str, Any]]:
    """What each case used; time is processor time divided by the cores, whatever else the machine does."""
    with tempfile.TemporaryDirectory() as folder:
        for number, case in enumerate(cases):
            base = _base(case.model, Path(folder))
            run = Path(folder) / f"run{number}"
            run.mkdir()
            yield _run(case, base, run)


def expected(row: dict[str, Any]) -> tuple[float, float]:
    """Bytes and seconds that the studio would estimate today for a measured case."""
    case = Case(**{name: row[name] for name in Case.__annotations__})
    shape = shape_named(case.model)
    found = needed(shape, _settings(case), case.length, Host(1e15), case.method)
    slower = QLORA_SLOWER if case.method == "qlora" else 1
    seconds = START_SECONDS + row["tokens"] * shape.parameters / (CORE_SPEED * row["cores"])
    return found.total, seconds * slower


def shape_named(name: str) -> Shape:
    """Of the bundled model or of a made-up one."""
    return read_shape(_config(name)) if name in MADE_UP else KNOWN_SHAPES[name]


def _settings(case: Case) -> TrainingSettings:
    return TrainingSettings(
        batch_size=case.batch, rank=case.rank, alpha=2 * case.rank, recompute=case.recompute,
        max_steps=STEPS, evaluations=0, checkpoints=0,
    )  # fmt: skip


def _run(case: Case, base: Path, run: Path) -> dict[str, Any]:
    write_plan(run, RunPlan(str(base), case.model, case.method, _settings(case)))
    _write_rows(run / TRAIN, base, case)
    (run / HELD_OUT).write_text("")
    before = _processor_seconds()
    subprocess.run([sys.executable, "-m", "studio.tuning.recipe", str(run)], check=True)
    cores = os.cpu_count() or 1
    seconds = round((_processor_seconds() - before) / cores, 1)
    result = json.loads((run / "result.json").read_text())
    return asdict(case) | {
        "device": result["device"],
        "cores": cores,
        "tokens": result["tokens"],
        "used_bytes": result["peak_memory_bytes"],
        # on a busy host the same work takes more processor time
        "used_seconds": seconds if os.getloadavg()[0] < 2 * cores else None,
    }


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _write_rows(file: Path, base: Path, case: Case) -> None:
    """Rows of up to `length` tokens, some a little shorter, so that batches are padded."""
    tokenizer = folder_tokenizer(base)
    start = len(example_row(tokenizer, {"prompt": "How heavy?", "completion": ""}).tokens)
    rows = []
    for number in range(case.batch * STEPS):
        wanted = case.length - number % case.batch * 4 - start
        rows.append({"prompt": "How heavy?", "completion": "press" + " press" * (wanted - 1)})
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))


def _config(name: str) -> dict[str, Any]:
    architecture, hidden, intermediate, layers, heads, key_heads = MADE_UP[name]
    return {
        "model_type": architecture, "hidden_size": hidden, "intermediate_size": intermediate,
        "num_hidden_layers": layers, "num_attention_heads": heads, "num_key_value_heads": key_heads,
        "head_dim": hidden // heads, "vocab_size": KNOWN_SHAPES[CHAT_MODEL].vocabulary,
        "max_position_embeddings": 8192, "tie_word_embeddings": True,
        "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2,
    }  # fmt: skip


def _base(name: str, folder: Path) -> Path:
    bundled = ensure_bundled(Settings.load(folder))
    made = folder / name
    if name == CHAT_MODEL:
        return bundled
    if not made.exists():
        subprocess.run([sys.executable, "-c", BUILD, str(made), json.dumps(_config(name))], check=True)
        for file in (
            "tokenizer.json",
            "tokenizer_config.json",
            "chat_template.jinja",
            "special_tokens_map.json",
        ):
            if (bundled / file).is_file():
                (made / file).write_bytes((bundled / file).read_bytes())
    return made
