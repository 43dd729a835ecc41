"""Activations are recomputed where a run fits only so, and where nobody decided otherwise."""

from dataclasses import replace
from typing import Any

import pytest

from studio.tuning.estimate import GB, Estimate, Host, estimate
from studio.tuning.known_shapes import KNOWN_SHAPES
from studio.tuning.presets import TrainingSettings
from studio.tuning.runs import RunRequest, with_room

PHI3 = KNOWN_SHAPES["microsoft/Phi-3-mini-4k-instruct"]


def decided(memory: float, method: str = "auto", **changes: Any) -> tuple[TrainingSettings, Estimate]:
    """What becomes of four examples of 2048 tokens a step on a GPU of so many GB."""
    request = RunRequest(1, method=method, changes=changes)
    training, expected = with_room(
        request,
        replace(TrainingSettings(), **changes),
        lambda tried: estimate(PHI3, tried, 2048, Host(memory * GB, "gpu")),
    )
    assert expected is not None
    return training, expected


@pytest.mark.parametrize(
    ("memory", "method", "recompute"),
    [
        (200, "auto", False),
        (24, "auto", True),
        (24, "lora", True),
        (24, "qlora", True),
        (200, "qlora", False),
    ],
)
def test_activations_are_recomputed_only_where_there_is_no_other_room(
    memory: float, method: str, recompute: bool
) -> None:
    training, expected = decided(memory, method)
    assert training.recompute == recompute
    assert expected.method != "none"


def test_who_decides_against_recomputing_is_heeded() -> None:
    training, expected = decided(24, recompute=False)
    assert (training.recompute, expected.method) == (False, "none")


def test_where_even_recomputing_does_not_help_the_settings_stay() -> None:
    training, expected = decided(2)
    assert (training.recompute, expected.method) == (False, "none")
