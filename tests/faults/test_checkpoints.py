"""Checkpoints that were damaged, a disk that fills up, a loss that is no number: the recipe itself, here."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from studio.errors import StudioError
from studio.store.database import Workspace
from studio.tuning import process
from studio.tuning.checkpoints import path_of, steps
from studio.tuning.plan import METRICS, SETTINGS, STOP, read_rows
from studio.tuning.presets import TrainingSettings
from studio.tuning.runs import get_run
from studio.tuning.supervise import train_job
from tests.faults.conftest import Starting
from tests.faults.happenings import fill, folder_of
from tests.tuning.test_recipe import flip_a_bit, poisoned, train_here

pytestmark = [pytest.mark.model, pytest.mark.filterwarnings("ignore::FutureWarning")]
OFTEN = TrainingSettings(epochs=20, max_steps=8, learning_rate=1e-3, evaluations=0, checkpoints=7)
Making = Callable[..., Path]
Seen = Callable[[str], None]


def stopped_after(run: Path, number: int) -> Path:
    """A run that was stopped after so many steps, with a checkpoint at each of the last two."""
    for _ in range(number):
        (run / STOP).touch()  # is granted after one step
        assert train_here(run)["state"] == "stopped"
    (run / STOP).unlink()
    return run


@pytest.mark.faults("F10", "a bit of the newest checkpoint is flipped")
def test_a_damaged_checkpoint_is_skipped_and_named(tiny_base: Path, make_run: Making, seen: Seen) -> None:
    run = stopped_after(make_run(tiny_base, OFTEN), 2)
    older, newest = steps(run)
    flip_a_bit(path_of(run, newest) / "adapter_model.safetensors")
    (run / STOP).touch()
    result = train_here(run)
    seen(f"resumed from step {result['resumed_from']}: “{result['notes'][0]}”")
    assert result["resumed_from"] == older and f"step {newest} is damaged" in result["notes"][0]


@pytest.mark.postgres
@pytest.mark.faults("F10", "every checkpoint is truncated, then the run is resumed")
def test_a_run_without_a_sound_checkpoint_does_not_begin_anew_in_silence(
    room: Workspace, start_run: Starting, tiny_base: Path, make_run: Making, seen: Seen
) -> None:
    made, run_id = stopped_after(make_run(tiny_base, OFTEN), 2), start_run()
    folder = folder_of(room, run_id)
    shutil.copytree(made / "checkpoints", folder / "checkpoints")
    shutil.copy(made / METRICS, folder / METRICS)
    for step in steps(folder):
        weights = path_of(folder, step) / "adapter_model.safetensors"
        weights.write_bytes(weights.read_bytes()[:100])
    with pytest.raises(StudioError) as refused:
        train_job(room, run_id=run_id)
    seen(f"refused before anything is lost: “{refused.value}”")
    assert "Start a new run with the same settings" in str(refused.value)
    assert len(read_rows(folder / METRICS)) == 2 and process.find(folder) is None


@pytest.mark.faults("F11", "optimizer.pt alone is deleted from the newest checkpoint")
def test_a_checkpoint_without_its_optimiser_is_not_used(
    tiny_base: Path, make_run: Making, seen: Seen
) -> None:
    run = stopped_after(make_run(tiny_base, OFTEN), 2)
    older, newest = steps(run)
    (path_of(run, newest) / "optimizer.pt").unlink()
    (run / STOP).touch()
    result = train_here(run)
    seen(f"resumed from step {result['resumed_from']}: “{result['notes'][0]}”")
    assert result["resumed_from"] == older and "optimizer.pt" in result["notes"][0]


@pytest.mark.faults("F12", "the volume of the run fills up while a checkpoint is being written")
def test_a_full_disk_interrupts_and_keeps_the_last_good_checkpoint(
    tiny_base: Path, make_run: Making, volume: Callable[..., Path], tmp_path: Path, seen: Seen
) -> None:
    place = volume(tmp_path / "volume", 2)
    run = place / "run"
    shutil.copytree(make_run(tiny_base, replace(OFTEN, rank=1, alpha=1)), run)
    stopped_after(run, 1)
    filler = fill(place, left=70_000)  # twice what the adapter and its optimiser need; the rest does not fit
    result = train_here(run)
    seen(f"{result['state']}: “{result['error']}”")
    assert result["state"] == "interrupted" and "is full" in result["error"]
    assert steps(run) == [1] and not list((run / "checkpoints").glob("checkpoint-*"))
    filler.unlink()
    result = train_here(run)
    seen(f"after making room: {result['state']}, resumed from step {result['resumed_from']}")
    assert (result["state"], result["resumed_from"]) == ("succeeded", 1)


@pytest.mark.postgres
@pytest.mark.faults("F12", "the volume of the run is full when it starts")
def test_a_run_on_a_full_disk_does_not_start(
    room: Workspace, start_run: Starting, volume: Callable[..., Path], seen: Seen
) -> None:
    run_id = start_run()
    fill(volume(folder_of(room, run_id), 1), left=0)
    train_job(room, run_id=run_id)
    run = get_run(room, run_id)
    seen(f"{run.state}: “{run.error}”")
    assert run.state == "interrupted" and run.resumable and "is full" in str(run.error)


@pytest.mark.faults("F29", "the loss becomes NaN after a checkpoint")
def test_a_loss_that_is_no_number_keeps_the_last_good_checkpoint(
    tiny_base: Path, make_run: Making, tmp_path: Path, seen: Seen
) -> None:
    run = stopped_after(make_run(tiny_base, OFTEN), 1)
    change_base(run, poisoned(tiny_base, tmp_path / "poisoned"))
    result = train_here(run)
    seen(f"{result['state']}: “{result['error']}”")
    assert result["state"] == "failed"
    assert "no longer a number at step 2" in result["error"]
    assert "last good checkpoint is at step 1" in result["error"]
    assert steps(run) == [1] and [row["step"] for row in read_rows(run / METRICS)] == [1]


def change_base(run: Path, base: Path) -> None:
    plan: dict[str, Any] = json.loads((run / SETTINGS).read_text())
    (run / SETTINGS).write_text(json.dumps(plan | {"base_folder": str(base)}))
