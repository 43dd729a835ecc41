"""What a run folder says about the run: its plan, its examples, its measurements, its result.

Written by the supervisor, read by the training process, which needs no database.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from studio.tuning.presets import TrainingSettings, from_json

SETTINGS = "settings.json"
TRAIN = "train.jsonl"
HELD_OUT = "held_out.jsonl"
METRICS = "metrics.jsonl"
ANSWERS = "answers.jsonl"
RESULT = "result.json"
STOP = "stop"
LOG = "run.log"
ADAPTER = "adapter"

METHODS = ("lora", "qlora")
# exit codes of the training process
FAILED, RESUMABLE, MISCONFIGURED = 1, 75, 78


@dataclass(frozen=True)
class RunPlan:
    """`base_folder` holds the weights, `base_model` is the name people know; method: lora or qlora.

    `processes`: one for each GPU that takes a share of every step.
    """

    base_folder: str
    base_model: str
    method: str
    training: TrainingSettings
    processes: int = 1


def write_plan(run: Path, plan: RunPlan) -> None:
    """Store the plan in the run folder."""
    write_whole(run / SETTINGS, json.dumps(asdict(plan), indent=1).encode())


def read_plan(run: Path) -> RunPlan:
    """The stored plan. Raises BadInput when a setting lies outside its limits."""
    stored = json.loads((run / SETTINGS).read_text())
    return RunPlan(
        stored["base_folder"],
        stored["base_model"],
        stored["method"],
        from_json(stored["training"]),
        stored.get("processes", 1),
    )


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a reader, or a power cut, sees all of it or none."""
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The whole lines of a .jsonl file; a last line still being written is left out."""
    return [json.loads(line) for line in _lines(path)]


def append_rows(path: Path, rows: list[dict[str, Any]]) -> None:
    """Add lines in one piece."""
    with path.open("a") as file:
        file.write("".join(json.dumps(row) + "\n" for row in rows))


def measured_until(run: Path, step: int) -> list[dict[str, Any]]:
    """The measurements up to `step`, one each; of a step that was taken twice, after a kill, the later."""
    found = {row["step"]: row for row in read_rows(run / METRICS) if row["step"] <= step}
    return [found[at] for at in sorted(found)]


def forget_after(run: Path, step: int) -> None:
    """Drop what was measured and answered later than at `step`: a resumed run does it again."""
    for path in (run / METRICS, run / ANSWERS):
        kept = (json.dumps(row) + "\n" for row in read_rows(path) if row["step"] <= step)
        write_whole(path, "".join(kept).encode())


def write_result(run: Path, result: dict[str, Any]) -> None:
    """The last thing a training process does."""
    write_whole(run / RESULT, json.dumps(result, indent=1).encode())


def read_result(run: Path) -> dict[str, Any] | None:
    """How the training process ended, None while it has not said so."""
    try:
        return dict(json.loads((run / RESULT).read_text()))
    except FileNotFoundError:
        return None


def _lines(path: Path) -> Iterator[str]:
    if not path.exists():
        return
    for line in path.read_text().splitlines(keepends=True):
        if line.endswith("\n") and line.strip():
            yield line
