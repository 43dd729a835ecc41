"""A made-up base model of a few hundred thousand weights, and run folders to train it in."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from studio.models.bundled import ensure_bundled
from studio.models.folders import write_manifest
from studio.settings import Settings
from studio.tuning import process
from studio.tuning.plan import RunPlan, write_plan
from studio.tuning.presets import TrainingSettings

TEMPLATE = (
    "{% for m in messages %}<s>{{ m['role'] }}\n{{ m['content'] }}</s>\n{% endfor %}"
    "{% if add_generation_prompt %}<s>assistant\n{% endif %}"
)


def byte_tokenizer(template: str) -> Any:
    """Reads bytes, needs no training."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    reader = Tokenizer(models.BPE({letter: number for number, letter in enumerate(letters)}, []))
    reader.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    reader.decoder = decoders.ByteLevel()
    marks = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "</s>"}
    return PreTrainedTokenizerFast(tokenizer_object=reader, chat_template=template, **marks)


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A llama with two layers that reads bytes; it trains about a hundred steps a second."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    folder = tmp_path_factory.mktemp("models") / "tiny"
    tokenizer = byte_tokenizer(TEMPLATE)
    torch.manual_seed(0)
    shape = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4}
    config = LlamaConfig(vocab_size=len(tokenizer), max_position_embeddings=256, **shape)
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def tiny(settings: Settings, tiny_base: Path) -> str:
    """The made-up base model, put where downloaded models lie."""
    folder = settings.data / "models" / "tiny"
    if not folder.exists():
        shutil.copytree(tiny_base, folder)
        write_manifest(folder)
    return "tiny"


@pytest.fixture(scope="session")
def bundled(settings: Settings) -> Path:
    """The packaged language model, unpacked once for this machine."""
    return ensure_bundled(settings)


Making = Callable[..., Path]


@pytest.fixture
def make_run(tmp_path: Path) -> Iterator[Making]:
    """make_run(base, settings, method=..., rows=...) → run folder; processes left alive are killed."""
    made: list[Path] = []

    def make(
        base: Path, settings: TrainingSettings, method: str = "lora", rows: int = 12, processes: int = 1
    ) -> Path:
        run = tmp_path / f"run{len(made)}"
        run.mkdir()
        made.append(run)
        write_rows(run / "train.jsonl", range(rows))
        write_rows(run / "held_out.jsonl", range(1000, 1004))
        write_plan(run, RunPlan(str(base), base.name, method, settings, processes))
        return run

    yield make
    for run in made:
        mark = process.find(run)
        if mark:
            process.kill(mark)


def write_rows(path: Path, numbers: range) -> None:
    rows = (
        {"prompt": f"How heavy is press {n}?", "completion": f"{7 * n} kg, {'x' * (n % 5)}"} for n in numbers
    )
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
