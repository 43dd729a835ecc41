"""Exports for real: a small model with the packaged tokenizer, trained, written, loaded again and asked."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from studio.errors import StudioError
from studio.models.folders import what_is_wrong
from studio.tuning.exporting.plan import CONTENT, ExportPlan, Format, write_plan
from studio.tuning.plan import read_result
from tests.tuning.small_models import CHATML, save_adapter, save_base, save_original

pytestmark = [pytest.mark.model, pytest.mark.filterwarnings("ignore::FutureWarning")]

NAME = "parts"
QUESTIONS = [[{"role": "user", "content": f"How heavy is press {n}?"}] for n in range(12)]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_base(tmp_path_factory.mktemp("models") / "small", "llama", tie_word_embeddings=True)


@pytest.fixture(scope="module")
def phi(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Queries, keys and values in one layer, gate and up in another, more words than tokens, as in Phi-3."""
    more = {"original_max_position_embeddings": 512, "vocab_size": 32064}
    return save_base(tmp_path_factory.mktemp("models") / "phi", "phi3", **more)


@pytest.fixture(scope="module")
def original(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_original(base, tmp_path_factory.mktemp("originals") / "small.gguf", "llama")


@pytest.fixture(scope="module")
def adapter(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_adapter(base, tmp_path_factory.mktemp("adapters") / "1")


@pytest.fixture
def plan(base: Path, adapter: Path, original: Path) -> ExportPlan:
    return ExportPlan(
        "adapter", NAME, base.name, str(base), str(adapter), str(original), QUESTIONS, "# Parts\n"
    )


def export(folder: Path, plan: ExportPlan) -> dict[str, Any]:
    """In this process: saves the ten seconds a new one needs to load torch."""
    from studio.tuning.exporting import build

    folder.mkdir(exist_ok=True)
    write_plan(folder, plan)
    build.main(folder)
    return dict(read_result(folder) or {})


@pytest.mark.parametrize("form", ["adapter", "merged", "gguf"])
def test_every_format_answers_as_the_adapter_did(plan: ExportPlan, tmp_path: Path, form: Format) -> None:
    result = export(tmp_path, replace(plan, format=form))
    assert (result["state"], result["error"]) == ("succeeded", None)
    checked = result["checked"]
    assert (checked["prompts"], checked["equal"]) == (10, 10)
    assert checked["bit_equal"] is (form == "adapter") or checked["largest_difference"] < 0.2
    assert what_is_wrong(tmp_path / CONTENT) is None
    assert "of 10 answers equal" in (tmp_path / CONTENT / "README.md").read_text()


@pytest.mark.parametrize("form", ["adapter", "merged", "gguf"])
def test_a_damaged_export_is_refused(plan: ExportPlan, tmp_path: Path, form: Format) -> None:
    from studio.tuning.exporting import build

    plan = replace(plan, format=form)
    tokenizer, adapted = build.load_adapted(plan, "cpu")
    reference = build.ask(plan, tokenizer, adapted)
    build.write(plan, tmp_path, tokenizer, adapted)
    damage(next(path for path in tmp_path.iterdir() if path.suffix in (".safetensors", ".gguf")))
    with pytest.raises(build.Refused, match=r"not answer as the adapter does, .* of 10 answers equal"):
        build.verify(plan, tmp_path, reference, "cpu")


def damage(weights: Path) -> None:
    """Turn one tensor upside down."""
    if weights.suffix == ".gguf":
        from gguf import GGUFReader

        tensor = next(t for t in GGUFReader(weights, "r+").tensors if t.name == "blk.0.attn_q.weight")
        tensor.data[:] = -tensor.data
        tensor.data.flush()
        return
    from safetensors.torch import load_file, save_file

    tensors = load_file(weights)
    name = next(name for name in tensors if "q_proj" in name)
    save_file({**tensors, name: -tensors[name]}, weights, {"format": "pt"})


def test_a_changed_adapter_is_not_exported(plan: ExportPlan, tmp_path: Path) -> None:
    changed = tmp_path / "adapter"
    shutil.copytree(plan.adapter_folder, changed)
    damage(changed / "adapter_model.safetensors")
    result = export(tmp_path / "export", replace(plan, adapter_folder=str(changed)))
    assert result["state"] == "failed"
    assert "has changed since it was written" in result["error"]
    assert not (tmp_path / "export" / CONTENT).exists()


@pytest.mark.parametrize("form", ["adapter", "merged", "gguf"])
def test_a_model_with_fused_layers_is_exported_like_any_other(
    plan: ExportPlan, phi: Path, tmp_path: Path, form: Format
) -> None:
    made = save_adapter(phi, tmp_path / "made")
    targets = json.loads((made / "adapter_config.json").read_text())["target_modules"]
    assert {"qkv_proj", "gate_up_proj"} <= {name.rsplit(".")[-1] for name in targets}
    of_phi = {"base_model": phi.name, "base_folder": str(phi), "adapter_folder": str(made)}
    beside = str(save_original(phi, tmp_path / "phi.gguf", "phi3"))
    result = export(tmp_path / "export", replace(plan, format=form, original_gguf=beside, **of_phi))
    assert (result["state"], result["error"]) == ("succeeded", None)
    assert result["checked"]["equal"] == 10


def test_the_tokenizer_of_another_model_is_refused(plan: ExportPlan, phi: Path, tmp_path: Path) -> None:
    from gguf import GGUFWriter

    foreign = tmp_path / "foreign.gguf"
    writer = GGUFWriter(foreign, "llama")
    writer.add_token_list([f"word {n}" for n in range(258)])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    result = export(tmp_path / "export", replace(plan, format="gguf", original_gguf=str(foreign)))
    assert (result["state"], "is of another model" in result["error"]) == ("failed", True)


def test_what_was_trained_on_four_bits_is_merged_onto_the_weights_as_they_were(
    plan: ExportPlan, base: Path, tmp_path: Path
) -> None:
    import torch
    from safetensors.torch import load_file
    from transformers import BitsAndBytesConfig

    four_bit = BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4")
    made = save_adapter(base, tmp_path / "made", quantization_config=four_bit, dtype=torch.float32)
    result = export(tmp_path / "export", replace(plan, format="merged", adapter_folder=str(made)))
    assert result["state"] == "succeeded"
    layer = "model.layers.0.mlp.down_proj"
    learned, before = (load_file(next(folder.glob("*.safetensors"))) for folder in (made, base))
    a, b = (learned[f"base_model.model.{layer}.lora_{one}.weight"] for one in "AB")
    after = load_file(tmp_path / "export" / CONTENT / "model.safetensors")[f"{layer}.weight"]
    torch.testing.assert_close(after, before[f"{layer}.weight"] + b @ a * (8 / 4))


def test_an_export_that_asks_in_other_words_is_refused(plan: ExportPlan, tmp_path: Path) -> None:
    from studio.tuning.exporting import build

    plan = replace(plan, format="merged")
    tokenizer, adapted = build.load_adapted(plan, "cpu")
    reference = build.ask(plan, tokenizer, adapted)
    build.write(plan, tmp_path, tokenizer, adapted)
    (tmp_path / "chat_template.jinja").write_text(CHATML.replace("Be brief.", "Be long."))
    with pytest.raises(StudioError, match="chat template is not that of its base model"):
        build.verify(plan, tmp_path, reference, "cpu")


def test_a_merged_model_is_told_where_its_turns_end_and_takes_the_licence_along(
    plan: ExportPlan, tmp_path: Path
) -> None:
    silent = tmp_path / "small"
    shutil.copytree(plan.base_folder, silent)
    (silent / "LICENSE").write_text("Ours")
    said = json.loads((silent / "generation_config.json").read_text())
    (silent / "generation_config.json").write_text(json.dumps(said | {"eos_token_id": 0}))
    result = export(tmp_path / "export", replace(plan, format="merged", base_folder=str(silent)))
    assert result["state"] == "succeeded"
    content = tmp_path / "export" / CONTENT
    assert json.loads((content / "generation_config.json").read_text())["eos_token_id"] == [0, 257]
    assert (content / "LICENSE").read_text() == "Ours"
    assert (content / "Modelfile").read_text().startswith("FROM ./parts.gguf\n")  # for who converts it later


def test_a_merged_model_keeps_the_precision_of_its_base(plan: ExportPlan, tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file
    from transformers import AutoModelForCausalLM

    from studio.tuning.exporting import build

    half = tmp_path / "small"
    shutil.copytree(plan.base_folder, half)
    AutoModelForCausalLM.from_pretrained(half).to(torch.bfloat16).save_pretrained(half)
    plan = replace(plan, format="merged", base_folder=str(half))
    build.write(plan, tmp_path, *build.load_adapted(plan, "cpu"))
    weights = load_file(tmp_path / "model.safetensors")
    assert {tensor.dtype for tensor in weights.values()} == {torch.bfloat16}
