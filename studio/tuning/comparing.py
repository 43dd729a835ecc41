"""Runs side by side: their curves by step and by epoch, the settings that differ, what each reached.

Called by the runs page and by `runs compare`.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from studio.errors import BadInput
from studio.store.database import Workspace
from studio.training_sets.versions import VersionView, get_version
from studio.tuning.lineage import Score, scores_of
from studio.tuning.listing import Point, RunView, get_run, metrics
from studio.tuning.presets import TrainingSettings, from_json, steps_of_an_epoch
from studio.tuning.remedies import best_check, checked

FEWEST, MOST = 2, 6


@dataclass(frozen=True)
class CurvePoint:
    """What a run had reached at a step; `epoch` is how often it had seen its examples by then."""

    run: int
    step: int
    epoch: float
    loss: float | None
    eval_loss: float | None


@dataclass(frozen=True)
class Reached:
    """One run and what came of it; losses are means in nats a token, `seconds` of training."""

    run: RunView
    trained_on: str
    best_step: int | None
    best_eval_loss: float | None
    last_eval_loss: float | None
    last_loss: float | None
    seconds: float | None
    peak_memory_bytes: int | None
    scores: tuple[Score, ...]


@dataclass(frozen=True)
class RunsCompared:
    """`settings_that_differ`: for each such setting its value in every run, in the order of `runs`.

    `notes` say what must be known before the figures are compared.
    """

    runs: tuple[Reached, ...]
    settings_that_differ: dict[str, list[Any]]
    curves: tuple[CurvePoint, ...]
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """What `runs compare --json` prints."""
        runs = []
        for reached in self.runs:
            figures = asdict(reached)
            run = figures.pop("run")
            kept = {name: run[name] for name in ("name", "state", "base_model", "method", "preset")}
            runs.append({"run": run["id"]} | kept | figures)
        return {
            "runs": runs,
            "settings_that_differ": self.settings_that_differ,
            "curves": [asdict(point) for point in self.curves],
            "notes": list(self.notes),
        }


def compare_runs(room: Workspace, ids: Sequence[int]) -> RunsCompared:
    """Raises BadInput unless two to six different runs are named, NotFound for one that is not there."""
    wanted = list(dict.fromkeys(ids))
    if not FEWEST <= len(wanted) <= MOST:
        raise BadInput(f"Choose {FEWEST} to {MOST} different runs to compare.")
    runs = [get_run(room, one) for one in wanted]
    versions = {run.version_id: get_version(room, run.version_id) for run in runs}
    points = {run.id: metrics(room, run.id) for run in runs}
    curves = [point for run in runs for point in _curve(run, points[run.id], versions[run.version_id])]
    return RunsCompared(
        tuple(
            _reached(run, points[run.id], versions[run.version_id], scores_of(room, run.id)) for run in runs
        ),
        _differing([_settings(run, versions[run.version_id]) for run in runs]),
        tuple(curves),
        tuple(_notes(runs)),
    )


def _reached(run: RunView, points: Sequence[Point], version: VersionView, scores: Sequence[Score]) -> Reached:
    best, checks = best_check(points), checked(points)
    return Reached(
        run=run,
        trained_on=_called(version),
        best_step=best[0] if best else None,
        best_eval_loss=best[1] if best else None,
        last_eval_loss=checks[-1][1] if checks else None,
        last_loss=run.train_loss,
        seconds=run.seconds,
        peak_memory_bytes=run.result.get("peak_memory_bytes"),
        scores=tuple(scores),
    )


def _called(version: VersionView) -> str:
    return f"{version.name}, version {version.version}"


def _settings(run: RunView, version: VersionView) -> dict[str, Any]:
    """By the names people read."""
    training = from_json(run.settings)
    return {
        "Training set": _called(version),
        "Base model": run.base_model,
        "Method": run.method,
        "Preset": run.preset,
    } | {one.metadata["label"]: getattr(training, one.name) for one in fields(TrainingSettings)}


def _differing(settings: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    columns = {name: [one[name] for one in settings] for name in settings[0]}
    return {name: values for name, values in columns.items() if any(v != values[0] for v in values)}


def _curve(run: RunView, points: Sequence[Point], version: VersionView) -> list[CurvePoint]:
    training = from_json(run.settings)
    examples = int(run.result.get("examples") or version.examples - version.held_out)
    epoch = max(1, steps_of_an_epoch(examples, training))
    return [CurvePoint(run.id, p.step, round(p.step / epoch, 3), p.loss, p.eval_loss) for p in points]


def _notes(runs: Sequence[RunView]) -> list[str]:
    """Where a lower held-out loss would not mean that a run is better."""
    notes = []
    if len({run.version_id for run in runs}) > 1:
        notes.append(
            "These runs were not trained on the same version, so their held-out losses are measured on "
            "different examples. Compare their answers to one question set instead."
        )
    if len({run.base_model for run in runs}) > 1:
        notes.append(
            "Different base models split text into different tokens, so a lower loss does not mean "
            "better answers."
        )
    if len({from_json(run.settings).max_length for run in runs}) > 1:
        notes.append("The longest example differs: held-out examples were cut at different places.")
    return notes
