"""The recipe's loss is the libraries' own, and four-bit weights leave its gradients alone."""

from pathlib import Path
from typing import Any

import pytest

from studio.engine.example_tokens import Row
from studio.tuning.plan import RunPlan
from studio.tuning.presets import TrainingSettings

pytestmark = [pytest.mark.model, pytest.mark.filterwarnings("ignore::FutureWarning")]

# a long prompt, plain text, a prompt that is most of its row: so there is padding and much to leave out
ROWS = [Row(list(range(5, 45)), 12), Row(list(range(7, 27)), 0), Row(list(range(60, 90)), 25)]
SMALL = {
    "vocab_size": 300, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2,
    "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8, "initializer_range": 0.3,
}  # fmt: skip
SHAPED: dict[str, dict[str, Any]] = {
    "gemma2": {"final_logit_softcapping": 2.0},
    "granite": {"logits_scaling": 3.0},
    "cohere": {"logit_scale": 0.5},
}


@pytest.fixture
def batch() -> dict[str, Any]:
    from studio.tuning.encoding import collate

    return collate(ROWS, padding=0)


def adapted(base: Path, method: str) -> Any:
    """With an adapter that changes something, unlike a fresh one."""
    import torch

    from studio.tuning import recipe

    plan = RunPlan(str(base), base.name, method, TrainingSettings())
    torch.manual_seed(3)
    model = recipe.attach(recipe.load(plan)[1], plan)
    for name, weights in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weights, std=0.05)
    return model


def per_token(model: Any, batch: dict[str, Any]) -> Any:
    from studio.tuning.encoding import IGNORED
    from studio.tuning.loss import summed_loss

    return summed_loss(model, batch) / (batch["labels"][:, 1:] != IGNORED).sum()


def gradients(model: Any, loss: Any) -> dict[str, Any]:
    model.zero_grad()
    loss.backward()
    return {name: weights.grad.clone() for name, weights in model.named_parameters() if weights.requires_grad}


@pytest.mark.parametrize("method", ["lora", "qlora"])
@pytest.mark.parametrize("slice_bytes", [2**28, 4 * 259 * 7], ids=["whole", "in slices"])
def test_loss_and_gradients_are_those_of_transformers(
    tiny_base: Path, batch: dict[str, Any], method: str, slice_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    monkeypatch.setattr("studio.tuning.loss.SLICE_BYTES", slice_bytes)
    model = adapted(tiny_base, method)
    ours, stock = per_token(model, batch), model(**batch).loss
    assert ours.item() == pytest.approx(stock.item(), abs=1e-5)
    wanted = gradients(model, stock)
    torch.testing.assert_close(gradients(model, ours), wanted, rtol=1e-4, atol=1e-6)


def test_the_model_is_not_told_of_the_padding(tiny_base: Path, batch: dict[str, Any]) -> None:
    """A mask of all tokens makes attention compute what no labelled token sees."""
    told: list[Any] = []
    model = adapted(tiny_base, "lora")
    attention = model.get_base_model().get_decoder().layers[0].self_attn
    attention.register_forward_pre_hook(
        lambda _, given, named: told.append(named["attention_mask"]), with_kwargs=True
    )
    per_token(model, batch)
    assert told == [None]


@pytest.mark.parametrize("kind", SHAPED)
def test_models_that_reshape_their_logits_are_not_cut_short(kind: str, batch: dict[str, Any]) -> None:
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    torch.manual_seed(0)
    config = AutoConfig.for_model(kind, **SMALL, **SHAPED[kind])
    model = AutoModelForCausalLM.from_config(config)
    assert per_token(model, batch).item() == pytest.approx(model(**batch).loss.item(), abs=1e-5)


def test_a_check_leaves_the_gradients_of_four_bit_weights_as_they_were(
    tiny_base: Path, batch: dict[str, Any]
) -> None:
    import torch

    from studio.tuning.loss import held_out_loss

    model = adapted(tiny_base, "qlora")
    before = gradients(model, per_token(model, batch))
    held_out_loss(model, [batch])
    torch.testing.assert_close(gradients(model, per_token(model, batch)), before)
