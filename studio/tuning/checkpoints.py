"""The checkpoints of a run: published by one rename when sealed, verified before they are used again.

The trainer writes checkpoints/checkpoint-<step>; `publish` seals it and renames it to checkpoints/<step>.
"""

import shutil
from pathlib import Path

from studio.models.folders import what_is_wrong, write_manifest
from studio.tuning.best import Checks, best_as_of, ranked

KEPT = 2
# the newest, the best as each of them knew it, and one that is being written
MOST_AT_ONCE = 2 * KEPT + 1


def publish(run: Path, step: int, checks: Checks) -> Path:
    """Seal what the trainer wrote for `step`, rename it into place, drop what neither is new nor was best."""
    written, final = _folder(run) / f"checkpoint-{step}", path_of(run, step)
    write_manifest(written)
    if final.exists():
        shutil.rmtree(final)
    written.rename(final)
    newest = steps(run)[-KEPT:]
    for old in set(steps(run)) - {*newest, *best_as_of(checks, newest)}:
        shutil.rmtree(path_of(run, old))
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
        fault = what_is_wrong(path_of(run, step))
        if fault is None:
            return step, skipped
        skipped.append(f"The checkpoint at step {step} is damaged and was skipped: {fault}")
    return None, skipped


def best_sound(run: Path, checks: Checks, last: int) -> tuple[int, list[str]]:
    """The step of the best adapter that can be had, and a sentence when the very best cannot.

    That of step `last` is in memory; those of other steps must lie in a checkpoint that verifies.
    """
    lost: list[str] = []
    for step in ranked(checks):
        fault = None if step == last else what_is_wrong(path_of(run, step))
        if fault is None:
            return step, lost[:1]
        lost.append(f"The best adapter, that of step {step}, is lost and the next best was taken: {fault}")
    return last, lost[:1]


def path_of(run: Path, step: int) -> Path:
    """The folder of a published checkpoint."""
    return _folder(run) / str(step)


def sweep(run: Path) -> None:
    """Remove what a killed trainer left half written."""
    folder = _folder(run)
    folder.mkdir(parents=True, exist_ok=True)
    for leftover in folder.glob("checkpoint-*"):
        shutil.rmtree(leftover)


def discard_after(run: Path, step: int) -> None:
    """Remove damaged checkpoints newer than the one a run goes on from: it writes them anew."""
    for later in (at for at in steps(run) if at > step):
        shutil.rmtree(path_of(run, later))


def _folder(run: Path) -> Path:
    return run / "checkpoints"
