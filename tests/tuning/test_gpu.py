"""The recipe on a CUDA device: precision, four bits, the paged optimiser, memory, recomputing."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from studio.tuning.plan import RunPlan
from studio.tuning.presets import TrainingSettings
from tests.tuning.training import losses, train, train_here

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.model,
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.usefixtures("device"),
]

SHORT = TrainingSettings(epochs=20, max_steps=6, learning_rate=1e-3, evaluations=2, checkpoints=2)
Making = Callable[..., Path]


@pytest.fixture(scope="module")
def device() -> str:
    """The name of the GPU."""
    import torch

    if not torch.cuda.is_available():
        pytest.skip("no CUDA device on this host")
    return torch.cuda.get_device_name(0)


@pytest.fixture
def trained(make_run: Making) -> Callable[..., dict[str, Any]]:
    """trained(base, settings, ...) → result, with the memory of this run alone."""
    import torch

    def train(base: Path, settings: TrainingSettings, **options: Any) -> dict[str, Any]:
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
        run = make_run(base, settings, **options)
        return train_here(run) | {"losses": losses(run)}

    return train


def test_weights_are_bf16_where_the_gpu_has_it_and_fp16_elsewhere(tiny_base: Path, tmp_path: Path) -> None:
    import torch

    from studio.tuning import recipe

    plan = RunPlan(str(tiny_base), tiny_base.name, "lora", SHORT)
    model = recipe.attach(recipe.load(plan)[1], plan)
    given = recipe.arguments(tmp_path, SHORT, 1)
    wanted = torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    assert {p.dtype for p in model.parameters() if not p.requires_grad} == {wanted}
    assert {p.dtype for p in model.parameters() if p.requires_grad} == {torch.float32}
    assert (given.bf16, given.fp16) == (wanted == torch.bfloat16, wanted == torch.float16)


@pytest.mark.parametrize("method", ["lora", "qlora"])
def test_a_run_trains_on_the_gpu(
    tiny_base: Path, trained: Callable[..., dict[str, Any]], method: str, device: str
) -> None:
    result = trained(tiny_base, SHORT, method=method)
    assert (result["state"], result["device"]) == ("succeeded", device)
    assert result["losses"][6] < result["losses"][1]


def test_the_paged_optimiser_learns_the_same(
    tiny_base: Path, trained: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    from studio.tuning import recipe

    paged = replace(SHORT, optimiser="paged_adamw")
    assert recipe.arguments(tmp_path, paged, 1).optim == "paged_adamw_32bit"
    usual, other = (trained(tiny_base, settings)["losses"] for settings in (SHORT, paged))
    assert other == pytest.approx(usual, rel=0.01)


@pytest.mark.parametrize("method", ["lora", "qlora"])
def test_memory_stays_within_the_estimate(
    bundled: Path, trained: Callable[..., dict[str, Any]], method: str
) -> None:
    import torch

    from studio.tuning.estimate import Host, needed
    from studio.tuning.shapes import read_shape

    result = trained(bundled, replace(SHORT, max_steps=3), method=method)
    host = Host(torch.cuda.get_device_properties(0).total_memory, result["device"])
    shape = read_shape(json.loads((bundled / "config.json").read_text()))
    expected = needed(shape, SHORT, result["longest"], host, method)
    # torch does not count the CUDA context, which the estimate calls runtime
    assert result["peak_memory_bytes"] < expected.total
    assert result["peak_memory_bytes"] > 0.3 * (expected.total - expected.runtime)


def test_recomputing_needs_less_memory_and_gives_the_same_losses(
    bundled: Path, trained: Callable[..., dict[str, Any]]
) -> None:
    settings = replace(SHORT, max_steps=3, batch_size=16)
    kept, recomputed = (trained(bundled, replace(settings, recompute=one), rows=48) for one in (False, True))
    assert recomputed["peak_memory_bytes"] < kept["peak_memory_bytes"]
    assert recomputed["losses"] == pytest.approx(kept["losses"], rel=0.02)


def test_a_run_out_of_gpu_memory_names_its_size_and_what_to_try(tiny_base: Path, make_run: Making) -> None:
    import torch

    run = make_run(tiny_base, replace(SHORT, batch_size=64, accumulation=1, evaluations=0))
    row = {"prompt": "What does the manual say?", "completion": "Pumps hum. " * 20}
    (run / "train.jsonl").write_text("".join(json.dumps(row) + "\n" for _ in range(64)))
    torch.cuda.empty_cache()
    room = torch.cuda.memory_reserved() + 24e6  # the batch needs several times as much
    torch.cuda.set_per_process_memory_fraction(room / torch.cuda.get_device_properties(0).total_memory)
    try:
        result = train_here(run)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    assert result["state"] == "failed" and "Out of GPU memory" in result["error"]
    assert "Try batch size 32 with accumulation 2" in result["error"]


def test_two_gpus_learn_what_one_does(tiny_base: Path, make_run: Making) -> None:
    import torch

    if torch.cuda.device_count() < 2:
        pytest.skip("one CUDA device on this host")
    alone, shared = (make_run(tiny_base, SHORT, processes=number) for number in (1, 2))
    results = [train(run) for run in (alone, shared)]
    assert [result["processes"] for result in results] == [1, 2]
    assert losses(shared) == pytest.approx(losses(alone), rel=1e-2)
