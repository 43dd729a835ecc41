"""Writes docs/estimates.md: what the studio estimates beside what others published and what was measured.

    python -m docs.estimates [--measure] [--data DIR [--workspace NAME]]

`--measure` trains the cases of docs/measured_runs.py that are not in docs/estimates.json, and keeps each as
soon as it is measured; `--data` adds the finished runs of a data folder, by their figures alone.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from docs.measured_runs import CASES, Case, expected, measured
from docs.published import BAND, published
from studio.settings import Settings
from studio.store.database import open_database
from studio.tuning.estimate import GB
from studio.tuning.runs import list_runs
from studio.tuning.used import compared

PAGE, KEPT = Path(__file__).with_suffix(".md"), Path(__file__).with_suffix(".json")
INTRODUCTION = f"""# Estimates beside what was used

The studio says before a run how much memory and time it will take, from the base model's config.json alone,
and after the run what it took (`python -m studio runs show RUN`). These tables say how far off that is: a
ratio above 1 means that less was used than estimated. `python -m docs.estimates` writes them.

## Published figures

Memory on GPUs, as others published it. The studio keeps the logits of one slice of tokens only; where a
trainer holds all of them, the estimate here does too. Adapters lie on all linear layers in the estimates. A
test holds every ratio between {BAND[0]} and {BAND[1]}.

| what | published (GB) | estimated (GB) | ratio | source |
|---|---:|---:|---:|---|
"""
MEASURED = """
## Measured here

Runs of the real recipe. On a processor the memory is the peak of the training process, start and loading
included; on a GPU what torch allocated. Time is processor time divided by the cores for runs measured by this
script (the estimate is the one for a first run, before any speed was measured), and the time of day for runs
of a data folder.

One case lies outside the band and is left out until it is understood: QLoRA of llama-350m, 1 × 256, on a
processor used 2.73 GB where 1.84 GB were estimated (0.68).

| model | method | batch × longest | rank | device | estimated | used | ratio | estimated time | used |
|---|---|---|---:|---|---:|---:|---:|---:|---:|
"""


def main() -> None:
    """Measure or add what was asked for, then write the page."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--measure", action="store_true")
    parser.add_argument("--data")
    parser.add_argument("--workspace", default="default")
    given = parser.parse_args()
    kept: dict[str, list[dict[str, Any]]] = json.loads(KEPT.read_text())
    if given.measure:
        for row in measured(tuple(case for case in CASES if not _is_kept(case, kept["cases"]))):
            kept["cases"].append(row)
            _keep(kept)
    if given.data:
        kept["runs"] += [row for row in _finished(given.data, given.workspace) if row not in kept["runs"]]
    _keep(kept)


def _is_kept(case: Case, rows: list[dict[str, Any]]) -> bool:
    return any(asdict(case).items() <= row.items() for row in rows)


def _keep(kept: dict[str, list[dict[str, Any]]]) -> None:
    KEPT.write_text(json.dumps(kept, indent=1) + "\n")
    PAGE.write_text(page(kept))


def page(kept: dict[str, list[dict[str, Any]]]) -> str:
    """The whole page as Markdown."""
    lines = [
        f"| {one.what} | {one.published:.2f} | {one.estimated:.2f} | {one.ratio:.2f} | {one.source} |"
        for one in published()
    ]
    rows = [_measured_line(row, *expected(row)) for row in kept["cases"]]
    rows += [_measured_line(row, row["estimated_bytes"], row["estimated_seconds"]) for row in kept["runs"]]
    return INTRODUCTION + "\n".join(lines) + "\n" + MEASURED + "\n".join(rows) + "\n"


def _measured_line(row: dict[str, Any], estimated_bytes: float, estimated_seconds: float | None) -> str:
    size = f"{row['batch']} × {row['length']}{', recomputed' if row['recompute'] else ''}"
    seconds = f"{estimated_seconds:.0f} s" if estimated_seconds else "unknown"
    used = f"{row['used_seconds']:.0f} s" if row["used_seconds"] else "host was busy"
    cells = (
        row["model"], row["method"], size, row["rank"], row["device"],
        f"{estimated_bytes / GB:.2f} GB", f"{row['used_bytes'] / GB:.2f} GB",
        f"{estimated_bytes / row['used_bytes']:.2f}", seconds, used,
    )  # fmt: skip
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def _finished(data: str, workspace: str) -> Iterator[dict[str, Any]]:
    """The runs that succeeded in a workspace and have an estimate; no names, no texts."""
    database = open_database(Settings.load(data))
    for run in list_runs(database.workspace(workspace)):
        found = {one.what: one for one in compared(run)}
        if run.state != "succeeded" or "memory" not in found:
            continue
        time = found.get("time")
        yield {
            "model": run.base_model,
            "method": run.method,
            "batch": run.settings["batch_size"],
            "length": run.result["longest"],
            "rank": run.settings["rank"],
            "recompute": run.settings["recompute"],
            "device": run.result["device"],
            "estimated_bytes": found["memory"].estimated,
            "used_bytes": found["memory"].used,
            "estimated_seconds": time.estimated if time else None,
            "used_seconds": run.result["seconds"],
        }
    database.close()


if __name__ == "__main__":
    main()
