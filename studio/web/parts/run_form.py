"""The form that starts a run: training set, base model, preset, and what that will take.

`?version=` chooses the training set; `?again=RUN&with=REMEDY` fills the form with another run's settings.
"""

from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from studio.models.bundled import CHAT_MODEL
from studio.models.catalogue import MODELS, KnownModel, find_model
from studio.store.database import Workspace
from studio.training_sets.unreviewed import count_unreviewed, notice
from studio.training_sets.versions import VersionView
from studio.tuning.forecast import forecast
from studio.tuning.once import fingerprint, key_of, started_so_far
from studio.tuning.presets import DEFAULT_PRESET, PRESETS, TrainingSettings, adjust, find_preset, from_json
from studio.tuning.remedies import find_remedy
from studio.tuning.runs import LONGEST_NAME, METHODS, RunRequest, create_run, get_run, metrics, with_room
from studio.web.parts.choices import asked_id, choose
from studio.web.parts.run_fit import Plan, memory_by_purpose, verdict
from studio.web.parts.run_settings import further_settings, visible_settings
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import count

METHOD_NAMES = {
    "auto": "Choose for me",
    "lora": "LoRA",
    "qlora": "QLoRA (4 bit)",
}


@dataclass(frozen=True)
class Filled:
    """What the form starts with; `settings` None: those of the preset. `origin` keeps widgets apart."""

    name: str = ""
    base: str = CHAT_MODEL
    method: str = "auto"
    preset: str = DEFAULT_PRESET
    settings: TrainingSettings | None = None
    origin: str = ""


def start_form(room: Workspace, versions: list[VersionView]) -> int | None:
    """Draw the form; the new run's id when it was just started."""
    filled = _filled(room)
    inputs, effects = st.columns([3, 2], gap="large")
    with inputs:
        version = choose("Training set", versions, "runs_version", _describe)
        _unreviewed(room, version)
        left, right = st.columns([3, 2])
        with left:
            base = _base_model(filled)
        with right:
            preset = _preset(filled)
        st.caption(find_preset(preset).description)
        suffix = f"{preset}{filled.origin}"
        own = filled.settings if preset == filled.preset else None
        defaults = own or find_preset(preset).settings
        changes = visible_settings(defaults, suffix)
        name = st.text_input(
            "Name (optional)", filled.name, key="runs_name", placeholder="Named after the training set"
        )
        with st.expander("Advanced", key="runs_advanced"):
            method = _method(filled)
            changes |= further_settings(defaults, suffix)
        _models_left_out()
    if not (version and base):
        return None
    training = adjust(defaults, changes)
    with effects, st.container(border=True):
        model = find_model(base, room.settings)
        request = RunRequest(version.id, name, base, method, preset, _differences(training, preset))
        # as the run itself will decide, so that the form never refuses what would start
        started_as, expected = with_room(
            request, training, lambda tried: forecast(room, model, version.id, tried)
        )
        fits = verdict(room, Plan(version, model, method, started_as), expected)
        started = _start(room, request, fits)
        if expected:
            memory_by_purpose(expected)
        return started


def _start(room: Workspace, request: RunRequest, fits: bool) -> int | None:
    """The button. What was seen when the form was drawn makes the key, so that two presses are one run."""
    mark = fingerprint(request)
    pressed = st.button(
        "Start the run",
        key="runs_start",
        type="primary",
        icon=":material/play_arrow:",
        width="stretch",
        disabled=not fits,
    )
    drawn: dict[str, int] = st.session_state.get("runs_drawn", {})
    if not pressed:
        st.session_state["runs_drawn"] = {mark: started_so_far(room, mark)}
        return None
    started = drawn[mark] if mark in drawn else started_so_far(room, mark)
    return create_run(room, replace(request, idempotency_key=key_of(mark, started)))


def _filled(room: Workspace) -> Filled:
    """Another run's settings where the address names one, with what a remedy changes."""
    again = asked_id("again")
    if again is None:
        return Filled()
    run = get_run(room, again)
    remedy = find_remedy(run, metrics(room, run.id), st.query_params.get("with", ""))
    st.info(
        f"Filled in as run {run.id}, “{escaped(run.name)}”, was. {escaped(remedy.why)}",
        icon=":material/content_copy:",
    )
    settings = adjust(from_json(run.settings), remedy.changes)
    name = f"{run.name}, {remedy.short}"[:LONGEST_NAME]
    return Filled(
        name, run.base_model, remedy.method or run.method, run.preset, settings, f"_{run.id}_{remedy.key}"
    )


def _differences(training: TrainingSettings, preset: str) -> dict[str, Any]:
    """What is stored as changed is what differs from the preset, wherever it came from."""
    usual = find_preset(preset).settings
    return {name: value for name, value in vars(training).items() if value != getattr(usual, name)}


def _unreviewed(room: Workspace, version: VersionView | None) -> None:
    if version and (said := notice(count_unreviewed(room, version.id), version.examples - version.held_out)):
        st.warning(f"{said} Review them first, or train knowing it.", icon=":material/visibility_off:")


def _base_model(filled: Filled) -> str | None:
    """A model of the catalogue, or the name of another one on the hub."""
    trainable = {model.id: model for model in MODELS if model.methods}
    names = list(dict.fromkeys([*trainable, filled.base]))
    return st.selectbox(
        "Base model",
        names,
        names.index(filled.base),
        format_func=lambda name: _size(trainable[name]) if name in trainable else name,
        key="runs_base",
        accept_new_options=True,
        help="The model that learns. You can also type the name of a model on the hub, as owner/name.",
    )


def _preset(filled: Filled) -> str:
    names = [one.name for one in PRESETS]
    known = filled.preset if filled.preset in names else DEFAULT_PRESET
    return st.selectbox("Preset", names, names.index(known), key="runs_preset")


def _method(filled: Filled) -> str:
    method = st.radio(
        "Method",
        METHODS,
        METHODS.index(filled.method),
        format_func=METHOD_NAMES.__getitem__,
        horizontal=True,
        key="runs_method",
    )
    st.caption(
        "LoRA trains a small adapter beside the unchanged base model. QLoRA also holds that model in 4 bit: "
        "much less memory, slower."
    )
    return method


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
