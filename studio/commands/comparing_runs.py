"""`runs compare`: curves, settings that differ and figures of several runs."""

import argparse

from studio.commands import arguments
from studio.store.database import Workspace
from studio.tuning.comparing import Reached, RunsCompared, compare_runs
from studio.tuning.estimate import GB, duration


def add_options(runs: argparse.ArgumentParser) -> None:
    """What `runs compare` takes besides the first run."""
    runs.add_argument("others", nargs="*", type=int, metavar="RUN", help="compare: more runs, up to six")


def run_compare(given: argparse.Namespace, room: Workspace) -> int:
    """The curves are in the JSON only."""
    found = compare_runs(room, [given.run, *given.others])
    arguments.show(given, found.as_dict(), _text(found))
    return 0


def _text(found: RunsCompared) -> str:
    lines = [_reached(one) for one in found.runs]
    lines += ["", "settings that differ:" if found.settings_that_differ else "all settings are the same"]
    for name, values in found.settings_that_differ.items():
        lines.append(f"  {name}: {', '.join(map(str, values))}")
    lines += [
        f"run {one.run.id}: {score.comparison}: {score.sentence}"
        for one in found.runs
        for score in one.scores
    ]
    return "\n".join([*lines, *found.notes])


def _reached(one: Reached) -> str:
    parts = [f"run {one.run.id}", one.run.name, one.run.state]
    if one.best_eval_loss is not None:
        parts.append(f"best held-out loss {one.best_eval_loss:.3f} at step {one.best_step}")
    parts += [duration(one.seconds)] if one.seconds else []
    parts += [f"{one.peak_memory_bytes / GB:.1f} GB"] if one.peak_memory_bytes else []
    return "  ".join(parts)
