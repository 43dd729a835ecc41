"""Presets and the limits of every setting."""

from dataclasses import fields
from typing import Any

import pytest

from studio.errors import BadInput
from studio.tuning.presets import (
    DEFAULT_PRESET,
    PRESETS,
    TrainingSettings,
    adjust,
    check,
    find_preset,
    from_json,
    to_json,
    total_steps,
)


def test_every_preset_keeps_within_the_limits() -> None:
    for preset in PRESETS:
        check(preset.settings)


def test_every_setting_says_what_it_costs() -> None:
    assert all(each.metadata.get("label") and each.metadata.get("why") for each in fields(TrainingSettings))


def test_a_preset_is_found_whatever_its_case() -> None:
    assert find_preset(" quick LOOK").name == "Quick look"
    assert find_preset(DEFAULT_PRESET)


def test_an_unknown_preset_names_those_there_are() -> None:
    with pytest.raises(BadInput, match="Quick look"):
        find_preset("Slow")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"learning_rate": 5.0}, "Learning rate must lie between 1e-07 and 0.01, not 5.0"),
        ({"learning_rate": float("nan")}, "Learning rate must lie between"),
        ({"epochs": "3"}, "Epochs must be a number"),
        ({"rank": 2.5}, "Rank must be a whole number"),
        ({"batch_size": True}, "Batch size must be a whole number"),
        ({"schedule": "zigzag"}, "Schedule must be one of linear"),
        ({"recompute": 1}, "Recompute activations must be yes or no"),
        ({"speed": 1}, 'no training setting "speed"'),
    ],
)
def test_a_setting_outside_its_limits_is_named(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        adjust(TrainingSettings(), changes)


def test_settings_survive_being_stored() -> None:
    settings = find_preset("Thorough").settings
    assert from_json(to_json(settings)) == settings


@pytest.mark.parametrize(
    ("examples", "settings", "steps"),
    [
        (240, {"epochs": 2, "max_steps": 60}, 60),
        (240, {"epochs": 3}, 180),
        (241, {"epochs": 1, "batch_size": 4, "accumulation": 4}, 16),
        (1, {"epochs": 0.1}, 1),
    ],
)
def test_steps_of_a_run(examples: int, settings: dict[str, Any], steps: int) -> None:
    assert total_steps(examples, adjust(TrainingSettings(), settings)) == steps


def test_the_repaired_notebook_does_not_cut_at_128_tokens() -> None:
    repaired = find_preset("Phi-3 CookBook (repaired)").settings
    assert repaired.max_length == 0 and repaired.rank > 0
