"""The estimate against published figures and against what was measured for the shape of Phi-3-mini."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from docs.estimates import KEPT, PAGE, page
from docs.measured_runs import expected
from docs.published import BAND, Published, published
from studio.errors import BadInput
from studio.models.catalogue import MODELS, KnownModel
from studio.tuning.estimate import Host, activation_bytes, estimate, logit_bytes, needed, nf4_weight_bytes
from studio.tuning.known_shapes import KNOWN_SHAPES
from studio.tuning.presets import TrainingSettings
from studio.tuning.shapes import Shape, read_shape
from studio.tuning.used import compared

GB = 1e9
PHI3 = {
    "model_type": "phi3",
    "hidden_size": 3072,
    "intermediate_size": 8192,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 32,
    "vocab_size": 32064,
    "max_position_embeddings": 4096,
}
LLAMA_70B = {
    "model_type": "llama",
    "hidden_size": 8192,
    "intermediate_size": 28672,
    "num_hidden_layers": 80,
    "num_attention_heads": 64,
    "num_key_value_heads": 8,
    "vocab_size": 32000,
}
PHI4 = PHI3 | {
    "num_attention_heads": 24,
    "num_key_value_heads": 8,
    "vocab_size": 200064,
    "tie_word_embeddings": True,
    "max_position_embeddings": 131072,
}


@pytest.fixture
def phi3() -> Shape:
    return read_shape(PHI3)


def test_parameters_of_phi3_mini(phi3: Shape) -> None:
    assert phi3.parameters == pytest.approx(3.82e9, rel=0.001)


def test_weights_of_phi3_mini_in_16_bit(phi3: Shape) -> None:
    lora = needed(phi3, TrainingSettings(), 512, Host(80 * GB, "gpu"), "lora")
    assert lora.weights == pytest.approx(7.64 * GB, rel=0.005)


@pytest.mark.parametrize(("other_bytes", "published"), [(2, 2.26), (4, 2.66)])
def test_weights_of_phi3_mini_in_nf4(phi3: Shape, other_bytes: int, published: float) -> None:
    assert nf4_weight_bytes(phi3, other_bytes) == pytest.approx(published * GB, rel=0.005)


@pytest.mark.parametrize(("rank", "millions"), [(8, 12.6), (16, 25.2), (64, 100.7)])
def test_adapter_parameters_of_phi3_mini(phi3: Shape, rank: int, millions: float) -> None:
    assert phi3.adapter_parameters(rank) == pytest.approx(millions * 1e6, rel=0.005)


@pytest.mark.parametrize(("wide", "counted"), [(2, 0.83e6), (4, 1.25e6)])
def test_activations_of_the_bundled_model_are_what_autograd_saves(wide: int, counted: float) -> None:
    bundled = KNOWN_SHAPES["smollm2-135m-instruct"]
    assert activation_bytes(bundled, 1, wide, recompute=False) == pytest.approx(counted, rel=0.1)


@pytest.mark.parametrize("one", list(published()), ids=lambda one: one.what)
def test_published_figures_lie_within_the_band(one: Published) -> None:
    assert BAND[0] <= one.ratio <= BAND[1], f"{one.estimated:.2f} GB estimated, {one.published} GB published"


@pytest.mark.parametrize(
    "row", json.loads(KEPT.read_text())["cases"], ids=lambda row: f"{row['model']}-{row['length']}"
)
def test_measured_runs_lie_within_the_band(row: dict[str, Any]) -> None:
    assert BAND[0] <= expected(row)[0] / row["used_bytes"] <= BAND[1]


def test_the_page_of_estimates_shows_what_the_code_estimates_now() -> None:
    assert page(json.loads(KEPT.read_text())) == PAGE.read_text()


def test_a_model_of_seventy_billion_is_estimated_from_its_config_alone() -> None:
    shape = read_shape(LLAMA_70B)
    assert shape.parameters == pytest.approx(68.98e9, rel=0.001)
    small, large = (
        estimate(shape, TrainingSettings(batch_size=1, recompute=True), 1024, Host(size * GB, "gpu"))
        for size in (24, 80)
    )
    assert large.method == "qlora"
    assert small.method == "none" and "several share no model" in str(small.change)


def test_recomputing_leaves_less_than_a_gigabyte_for_2048_tokens(phi3: Shape) -> None:
    assert activation_bytes(phi3, 2048, 2, recompute=True) == pytest.approx(0.69 * GB, rel=0.15)


@pytest.mark.parametrize(("config", "published"), [(PHI3, 1.05), (PHI4, 6.56)])
def test_logits_of_a_batch_of_4_times_2048(config: dict[str, object], published: float) -> None:
    assert logit_bytes(read_shape(config), 4 * 2048) == pytest.approx(published * GB, rel=0.005)


def test_nf4_weights_of_phi4_mini_are_about_three_gigabytes() -> None:
    assert nf4_weight_bytes(read_shape(PHI4), 2) == pytest.approx(3.2 * GB, rel=0.12)


@pytest.mark.parametrize(("memory", "method"), [(80, "lora"), (16, "lora"), (10, "qlora"), (4, "none")])
def test_the_method_follows_the_memory(phi3: Shape, memory: float, method: str) -> None:
    settings = TrainingSettings(batch_size=1, recompute=True)
    assert estimate(phi3, settings, 1024, Host(memory * GB, "gpu")).method == method


def test_fifteen_percent_must_be_left_over(phi3: Shape) -> None:
    settings = TrainingSettings(batch_size=1, recompute=True)
    lora = estimate(phi3, settings, 1024, Host(80 * GB, "gpu")).lora.total
    assert estimate(phi3, settings, 1024, Host(lora / 0.86, "gpu")).method == "qlora"
    assert estimate(phi3, settings, 1024, Host(lora / 0.84, "gpu")).method == "lora"


def test_what_does_not_fit_comes_with_the_nearest_change(phi3: Shape) -> None:
    found = estimate(phi3, TrainingSettings(batch_size=4), 2048, Host(24 * GB, "gpu"))
    assert found.method == "none"
    assert found.change == "It fits as LoRA with activations recomputed."


def test_qlora_takes_longer_than_lora(phi3: Shape) -> None:
    settings = TrainingSettings(batch_size=1, recompute=True)
    lora, qlora = (estimate(phi3, settings, 512, Host(m * GB, "gpu"), seconds=100) for m in (80, 10))
    assert qlora.seconds is not None and lora.seconds is not None
    assert qlora.seconds > 1.3 * lora.seconds


def test_the_estimate_can_be_written_as_json(phi3: Shape) -> None:
    found = estimate(phi3, TrainingSettings(), 512, Host(24 * GB, "gpu"))
    assert json.loads(json.dumps(found.as_dict()))["is_estimate"] is True


def test_a_config_without_layers_is_refused() -> None:
    with pytest.raises(BadInput, match="num_hidden_layers"):
        read_shape({"num_attention_heads": 4, "hidden_size": 64})


@pytest.mark.parametrize("model", [m for m in MODELS if m.methods], ids=lambda m: m.id)
def test_the_shape_of_every_listed_model_gives_its_parameters(model: KnownModel) -> None:
    assert KNOWN_SHAPES[model.id].parameters == pytest.approx(model.parameters * 1e9, rel=0.02)
    assert KNOWN_SHAPES[model.id].context == model.context


def test_the_table_agrees_with_a_published_config() -> None:
    assert read_shape(PHI3) == KNOWN_SHAPES["microsoft/Phi-3-mini-4k-instruct"]
    assert read_shape(PHI4) == KNOWN_SHAPES["microsoft/Phi-4-mini-instruct"]


def finished(**result: object) -> SimpleNamespace:
    lora = {"runtime": 1.0e9, "total": 3.0e9}
    used = {"peak_memory_bytes": 2.5e9, "seconds": 50.0, "steps": 10, "total_steps": 20, "device": "cpu"}
    expected = {"memory_bytes": {"lora": lora}, "seconds": 120.0}
    return SimpleNamespace(method="lora", estimate=expected, result=used | result)


def test_a_finished_run_stands_beside_its_estimate() -> None:
    memory, time = compared(finished())
    assert (memory.what, memory.estimated, memory.used) == ("memory", 3.0e9, 2.5e9)
    assert (time.what, time.estimated, time.used) == ("time", 60.0, 50.0)  # it ended half-way
    assert memory.sentence == "Memory: 3.0 GB estimated, 2.5 GB used."


def test_the_context_of_a_gpu_is_not_compared_because_torch_does_not_count_it() -> None:
    assert compared(finished(device="NVIDIA L4"))[0].estimated == 2.0e9


def test_a_run_without_an_estimate_or_a_result_is_not_compared() -> None:
    assert compared(SimpleNamespace(method="lora", estimate={}, result={})) == []
