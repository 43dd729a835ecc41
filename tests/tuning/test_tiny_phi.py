"""A model of Phi-3's build, whose layers are fused, goes all the way: trained, stopped, resumed, merged."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from studio.models.folders import write_manifest
from studio.tuning.checkpoints import steps
from studio.tuning.exporting.plan import CONTENT, ExportPlan, write_plan
from studio.tuning.plan import STOP, read_result
from studio.tuning.presets import TrainingSettings
from tests.tuning.conftest import byte_tokenizer
from tests.tuning.training import losses, train, train_here

pytestmark = [pytest.mark.model, pytest.mark.filterwarnings("ignore::FutureWarning")]

PHI = (
    "{% for m in messages %}<|{{ m['role'] }}|>\n{{ m['content'] }}</s>\n{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>\n{% endif %}"
)
SETTINGS = TrainingSettings(
    epochs=20, max_steps=30, learning_rate=3e-3, schedule="constant", evaluations=2, checkpoints=0
)
FUSED = {"qkv_proj", "o_proj", "gate_up_proj", "down_proj"}
QUESTIONS = [[{"role": "user", "content": f"How heavy is press {n}?"}] for n in range(12)]
Making = Callable[..., Path]


@pytest.fixture(scope="module")
def tiny_phi(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two layers with random weights that read bytes."""
    import torch
    from transformers import Phi3Config, Phi3ForCausalLM

    folder = tmp_path_factory.mktemp("models") / "tiny-phi"
    tokenizer = byte_tokenizer(PHI)
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = Phi3Config(
        vocab_size=len(tokenizer), hidden_size=64, intermediate_size=128, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=256,
        original_max_position_embeddings=256, initializer_range=0.1,
        bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id, pad_token_id=0,
    )  # fmt: skip
    Phi3ForCausalLM(config).save_pretrained(folder)
    write_manifest(folder)
    return folder


@pytest.mark.parametrize(("method", "resume"), [("lora", train_here), ("qlora", train)])
def test_phi_is_trained_stopped_resumed_and_merged(
    method: str, resume: Callable[[Path], dict[str, Any]], tiny_phi: Path, make_run: Making, tmp_path: Path
) -> None:
    whole, run = (make_run(tiny_phi, SETTINGS, method=method) for _ in range(2))
    train_here(whole)
    (run / STOP).touch()
    assert (train_here(run)["state"], steps(run)) == ("stopped", [1])
    (run / STOP).unlink()

    result = resume(run)

    assert (result["state"], result["resumed_from"], result["steps"]) == ("succeeded", 1, 30)
    assert losses(run) == pytest.approx(losses(whole), abs=1e-4)
    assert losses(run)[30] < losses(run)[1]
    assert adapted_layers(run / "adapter") == FUSED
    assert merged(run, tiny_phi, tmp_path / "export")["state"] == "succeeded"


def adapted_layers(adapter: Path) -> set[str]:
    """Which linear layers the adapter changes: names like ...layers.0.mlp.down_proj.lora_A.weight."""
    from safetensors.torch import load_file

    return {name.split(".")[-3] for name in load_file(adapter / "adapter_model.safetensors")}


def merged(run: Path, base: Path, folder: Path) -> dict[str, Any]:
    """The export's result: it answers ten questions as the adapter did, or it fails."""
    from studio.tuning.exporting import build

    folder.mkdir()
    write_plan(
        folder,
        ExportPlan("merged", "phi", base.name, str(base), str(run / "adapter"), None, QUESTIONS, "# Phi\n"),
    )
    build.main(folder)
    assert (folder / CONTENT / "model.safetensors").is_file()
    return dict(read_result(folder) or {})


def test_qlora_learns_as_lora_does(tiny_phi: Path, make_run: Making) -> None:
    lora, qlora = (train_here(make_run(tiny_phi, SETTINGS, method=one)) for one in ("lora", "qlora"))
    assert qlora["train_loss"] == pytest.approx(lora["train_loss"], rel=0.03)
