"""The inputs for the settings of a run, each with its trade-off below it. Used by run_form."""

from dataclasses import fields
from typing import Any

import streamlit as st

from studio.tuning.presets import TrainingSettings

VISIBLE = ("epochs", "learning_rate", "max_length")
GROUPS = {
    "How far each step goes": ("batch_size", "accumulation", "schedule", "warmup", "weight_decay"),
    "What the adapter can hold": ("rank", "alpha", "dropout"),
    "What it sees, when it ends, how it is watched": (
        "share",
        "max_steps",
        "patience",
        "evaluations",
        "sample_answers",
        "checkpoints",
        "seed",
    ),
    "Memory": ("recompute", "optimiser"),
}
LENGTH = "Empty: as long as the examples are. A limit saves memory and cuts longer ones."
_FIELDS = {one.name: one for one in fields(TrainingSettings)}


def visible_settings(defaults: TrainingSettings, suffix: str) -> dict[str, Any]:
    """The three that people change most; only what differs from `defaults` is returned."""
    with st.grid(3, min_column_width=150):
        return _changed(VISIBLE, defaults, suffix)


def further_settings(defaults: TrainingSettings, suffix: str) -> dict[str, Any]:
    """All others, in groups."""
    changed: dict[str, Any] = {}
    for title, names in GROUPS.items():
        st.markdown(f"**{title}**")
        with st.grid(3, min_column_width=180):
            changed |= _changed(names, defaults, suffix)
    return changed


def _changed(names: tuple[str, ...], defaults: TrainingSettings, suffix: str) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    for name in names:
        default = getattr(defaults, name)
        with st.container(gap="xxsmall"):
            value = _setting(name, default, f"runs_{name}_{suffix}")
            st.caption(LENGTH if name == "max_length" else _FIELDS[name].metadata["why"])
        if value != default:
            changed[name] = value
    return changed


def _setting(name: str, default: Any, key: str) -> Any:
    limits = _FIELDS[name].metadata
    label = limits["label"]
    if isinstance(default, bool):
        return st.toggle(label, default, key=key)
    if "choices" in limits:
        return st.selectbox(label, limits["choices"], limits["choices"].index(default), key=key)
    if name == "max_length":
        return _longest(label, default, limits, key)
    kind = type(default)
    low, high = kind(limits["low"]), kind(limits["high"])
    step = 1 if kind is int else default / 10 or 0.01
    return st.number_input(label, low, high, default, step=step, format=_shown(kind), key=key)


def _longest(label: str, default: int, limits: Any, key: str) -> int:
    """Empty where it comes from the data, which is 0 in the settings."""
    value = st.number_input(
        f"{label} (tokens)", 1, int(limits["high"]), default or None, key=key, placeholder="from the data"
    )
    return value or 0


def _shown(kind: type) -> str:
    return "%d" if kind is int else "%g"
