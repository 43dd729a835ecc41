"""The form that starts a run: training set version, base model, preset; single settings under Advanced."""

from dataclasses import fields
from typing import Any

import streamlit as st

from studio.models.catalogue import MODELS, KnownModel
from studio.store.database import Workspace
from studio.training_sets.unreviewed import count_unreviewed, notice
from studio.training_sets.versions import VersionView
from studio.tuning.presets import DEFAULT_PRESET, PRESETS, TrainingSettings, find_preset
from studio.tuning.runs import METHODS, RunRequest, create_run
from studio.web.parts.choices import choose
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import count

OFTEN_CHANGED = ("epochs", "learning_rate", "batch_size", "max_length", "max_steps")
RARELY_CHANGED = ("rank", "alpha", "dropout", "schedule", "warmup", "accumulation", "recompute", "seed")
METHOD_NAMES = {
    "auto": "Choose for me",
    "lora": "LoRA",
    "qlora": "QLoRA (4 bit: less memory, slower)",
}


def start_form(room: Workspace, versions: list[VersionView]) -> int | None:
    """Draw the form; the new run's id when it was just started."""
    version = choose("Training set", versions, "runs_version", _describe)
    if version and (said := notice(count_unreviewed(room, version.id), version.examples - version.held_out)):
        st.warning(f"{said} Review them first, or train knowing it.", icon=":material/visibility_off:")
    model, preset = st.columns(2)
    with model:
        base = _base_model()
    names = [one.name for one in PRESETS]
    chosen = preset.selectbox("Preset", names, index=names.index(DEFAULT_PRESET), key="runs_preset")
    st.caption(find_preset(chosen).description)
    name = st.text_input("Name (optional)", key="runs_name", placeholder="Named after the training set")
    _models_left_out()
    with st.expander("Advanced", key="runs_advanced"):
        method = st.radio(
            "Method", METHODS, format_func=METHOD_NAMES.__getitem__, horizontal=True, key="runs_method"
        )
        changes = _changes(find_preset(chosen).settings, chosen)
    if (
        version
        and base
        and st.button("Start the run", key="runs_start", type="primary", icon=":material/play_arrow:")
    ):
        return create_run(room, RunRequest(version.id, name, base, method, chosen, changes))
    return None


def _base_model() -> str | None:
    """A model of the catalogue, or the name of another one on the hub."""
    trainable = {model.id: model for model in MODELS if model.methods}
    return st.selectbox(
        "Base model",
        list(trainable),
        format_func=lambda name: _size(trainable[name]) if name in trainable else name,
        key="runs_base",
        accept_new_options=True,
        help="The model that learns. You can also type the name of a model on the hub, as owner/name.",
    )


def _size(model: KnownModel) -> str:
    size = f"{model.parameters:g} B" if model.parameters >= 1 else f"{model.parameters * 1000:.0f} M"
    return f"{model.id} ({size}, {model.licence})"


def _models_left_out() -> None:
    """Why some models cannot be trained here."""
    with st.popover("Why is my model not listed?", type="tertiary"):
        reasons = [f"- {escaped(one.id)}: it {escaped(one.why_not)}." for one in MODELS if not one.methods]
        st.markdown("\n".join(reasons))


def _describe(version: VersionView) -> str:
    kept = version.examples - version.held_out
    return f"{version.name}, version {version.version} ({count(kept, 'example')})"


def _changes(defaults: TrainingSettings, preset: str) -> dict[str, Any]:
    """One input for each setting that people change; only what differs from the preset is returned."""
    changed: dict[str, Any] = {}
    with st.grid(3, min_column_width=220):
        for field in fields(TrainingSettings):
            if field.name in (*OFTEN_CHANGED, *RARELY_CHANGED):
                default = getattr(defaults, field.name)
                value = _setting(field.metadata, default, f"runs_{field.name}_{preset}")
                if value != default:
                    changed[field.name] = value
    return changed


def _setting(limits: Any, default: Any, key: str) -> Any:
    label, why = limits["label"], limits["why"]
    if isinstance(default, bool):
        return st.toggle(label, default, key=key, help=why)
    if "choices" in limits:
        return st.selectbox(label, limits["choices"], limits["choices"].index(default), key=key, help=why)
    kind = type(default)
    shown = "%d" if kind is int else "%g"
    low, high = kind(limits["low"]), kind(limits["high"])
    step = 1 if kind is int else max(default / 10, 0.01 if default == 0 else default / 10)
    return st.number_input(label, low, high, default, step=step, format=shown, key=key, help=why)
