"""`estimate`, `train`, `runs`: from examples to an adapter, and out of the studio."""

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from studio.commands import arguments, exporting
from studio.commands.waiting import wait_until
from studio.errors import NotFound
from studio.models.adapters import adapter_of_run, restore_adapter, retire_adapter
from studio.models.catalogue import ModelFolder, find_model
from studio.store.database import Workspace
from studio.training_sets.reading import open_table
from studio.training_sets.shapes.cutting import candidates
from studio.training_sets.shapes.guessing import guess_mapping
from studio.training_sets.versions import Saving, VersionView, get_version, save_training_set
from studio.training_sets.versions.sets import find_version
from studio.tuning.estimate import GB, Estimate, Host, compared
from studio.tuning.forecast import forecast_lengths, limit_of
from studio.tuning.lengths import Length, Lengths, LengthsSeen, lengths_of_rows, lengths_seen
from studio.tuning.presets import DEFAULT_PRESET, find_preset
from studio.tuning.runs import RunRequest, RunView, create_run, get_run, list_runs, resume_run, stop_run

ACTIONS: dict[str, Callable[[Workspace, int], None]] = {
    "stop": stop_run,
    "resume": resume_run,
    "retire": lambda room, run: retire_adapter(room, adapter_of_run(room, run).id),
    "restore": lambda room, run: restore_adapter(room, adapter_of_run(room, run).id),
}
ENDED = ("stopped", "interrupted", "failed", "succeeded")
BUNDLED = "smollm2-135m-instruct"
ORDINARY = Length(120, 340, is_text=False)


def register(commands: "arguments.Commands[argparse.ArgumentParser]") -> None:
    """Add the commands about runs."""
    estimating = arguments.add(commands, "estimate", "predict memory and time of a run", run_estimate)
    estimating.add_argument("--examples", metavar="FILE")
    estimating.add_argument("--gpu-memory-gb", type=float)
    train = arguments.add(commands, "train", "train an adapter", run_train)
    learned = train.add_mutually_exclusive_group(required=True)
    learned.add_argument("--examples", metavar="FILE", help="a table, stored as a training set")
    learned.add_argument(
        "--version", metavar="NAME[@2]", help="a training set: its newest version, or this one"
    )
    train.add_argument("--name", help="of the run (default: that of the examples)")
    train.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a setting, e.g. max_length=256",
    )
    train.add_argument("--wait", action="store_true", help="until the run has ended")
    for parser in (estimating, train):
        parser.add_argument("--base", default=BUNDLED, metavar="ID", help="the base model")
        parser.add_argument("--method", choices=("auto", "lora", "qlora"), default="auto")
        parser.add_argument("--preset", default=DEFAULT_PRESET)
    runs = arguments.add(commands, "runs", "list, show, stop, resume or export runs", run_runs)
    runs.add_argument("what", choices=("list", "show", *ACTIONS, "export"))
    runs.add_argument("run", nargs="?", type=int)
    exporting.add_options(runs)


def run_estimate(given: argparse.Namespace) -> int:
    """Works from the model's shape alone; nothing is downloaded or loaded."""
    room = arguments.open_room(given)
    host = Host(given.gpu_memory_gb * GB, "given") if given.gpu_memory_gb else None
    model = find_model(given.base, room.settings)
    training = find_preset(given.preset).settings
    found = _lengths(model, given.examples)
    result = forecast_lengths(room, model, found, training, host)
    if result is None:
        raise NotFound(
            f"{model.id} is not on this host and its size is not known, so it cannot be estimated. "
            "Download it into the data folder first."
        )
    seen = lengths_seen(found, limit_of(model, training.max_length))
    shown = result.as_dict() | {"lengths": asdict(seen) | {"sentence": seen.sentence}}
    arguments.show(given, shown, _forecast(result, seen))
    return 0


def _forecast(result: Estimate, seen: LengthsSeen) -> str:
    lines = [result.why, f"QLoRA would need about {result.qlora.total / GB:.1f} GB."]
    if result.change:
        lines.append(result.change)
    if result.seconds:
        lines.append(f"It would take about {result.seconds / 60:.0f} minutes.")
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
    find_model(given.base, room.settings)  # refused before anything is stored
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
    if not given.wait:
        text = f"Run {run_id} is queued. Follow it with: python -m studio runs show {run_id}"
        arguments.show(given, as_json(get_run(room, run_id)), text)
        return 0
    return _wait(given, room, run_id)


def _stored(room: Workspace, path: Path) -> VersionView:
    """The file as a version of the training set that is called like it."""
    table = open_table(path, path.name)
    saving = Saving(source_name=path.name, source_sha256=room.blobs.put(path))
    return get_version(room, save_training_set(room, path.stem, table, guess_mapping(table), saving))


def _setting(text: str) -> tuple[str, Any]:
    name, _, value = text.partition("=")
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
    arguments.show(given, as_json(run), _line(run))
    return int(run.state != "succeeded")


def run_runs(given: argparse.Namespace) -> int:
    """`list` all of them, or act on one."""
    room = arguments.open_room(given)
    if given.what == "list":
        runs = list_runs(room)
        arguments.show(given, [as_json(run) for run in runs], "\n".join(map(_line, runs)) or "No runs yet.")
        return 0
    if given.run is None:
        raise arguments.missing("the number of a run")
    if given.what == "export":
        return exporting.run_export(given, room)
    if given.what in ACTIONS:
        ACTIONS[given.what](room, given.run)
    run = get_run(room, given.run)
    arguments.show(given, as_json(run), "\n".join([_line(run), *(one.sentence for one in compared(run))]))
    return 0


def as_json(run: RunView) -> dict[str, Any]:
    """The keys other programs may rely on, and some more."""
    return {
        "run": run.id,
        "name": run.name,
        "state": run.state,
        "base": run.base_model,
        "method": run.method,
        "steps": run.step,
        "total_steps": run.total_steps,
        "train_loss": run.train_loss,
        "eval_loss": run.eval_loss,
        "adapter": run.adapter_id,
        "seconds": run.seconds,
        "unreviewed": run.unreviewed,
        "error": run.error,
        "compared": [
            {"what": one.what, "estimated": one.estimated, "used": one.used} for one in compared(run)
        ],
    }


def _line(run: RunView) -> str:
    parts = [f"run {run.id}", run.name, run.state, f"step {run.step} of {run.total_steps}"]
    parts += [f"loss {run.train_loss:.3f}"] if run.train_loss is not None else []
    parts += [f"held-out loss {run.eval_loss:.3f}"] if run.eval_loss is not None else []
    parts += [f"adapter {run.adapter_id}"] if run.adapter_id else []
    parts += [f"{run.unreviewed:,} unreviewed examples"] if run.unreviewed else []
    parts += [run.error] if run.error else []
    return "  ".join(parts)
