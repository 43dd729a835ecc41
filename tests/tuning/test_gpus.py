"""How fast a GPU may train before anything was measured on it."""

import pytest

from studio.tuning.gpus import LEAST_USE, MOST_USE, RATES, USE, rate_of, reckoned_speed, reckoning
from studio.tuning.known_shapes import KNOWN_SHAPES

PHI = KNOWN_SHAPES["microsoft/Phi-3-mini-4k-instruct"]


@pytest.mark.parametrize(
    ("reported", "name"),
    [
        ("NVIDIA H100 80GB HBM3", "H100"),
        ("NVIDIA H100 PCIe", "H100 PCIe"),
        ("NVIDIA H200 NVL", "H200 NVL"),
        ("NVIDIA A100-SXM4-80GB", "A100"),
        ("Tesla V100-PCIE-16GB", "V100 PCIe"),
        ("NVIDIA L40S", "L40S"),
        ("NVIDIA L4", "L4"),
        ("Tesla T4", "T4"),
        ("NVIDIA GeForce RTX 4090", "RTX 4090"),
        ("NVIDIA RTX A6000", "RTX A6000"),
    ],
)
def test_a_gpu_is_known_by_the_name_the_driver_gives_it(reported: str, name: str) -> None:
    assert rate_of(reported) == RATES[name] * 1e12


def test_of_a_gpu_that_is_not_listed_nothing_is_said() -> None:
    assert reckoned_speed("given", PHI, recompute=False) is None


def test_recomputing_takes_half_as_long_again() -> None:
    plain, again = (reckoned_speed("A100", PHI, recompute=recompute) for recompute in (False, True))
    assert plain and again and plain / again == pytest.approx(1.5)


def test_published_speeds_lie_in_the_range_that_is_told() -> None:
    """LLaMA-Factory's wiki, performance comparison: Llama 2 7B, LoRA, recomputed, Transformers alone."""
    expected = (reckoned_speed("A100", PHI, recompute=True) or 0) * PHI.parameters / 6_738_415_616
    assert expected * LEAST_USE / USE < 2_392 < expected * MOST_USE / USE


def test_that_it_was_reckoned_is_said_with_its_range() -> None:
    assert "312 TFLOP/s of its data sheet at 30% use and may be 0.7 to 2 times" in reckoning("NVIDIA A100")
