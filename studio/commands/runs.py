"""`runs`: list, show and compare them, stop and resume, put their adapters into use, export, delete."""

import argparse
from collections.abc import Callable
from typing import Any

from studio.commands import arguments, comparing_runs, exporting, promoting
from studio.errors import BadInput
from studio.models.adapters import adapter_of_run, restore_adapter, retire_adapter
from studio.models.promotions import in_use, roll_back
from studio.store.database import Workspace
from studio.tuning.lineage import scores_of
from studio.tuning.removing import delete_run
from studio.tuning.runs import RunView, get_run, list_runs, resume_run, stop_run
from studio.tuning.used import compared

ACTIONS: dict[str, Callable[[Workspace, int], None]] = {
    "stop": stop_run,
    "resume": resume_run,
    "retire": lambda room, run: retire_adapter(room, adapter_of_run(room, run).id),
    "restore": lambda room, run: restore_adapter(room, adapter_of_run(room, run).id),
}


def register(commands: "arguments.Commands[argparse.ArgumentParser]") -> None:
    """Add the command."""
    runs = arguments.add(commands, "runs", "list, show, steer, promote, export or delete runs", run_runs)
    runs.add_argument(
        "what", choices=("list", "show", *ACTIONS, "promote", "rollback", "export", "compare", "delete")
    )
    runs.add_argument("run", nargs="?", type=int, help="its number; rollback: any run of the base model")
    comparing_runs.add_options(runs)
    promoting.add_options(runs)
    exporting.add_options(runs)


def run_runs(given: argparse.Namespace) -> int:
    """`list` all of them, or act on one."""
    room = arguments.open_room(given)
    if given.what == "list":
        runs, used = list_runs(room), in_use(room)
        lines = [line(run, used) for run in runs]
        arguments.show(given, [as_json(run, used) for run in runs], "\n".join(lines) or "No runs yet.")
        return 0
    if given.what == "rollback":
        return _roll_back(given, room)
    if given.run is None:
        raise arguments.missing("the number of a run")
    if given.what == "compare":
        return comparing_runs.run_compare(given, room)
    if given.what == "export":
        return exporting.run_export(given, room)
    if given.what == "promote":
        return promoting.run_promote(given, room)
    if given.what == "delete":
        gone = delete_run(room, given.run)
        arguments.show(given, gone.as_dict(), f"Run {given.run} is deleted. {gone.sentence}")
        return 0
    if given.what in ACTIONS:
        ACTIONS[given.what](room, given.run)
    return _show(given, room)


def _show(given: argparse.Namespace, room: Workspace) -> int:
    """With what the adapter was made from, and every figure measured with it."""
    run, used, scores = get_run(room, given.run), in_use(room), scores_of(room, given.run, with_base=True)
    found = as_json(run, used) | {"lineage": run.lineage, "scores": [score.as_dict() for score in scores]}
    measured = [f"{score.comparison}: {score.sentence}" for score in scores]
    text = "\n".join([line(run, used), *(one.sentence for one in compared(run)), *measured])
    arguments.show(given, found, text)
    return 0


def _roll_back(given: argparse.Namespace, room: Workspace) -> int:
    """For the base model of a run; without a number, for the only one with an adapter in use."""
    bases = [get_run(room, given.run).base_model] if given.run is not None else list(in_use(room))
    if not bases:
        raise BadInput("No adapter is in use, so there is nothing to go back from.")
    if len(bases) > 1:
        raise arguments.missing(f"a run of the base model to go back for; in use are {', '.join(bases)}")
    former = roll_back(room, bases[0])
    text = f"For {bases[0]} {former.adapter if former else 'the base model as it is'} is in use again."
    found = {"base": bases[0], "adapter": former.adapter_id if former else None}
    arguments.show(given, found, text)
    return 0


def as_json(run: RunView, used: dict[str, int]) -> dict[str, Any]:
    """The keys other programs may rely on, and some more; `used` is what `in_use` says."""
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
        "in_use": _is_used(run, used),
        "seconds": run.seconds,
        "unreviewed": run.unreviewed,
        "error": run.error,
        "compared": [
            {"what": one.what, "estimated": one.estimated, "used": one.used} for one in compared(run)
        ],
    }


def line(run: RunView, used: dict[str, int]) -> str:
    """A run in one line."""
    parts = [f"run {run.id}", run.name, run.state, f"step {run.step} of {run.total_steps}"]
    parts += [f"loss {run.train_loss:.3f}"] if run.train_loss is not None else []
    parts += [f"held-out loss {run.eval_loss:.3f}"] if run.eval_loss is not None else []
    parts += [f"adapter {run.adapter_id}"] if run.adapter_id else []
    parts += ["in use"] if _is_used(run, used) else []
    parts += [f"{run.unreviewed:,} unreviewed examples"] if run.unreviewed else []
    parts += [run.error] if run.error else []
    return "  ".join(parts)


def _is_used(run: RunView, used: dict[str, int]) -> bool:
    return run.adapter_id is not None and used.get(run.base_model) == run.adapter_id
