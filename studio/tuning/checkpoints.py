"""The checkpoints of a run: published by one rename when sealed, verified before they are used again.

The trainer writes checkpoints/checkpoint-<step>; `publish` seals it and renames it to checkpoints/<step>.
"""

import shutil
from pathlib import Path

from studio.models.folders import what_is_wrong, write_manifest

KEPT = 2


def publish(run: Path, step: int) -> Path:
    """Seal what the trainer wrote for `step`, rename it into place, drop all but the newest few."""
    written, final = _folder(run) / f"checkpoint-{step}", _folder(run) / str(step)
    write_manifest(written)
    if final.exists():
        shutil.rmtree(final)
    written.rename(final)
    for old in steps(run)[:-KEPT]:
        shutil.rmtree(_folder(run) / str(old))
    return final


def steps(run: Path) -> list[int]:
    """The steps with a published checkpoint, oldest first."""
    folder = _folder(run)
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    return sorted(int(name) for name in names if name.isdecimal())


def newest_sound(run: Path) -> tuple[int | None, list[str]]:
    """The newest step whose checkpoint verifies, and a sentence for each newer one that was skipped."""
    skipped: list[str] = []
    for step in reversed(steps(run)):
        fault = what_is_wrong(_folder(run) / str(step))
        if fault is None:
            return step, skipped
        skipped.append(f"The checkpoint at step {step} is damaged and was skipped: {fault}")
    return None, skipped


def path_of(run: Path, step: int) -> Path:
    """The folder of a published checkpoint."""
    return _folder(run) / str(step)


def sweep(run: Path) -> None:
    """Remove what a killed trainer left half written."""
    folder = _folder(run)
    folder.mkdir(parents=True, exist_ok=True)
    for leftover in folder.glob("checkpoint-*"):
        shutil.rmtree(leftover)


def _folder(run: Path) -> Path:
    return run / "checkpoints"
