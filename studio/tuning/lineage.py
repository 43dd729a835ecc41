"""What an adapter was made from and with, and how it scored.

Called by the supervisor (which stores the first with the adapter), by the card, by pages and commands.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from studio.approaches import runs_asked
from studio.models.catalogue import find_model
from studio.store.database import Workspace
from studio.store.tables import Comparison, Run
from studio.training_sets.unreviewed import count_unreviewed
from studio.training_sets.versions import get_version
from studio.training_sets.versions.listing import shared_system

# of what the training process reports, as it reports it
REPORTED = (
    "steps", "best_step", "ended_early", "resumed_from", "train_loss", "eval_loss", "best_eval_loss",
    "examples", "held_out_rows", "cut", "left_out", "longest", "tokens", "seconds", "peak_memory_bytes",
    "device", "edition",
)  # fmt: skip


def made_from(room: Workspace, run: Run, result: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that went into an adapter; `result` is what its training process reported."""
    version = get_version(room, run.version_id)
    return {
        "run": run.id,
        "training_set": version.name,
        "training_set_version": version.version,
        "version_id": version.id,
        "version_sha256": version.sha256,
        "unreviewed": count_unreviewed(room, version.id),
        "system": shared_system(room, version.id),
        "base_model": run.base_model,
        "base_revision": find_model(run.base_model, room.settings).revision,
        "method": run.method,
        "preset": run.preset,
        "settings": run.settings,
        "seed": run.settings.get("seed"),
        **{name: result[name] for name in REPORTED if name in result},
    }


@dataclass(frozen=True)
class Score:
    """The mean of a metric over `n` questions with its 95 % interval, which too few questions do not have."""

    comparison_id: int
    comparison: str
    approach: str
    metric: str
    mean: float
    low: float | None
    high: float | None
    n: int

    @property
    def sentence(self) -> str:
        """For people, with its sample size."""
        said = f"{self.approach}, {self.metric}: {self.mean:.2f}"
        if self.low is None or self.high is None:
            return f"{said} (n = {self.n})"
        return f"{said} [{self.low:.2f}, {self.high:.2f}] (95 %, n = {self.n})"

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def asks_run(run_id: int) -> sa.ColumnElement[bool]:
    """Whether a comparison asks this run's adapter, as its only one or as the one trained with passages."""
    return sa.or_(Comparison.run_id == run_id, Comparison.passages_run_id == run_id)


def scores_of(room: Workspace, run_id: int, *, with_base: bool = False) -> list[Score]:
    """Of the approaches that asked the run's adapter, from finished comparisons, the newest first.

    `with_base`: the base model's beside them.
    """
    finished = sa.select(Comparison).where(
        Comparison.workspace_id == room.id, asks_run(run_id), Comparison.state == "succeeded"
    )
    with room.session() as session:
        found = session.scalars(finished.order_by(Comparison.id.desc())).all()
    return [score for comparison in found for score in _scores(comparison, run_id, with_base)]


def _scores(comparison: Comparison, run_id: int, with_base: bool) -> list[Score]:
    report = comparison.report or {}
    asked = runs_asked(comparison.approaches, comparison.run_id, comparison.passages_run_id)
    told = {approach for approach, asked_of in asked.items() if asked_of == run_id}
    told |= {"base"} if with_base else set()
    return [
        Score(
            comparison.id,
            comparison.name,
            approach,
            metric,
            value["mean"],
            value["low"],
            value["high"],
            value["n"],
        )
        for approach, entry in sorted(report.get("approaches", {}).items())
        for metric, value in sorted(entry["metrics"].items())
        if value["mean"] is not None and approach in told
    ]
