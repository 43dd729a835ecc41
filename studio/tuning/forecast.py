"""What a run over given examples will need on this host: the estimate's inputs, gathered without torch.

Called by `create_run`, the run form and the `estimate` command.
"""

import functools
import itertools
import os
import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
import sqlalchemy as sa

from studio.models.catalogue import ModelFolder
from studio.models.checking import CONFIG, read_config
from studio.store.database import Workspace
from studio.store.tables import Run
from studio.tuning.built_shape import built_shape
from studio.tuning.estimate import Estimate, Host, estimate
from studio.tuning.gpus import reckoned_speed, reckoning
from studio.tuning.known_shapes import KNOWN_SHAPES
from studio.tuning.lengths import Lengths, LengthsSeen, lengths_of_version, lengths_seen
from studio.tuning.presets import TrainingSettings, total_steps
from studio.tuning.shapes import FAMILIES, Shape, read_shape
from studio.tuning.shares import most_processes

# Tokens a second and core, times parameters: the bundled model of 135 million trains at about 65 a second
# on one core of 2026. Only for a first run on a CPU; later ones are measured.
CORE_SPEED = 65 * 135e6
START_SECONDS = 15.0
RUNS_LOOKED_AT = 5
AS_FAST = "The time is for a host with nothing else to do, as fast as the fastest of the last runs here."
DENSER = 4 / 3  # figures and rare words have about 3 bytes a token instead of 4
CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


@dataclass(frozen=True)
class Workload:
    """How much there is to learn: rows, their tokens in all and in the longest, as the limit leaves them."""

    rows: int
    tokens: float
    longest: int


def lengths(room: Workspace, model: ModelFolder, version_id: int, max_length: int) -> LengthsSeen:
    """How long the examples of a version are, and how many would be cut; `max_length` 0: all it can read."""
    return lengths_seen(lengths_of_version(room, model, version_id), limit_of(model, max_length))


def forecast(
    room: Workspace, model: ModelFolder, version_id: int, training: TrainingSettings
) -> Estimate | None:
    """The estimate for a training set version; None when the model's size is not known yet."""
    return forecast_lengths(room, model, lengths_of_version(room, model, version_id), training)


def forecast_lengths(
    room: Workspace, model: ModelFolder, found: Lengths, training: TrainingSettings, host: Host | None = None
) -> Estimate | None:
    """The same from the lengths of the examples; `host` None means this machine."""
    shape = shape_of(model)
    if shape is None:
        return None
    work = workload(found, limit_of(model, training.max_length))
    known = measured_speed(room, model.id) if host is None else None
    place = host or this_host()
    speed = known or assumed_speed(shape, training, place)
    seconds = START_SECONDS + tokens_to_train(work, training) / speed if speed else None
    expected = estimate(shape, training, work.longest, place, seconds)
    if not expected.seconds:
        return expected
    if known:
        return replace(expected, reckoning=AS_FAST)
    return replace(expected, reckoning=reckoning(place.gpu)) if place.gpu else expected


def limit_of(model: ModelFolder, max_length: int) -> int | None:
    """The most tokens of an example: the run's own limit or the model's context, if one is known."""
    shape = shape_of(model)
    limits = [max_length or 0, shape.context if shape else 0]
    return min((limit for limit in limits if limit), default=None)


def shape_of(model: ModelFolder) -> Shape | None:
    """From the model's own config.json, whole or not, or from the table when nothing is downloaded yet."""
    file = model.path / CONFIG
    if not file.is_file():
        return KNOWN_SHAPES.get(model.id)
    return _shape_in(file, file.stat().st_mtime_ns)


@functools.lru_cache(maxsize=32)
def _shape_in(file: Path, changed: int) -> Shape:
    config = read_config(file.parent, file.parent.name)
    return read_shape(config) if config.get("model_type") in FAMILIES else built_shape(config)


def assumed_speed(shape: Shape, training: TrainingSettings, host: Host) -> float | None:
    """Tokens a second before anything was trained there; None on a GPU that nothing is known of."""
    if host.gpu is None:
        return CORE_SPEED * (os.cpu_count() or 1) / shape.parameters
    one = reckoned_speed(host.gpu, shape, recompute=training.recompute)
    return one and one * most_processes(training, host.gpus)


