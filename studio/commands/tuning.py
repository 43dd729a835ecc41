"""`estimate` and `train`: from examples to an adapter."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from studio.commands import arguments
from studio.commands.models import located
from studio.commands.runs import as_json, line
from studio.commands.waiting import wait_until
from studio.errors import BadInput, NotFound
from studio.models.catalogue import ModelFolder, find_model
from studio.models.fetching import obtainable
from studio.store.database import Workspace
from studio.training_sets.reading import open_table
from studio.training_sets.shapes.cutting import candidates
from studio.training_sets.shapes.guessing import guess_mapping
from studio.training_sets.versions import Saving, VersionView, get_version, save_training_set
from studio.training_sets.versions.sets import find_version
from studio.tuning.estimate import GB, Estimate, Host, duration
from studio.tuning.forecast import forecast_lengths, lengths, limit_of
from studio.tuning.lengths import Length, Lengths, LengthsSeen, lengths_of_rows, lengths_seen
from studio.tuning.presets import DEFAULT_PRESET, adjust, find_preset
from studio.tuning.runs import RunRequest, create_run, get_run, with_room

ENDED = ("stopped", "interrupted", "failed", "succeeded")
BUNDLED = "smollm2-135m-instruct"
ORDINARY = Length(120, 340, is_text=False)


def register(commands: "arguments.Commands[argparse.ArgumentParser]") -> None:
    """Add the commands."""
    estimating = arguments.add(commands, "estimate", "predict memory and time of a run", run_estimate)
    estimating.add_argument("--examples", metavar="FILE")
    estimating.add_argument("--gpu-memory-gb", type=float, help="of a GPU elsewhere")
    estimating.add_argument("--gpu", default="given", metavar="NAME", help='its name, e.g. "RTX 4090"')
    train = arguments.add(commands, "train", "train an adapter", run_train)
    learned = train.add_mutually_exclusive_group(required=True)
    learned.add_argument("--examples", metavar="FILE", help="a table, stored as a training set")
    learned.add_argument(
        "--version", metavar="NAME[@2]", help="a training set: its newest version, or this one"
    )
    train.add_argument("--name", help="of the run (default: that of the examples)")
    train.add_argument("--wait", action="store_true", help="until the run has ended")
    for parser in (estimating, train):
        parser.add_argument("--base", default=BUNDLED, metavar="ID", help="the base model")
        parser.add_argument("--method", choices=("auto", "lora", "qlora"), default="auto")
        parser.add_argument("--preset", default=DEFAULT_PRESET)
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="a setting, e.g. max_length=256",
        )


def run_estimate(given: argparse.Namespace) -> int:
    """Works from the model's shape alone; nothing is downloaded or loaded."""
    room = arguments.open_room(given)
    host = Host(given.gpu_memory_gb * GB, given.gpu, gpus=1) if given.gpu_memory_gb else None
    model = located(given.base, room.settings)
    found = _lengths(model, given.examples)
    changes = dict(_setting(text) for text in given.set)
    training = adjust(find_preset(given.preset).settings, changes)
    training, result = with_room(
        RunRequest(0, method=given.method, changes=changes),
        training,
        lambda tried: forecast_lengths(room, model, found, tried, host),
    )
    if result is None:
        raise NotFound(f"Nothing is known of the size of {model.id}, so it cannot be estimated.")
    seen = lengths_seen(found, limit_of(model, training.max_length))
    recomputed = {"recompute": training.recompute}
    shown = result.as_dict() | recomputed | {"lengths": asdict(seen) | {"sentence": seen.sentence}}
    arguments.show(given, shown, _forecast(result, seen, recomputed=training.recompute))
    return 0


def _forecast(result: Estimate, seen: LengthsSeen, *, recomputed: bool) -> str:
    lines = [result.why, f"QLoRA would need about {result.qlora.total / GB:.1f} GB."]
    if recomputed:
        lines.append("Activations are recomputed for it, which is slower.")
    if result.change:
        lines.append(result.change)
    if result.seconds:
        lines.append(f"It would take about {duration(result.seconds)}. {result.reckoning}".strip())
    elif result.method != "none":
        lines.append("How long it takes is known after a first run of this model on that GPU.")
    lines.append(seen.sentence)
    lines.append("These are estimates, for the batch of the preset and the longest example.")
    return "\n".join(lines)


def _lengths(model: ModelFolder, path: str | None) -> Lengths:
    """Of the examples of a table; without one, of a hundred of ordinary size."""
    if path is None:
        return Lengths((ORDINARY,) * 100, 100, by_tokenizer=False)
    table = open_table(Path(path), Path(path).name)
    return lengths_of_rows(
        model, [row.content for row in candidates(table, guess_mapping(table)) if not row.fault]
    )


def run_train(given: argparse.Namespace) -> int:
    """With --wait, exit code 1 unless the run succeeded."""
    room = arguments.open_room(given)
    obtainable(find_model(given.base, room.settings))  # refused before anything is stored
    version = find_version(room, given.version) if given.version else _stored(room, Path(given.examples))
    request = RunRequest(
        name=given.name or version.name,
        version_id=version.id,
        base_model=given.base,
        method=given.method,
        preset=given.preset,
        changes=dict(_setting(text) for text in given.set),
    )
    run_id = create_run(room, request)
    run = get_run(room, run_id)
    seen = lengths(room, find_model(run.base_model, room.settings), version.id, run.settings["max_length"])
    if not given.wait:
        text = f"Run {run_id} is queued. {seen.sentence}\nFollow it with: python -m studio runs show {run_id}"
        arguments.show(given, as_json(run, {}), text)
        return 0
    arguments.note(given, seen.sentence)
    return _wait(given, room, run_id)


def _stored(room: Workspace, path: Path) -> VersionView:
    """The file as a version of the training set that is called like it."""
    table = open_table(path, path.name)
    saving = Saving(source_name=path.name, source_sha256=room.blobs.put(path))
    return get_version(room, save_training_set(room, path.stem, table, guess_mapping(table), saving))


def _setting(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not (name.strip() and equals):
        raise BadInput(f"--set takes NAME=VALUE, such as --set max_length=256, not {text!r}.")
    try:
        return name.strip(), json.loads(value)
    except ValueError:
        return name.strip(), value.strip()  # a word, such as a schedule


def _wait(given: argparse.Namespace, room: Workspace, run_id: int) -> int:
    def ended() -> bool:
        run = get_run(room, run_id)
        arguments.note(given, f"{run.state}: step {run.step} of {run.total_steps}, loss {run.train_loss}")
        return run.state in ENDED

    wait_until(ended, room.settings, ["compute"])
    run = get_run(room, run_id)
    arguments.show(given, as_json(run, {}), line(run, {}))
    return int(run.state != "succeeded")
