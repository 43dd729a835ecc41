"""A training process that gets no more memory."""

import json
import resource
import shutil
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from studio.tuning import process
from studio.tuning.plan import METRICS, TRAIN, read_result, read_rows
from studio.tuning.presets import TrainingSettings
from tests.faults.happenings import freeze, thaw, wait

pytestmark = pytest.mark.model
LARGE = TrainingSettings(epochs=20, batch_size=2, accumulation=1, evaluations=2, checkpoints=0)
CONTEXT = 8192
ROOM_BYTES = 16_000_000  # an example of this length needs several times as much
Seen = Callable[[str], None]


@pytest.mark.faults("F28", "the training process may take no more memory from the system (RLIMIT_AS)")
def test_a_run_out_of_memory_names_its_size_and_what_to_try(
    tiny_base: Path, make_run: Callable[..., Path], seen: Seen, tmp_path: Path
) -> None:
    run = make_run(reading_more(tiny_base, tmp_path / "base"), LARGE)
    long = {"prompt": "What does the manual say?", "completion": "Pumps hum. " * CONTEXT}
    (run / TRAIN).write_text("".join(json.dumps(long) + "\n" for _ in range(2)))
    mark = process.start(run)
    wait(lambda: read_rows(run / METRICS))  # the untrained model was measured, in small batches
    freeze(mark.pid)
    limit = psutil.Process(mark.pid).memory_info().vms + ROOM_BYTES
    resource.prlimit(mark.pid, resource.RLIMIT_AS, (limit, limit))
    thaw(mark.pid)
    wait(lambda: not process.alive(mark))
    result = read_result(run)
    assert result is not None, (run / "run.log").read_text()
    seen(f"{result['state']}, exit code {process.exit_code(mark)}: “{result['error']}”")
    assert result["state"] == "failed" and process.exit_code(mark) == 1
    assert "Out of main memory" in result["error"] and "at batch size 2" in result["error"]
    assert "Try a longest example of 4096 tokens" in result["error"]


def reading_more(base: Path, copy: Path) -> Path:
    """The same model with a longer context."""
    shutil.copytree(base, copy)
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps(config | {"max_position_embeddings": CONTEXT}))
    return copy