def workload(found: Lengths, limit: int | None) -> Workload:
    """What is learned of examples of these lengths; without a tokenizer the longest counts a third more."""
    pieces = [tokens for one in found.counted for tokens in one.pieces(limit)]
    longest = max(pieces, default=0)
    if not found.by_tokenizer:
        longest = min(int(longest * DENSER), limit or longest * 2)
    return Workload(round(len(pieces) * found.each), sum(pieces) * found.each, longest)


def tokens_to_train(work: Workload, training: TrainingSettings) -> float:
    """Tokens that go through training, repetitions counted."""
    rows = max(1, round(work.rows * training.share))
    seen = total_steps(rows, training) * training.batch_size * training.accumulation
    return work.tokens / max(1, work.rows) * seen


def measured_speed(room: Workspace, base_model: str) -> float | None:
    """Tokens a second of the fastest of the newest LoRA runs of this base model here, if there were any.

    Whatever else a host does makes a run slower and never faster, so the fastest tells most of the host.
    """
    speed = Run.result["tokens_per_second"].as_float()
    newest = (
        sa.select(speed.label("speed"))
        .where(
            Run.workspace_id == room.id,
            Run.base_model == base_model,
            Run.method == "lora",
            Run.state == "succeeded",
        )
        .order_by(Run.id.desc())
        .limit(RUNS_LOOKED_AT)
        .subquery()
    )
    with room.session() as session:
        fastest: float | None = session.scalar(sa.select(sa.func.max(newest.c.speed)))
        return fastest


@functools.cache
def this_host() -> Host:
    """The GPUs that may be seen if nvidia-smi finds any, else this machine's memory (a container's limit
    counts)."""
    found = host_of(_cards(), os.environ.get("CUDA_VISIBLE_DEVICES"))
    if found:
        return found
    memory = float(psutil.virtual_memory().total)
    if CGROUP_LIMIT.exists():
        limit = CGROUP_LIMIT.read_text().strip()
        memory = min(memory, float(limit)) if limit.isdecimal() else memory
    return Host(memory)


def _cards() -> list[str]:
    tool = shutil.which("nvidia-smi")
    if not tool:
        return []
    query = [tool, "--query-gpu=memory.total,name,uuid", "--format=csv,noheader,nounits"]
    found = subprocess.run(query, capture_output=True, text=True, timeout=20, check=False)
    return found.stdout.splitlines() if found.returncode == 0 else []


def host_of(cards: list[str], visible: str | None) -> Host | None:
    """From lines such as "81559, NVIDIA H100, GPU-8932f937"; None where no card may be seen.

    `visible` is as in CUDA_VISIBLE_DEVICES, None without it. A run takes the first that are equal.
    """
    kinds = [card.rpartition(", ")[0] for card in _seen(cards, visible)]
    if not kinds:
        return None
    mebibytes, name = kinds[0].split(", ", 1)
    equal = len(list(itertools.takewhile(lambda kind: kind == kinds[0], kinds)))
    return Host(float(mebibytes) * 2**20, name, equal)


def _seen(cards: list[str], visible: str | None) -> list[str]:
    """As CUDA shows them: in the order named, up to the first name of no card; none if one is named twice."""
    if visible is None:
        return cards
    if visible.startswith("MIG-"):  # a part of a card, of which a process can see one
        return cards[:1]
    found = [_named(cards, name.strip()) for name in visible.split(",")]
    seen = [card for card in itertools.takewhile(lambda card: card is not None, found) if card]
    return seen if len(set(seen)) == len(seen) else []


def _named(cards: list[str], name: str) -> str | None:
    """By its number, or by as much of its UUID as no other card shares."""
    if name.isdecimal():
        return cards[int(name)] if int(name) < len(cards) else None
    alike = [card for card in cards if name.startswith("GPU-") and f", {name}" in card]
    return alike[0] if len(alike) == 1 else None
