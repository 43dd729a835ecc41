"""`models`: the base models there are, and whether one can be trained here, before anything is loaded."""

import argparse
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from studio.commands import arguments
from studio.models.catalogue import MODELS, KnownModel, ModelFolder, find_model, known_model
from studio.models.checking import CONFIG, check_model_folder
from studio.models.fetching import ask_hub, draft_of
from studio.models.hub import GB, fetch_config, look_up
from studio.settings import Settings
from studio.tuning.estimate import estimate
from studio.tuning.forecast import shape_of, this_host
from studio.tuning.presets import DEFAULT_PRESET, find_preset

ORDINARY_TOKENS = 512


def register(commands: "arguments.Commands[argparse.ArgumentParser]") -> None:
    """Add the commands about base models."""
    models = arguments.add(commands, "models", "list base models, or check one before it is used", run_models)
    models.add_argument("what", choices=("list", "check"), nargs="?", default="list")
    models.add_argument("model", nargs="?", metavar="NAME_OR_FOLDER")


def run_models(given: argparse.Namespace) -> int:
    """`check` fails with one sentence when the model cannot be used; nothing large is fetched."""
    settings = Settings.load(given.data)
    if given.what == "list":
        rows = [_listed(model, settings) for model in MODELS]
        arguments.show(given, rows, "\n".join(_line(row) for row in rows))
        return 0
    if given.model is None:
        raise arguments.missing("the name of a model or a folder")
    found = (
        _checked_folder(Path(given.model)) if Path(given.model).is_dir() else _checked(given.model, settings)
    )
    arguments.show(given, found, found["sentence"])
    return 0


def _listed(model: KnownModel, settings: Settings) -> dict[str, Any]:
    here = bool(model.methods) and find_model(model.id, settings).present
    return asdict(model) | {"targets": model.targets, "here": here}


def _line(row: dict[str, Any]) -> str:
    size = f"{row['id']}: {row['parameters']:g} B, {row['context']:,} tokens, {row['licence']}"
    if not row["methods"]:
        return f"{size}. Not here: it {row['why_not']}."
    trained = f"{' and '.join(row['methods'])} on {', '.join(row['targets'])}"
    note = f" {row['note']}" if row["note"] else ""
    return f"{size}; {trained}.{' On this machine.' if row['here'] else ''}{note}"


def _checked_folder(folder: Path) -> dict[str, Any]:
    check_model_folder(folder, folder.name)
    return _found(ModelFolder(folder.name, folder, "", present=True), "All its files are sound.")


def _checked(name: str, settings: Settings) -> dict[str, Any]:
    """On this machine, else on the hub: its list of files and its config.json alone."""
    model = find_model(name, settings)
    if model.present:
        return _found(model, "It is on this machine, and all its files are sound.")
    if "/" not in model.id:
        return _found(model, "It comes with the studio and is unpacked when it is first used.")
    hub = ask_hub(model.id, model.path)
    model = replace(model, path=draft_of(model.path))
    gated = ", and its licence must be accepted" if hub.gated else ""
    return _found(model, f"It takes {hub.size / GB:.1f} GB of disk{gated}.", hub.licence)


def located(base: str, settings: Settings) -> ModelFolder:
    """A folder given by its path, or a model by its name; of one that is not here the hub's config.json."""
    folder = Path(base)
    if (folder / CONFIG).is_file():
        return ModelFolder(folder.resolve().name, folder.resolve(), "", present=False)
    model = find_model(base, settings)
    if shape_of(model):
        return model
    fetch_config(look_up(model.id), draft_of(model.path))
    return replace(model, path=draft_of(model.path))


def _found(model: ModelFolder, told: str, licence: str = "") -> dict[str, Any]:
    known = known_model(model.id)
    shape = shape_of(model)
    fits = (
        estimate(shape, find_preset(DEFAULT_PRESET).settings, ORDINARY_TOKENS, this_host()) if shape else None
    )
    size = f" {shape.parameters / GB:.2f} billion weights, {shape.context:,} tokens." if shape else ""
    memory = f" For examples of {ORDINARY_TOKENS} tokens: {fits.sentence}" if fits else ""
    return {
        "model": model.id,
        "licence": known.licence if known else licence,
        "parameters": shape.parameters if shape else None,
        "context": shape.context if shape else None,
        "method": fits.method if fits else None,
        "sentence": f"{model.id} can be used. {told}{size}{memory}",
    }
