"""The sizes counted from a config.json are those of the model that transformers builds from it."""

from dataclasses import replace
from typing import Any

import pytest

from studio.errors import BadInput
from studio.models.checking import LORA_TARGETS
from studio.tuning.built_shape import built_shape, count
from studio.tuning.shapes import FAMILIES, read_shape

CONFIG: dict[str, Any] = {
    "hidden_size": 64, "intermediate_size": 160, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "vocab_size": 300, "max_position_embeddings": 256, "pad_token_id": 0,
    "bos_token_id": 1, "eos_token_id": 2,
}  # fmt: skip


@pytest.mark.parametrize("head_size", [None, 32])
@pytest.mark.parametrize("architecture", sorted(FAMILIES))
def test_counts_are_those_of_the_built_model(architecture: str, head_size: int | None) -> None:
    if head_size and architecture in ("phi", "phi3", "olmo2", "smollm3", "qwen2"):
        pytest.skip("its heads always share the hidden size")
    config = CONFIG | {"model_type": architecture} | ({"head_dim": head_size} if head_size else {})
    shape, built = read_shape(config), count(config)
    assert shape.linear_parameters == built.linear_parameters
    assert shape.other_parameters == built.other_parameters
    assert shape.adapter_parameters(16) == built.adapter_parameters(16)
    assert replace(built, counted=None) == shape


def test_every_architecture_that_can_be_trained_is_known_by_its_shape() -> None:
    assert set(FAMILIES) == set(LORA_TARGETS)


@pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing:FutureWarning")  # peft still asks for it
@pytest.mark.parametrize("architecture", sorted(LORA_TARGETS))
def test_the_listed_layers_are_those_that_get_an_adapter(architecture: str) -> None:
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoConfig, AutoModelForCausalLM

    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(AutoConfig.for_model(**CONFIG, model_type=architecture))
        adapted = get_peft_model(model, LoraConfig(target_modules="all-linear", task_type="CAUSAL_LM"))
    found = {name.split(".")[-4] for name, _ in adapted.named_parameters() if "lora_A" in name}
    assert found == set(LORA_TARGETS[architecture])


def test_an_unknown_architecture_is_built_in_a_process_of_its_own() -> None:
    code = {"auto_map": {"AutoConfig": "x.Y"}, "_name_or_path": "/etc"}
    shape = built_shape(
        {"model_type": "gpt_neox", **{k: v for k, v in CONFIG.items() if "key" not in k}} | code
    )
    # query, key and value, the output, and two of the feed-forward part
    assert shape.linear_parameters == 2 * (64 * 192 + 64 * 64 + 2 * 64 * 160)
    assert shape.parameters > shape.linear_parameters


def test_what_cannot_be_built_is_one_sentence() -> None:
    with pytest.raises(BadInput, match="the architecture nobody cannot be estimated"):
        built_shape({"model_type": "nobody"})
