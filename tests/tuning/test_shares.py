"""How several processes share a step."""

import os
from pathlib import Path

import pytest

from studio.errors import BadInput
from studio.tuning.forecast import host_of, this_host
from studio.tuning.presets import TrainingSettings
from studio.tuning.shares import most_processes, share_of


def test_a_step_is_shared_by_its_batches_first() -> None:
    share = share_of(TrainingSettings(batch_size=4, accumulation=6), 2)
    assert (share.batch_size, share.accumulation) == (4, 3)


def test_a_step_of_one_batch_is_shared_within_it() -> None:
    share = share_of(TrainingSettings(batch_size=4, accumulation=1), 2)
    assert (share.batch_size, share.accumulation) == (2, 1)


def test_what_cannot_be_shared_evenly_is_said() -> None:
    with pytest.raises(BadInput, match="multiple of 3"):
        share_of(TrainingSettings(batch_size=4, accumulation=2), 3)


@pytest.mark.parametrize(("gpus", "processes"), [(0, 1), (1, 1), (3, 2), (4, 4), (5, 4)])
def test_as_many_gpus_take_part_as_share_evenly(gpus: int, processes: int) -> None:
    assert most_processes(TrainingSettings(batch_size=4, accumulation=4), gpus) == processes


CARDS = ["81559, H100, GPU-1aa", "81559, H100, GPU-1ab", "24564, L4, GPU-2cc"]


@pytest.mark.parametrize(
    ("visible", "name", "gpus"),
    [
        (None, "H100", 2),
        ("1", "H100", 1),
        ("0,1,2", "H100", 2),
        ("0,2", "H100", 1),
        ("2, 0", "L4", 1),
        ("2", "L4", 1),
        ("1,-1,0", "H100", 1),
        ("GPU-2", "L4", 1),
        ("GPU-1aa,GPU-1ab", "H100", 2),
        ("MIG-7f", "H100", 1),
    ],
)
def test_equal_gpus_that_may_be_seen_are_counted(visible: str | None, name: str, gpus: int) -> None:
    host = host_of(CARDS, visible)
    assert host is not None and (host.gpu, host.gpus) == (name, gpus)


@pytest.mark.parametrize("visible", ["", "-1", "7", "none", "GPU-1", "GPU-9", "0,0"])
def test_where_no_gpu_may_be_seen_there_is_none(visible: str) -> None:
    assert host_of(CARDS, visible) is None


@pytest.mark.parametrize(("visible", "gpus"), [("", 0), ("2,3", 2)])
def test_a_host_with_gpus_may_be_kept_on_its_processor(
    visible: str, gpus: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cards = "".join(f"81559, H100, GPU-{n}\n" for n in range(4))
    tool = tmp_path / "nvidia-smi"
    tool.write_text(f"#!/bin/sh\nprintf '{cards}'\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert this_host.__wrapped__().gpus == gpus


@pytest.mark.model
@pytest.mark.parametrize("processes", [2, 3])
def test_all_processes_together_take_what_one_would_take(processes: int) -> None:
    from studio.engine.example_tokens import Row
    from studio.tuning.encoding import Shared, SimilarLengths

    order = SimilarLengths([Row([0] * (n % 7 + 2), 1) for n in range(23)], 6, seed=1)
    size = 6 // processes
    shares = [list(Shared(order, size, (number, processes), silent=23)) for number in range(processes)]
    steps = [
        [one for share in shares for one in share[at : at + size]] for at in range(0, len(shares[0]), size)
    ]
    whole = list(order)
    alone = [whole[at : at + 6] for at in range(0, 23, 6)]
    assert [[index for index in step if index != 23] for step in steps] == alone
