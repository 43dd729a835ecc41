"""What a run over given examples will need on this host: the estimate's inputs, gathered without torch.

Called by `create_run`, the run form and the `estimate` command.
"""

import functools
import json
import os
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psutil
import sqlalchemy as sa

from studio.models.catalogue import ModelFolder
from studio.store.database import Workspace
from studio.store.tables import Example, Run
from studio.tuning.estimate import Estimate, Host, estimate
from studio.tuning.known_shapes import KNOWN_SHAPES
from studio.tuning.presets import TrainingSettings, total_steps
from studio.tuning.shapes import Shape, read_shape

# Without a tokenizer: English has about 4 characters a token, dense text 3; a template adds about 40 tokens.
LETTERS_PER_TOKEN, LETTERS_PER_TOKEN_DENSE, TEMPLATE_TOKENS = 4.0, 3.0, 40
# Tokens a second and core, times parameters: the bundled model of 135 million trains at about 65 a second
# on one core of 2026. Only for a first run on a CPU; later ones are measured.
CORE_SPEED = 65 * 135e6
START_SECONDS = 15.0
CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


@dataclass(frozen=True)
class Workload:
    """How much there is to learn: examples, their tokens in all and in the longest, both estimated."""

    examples: int
    tokens: float
    longest: int


def forecast(
    room: Workspace, model: ModelFolder, version_id: int, training: TrainingSettings
) -> Estimate | None:
    """The estimate for a training set version; None when the model's size is not known yet."""
    texts = (Example.prompt, Example.completion, Example.history, Example.context)
    length = sum((sa.func.length(sa.cast(text, sa.Text)) for text in texts), start=sa.literal(0))
    mine = (Example.workspace_id == room.id, Example.version_id == version_id, Example.split == "train")
    is_text = sa.and_(Example.prompt == "", Example.history == sa.text("'[]'"))
    with room.session() as session:
        found = session.execute(sa.select(length, is_text).where(*mine)).all()
    shape = shape_of(model)
    limit = min(shape.context, training.max_length or shape.context) if shape else training.max_length
    lengths = [piece for row in found for piece in _pieces(row[0], limit, is_text=row[1])]
    return forecast_lengths(room, model, lengths, training)


def _pieces(length: int, limit: int | None, *, is_text: bool) -> list[int]:
    """What does not fit is cut off; of plain text it is learned as further pieces."""
    most = int((limit or length) * LETTERS_PER_TOKEN) or 1
    return [min(most, length - at) for at in range(0, length if is_text else 1, most)]


def forecast_lengths(
    room: Workspace,
    model: ModelFolder,
    lengths: Iterable[int],
    training: TrainingSettings,
    host: Host | None = None,
) -> Estimate | None:
    """The same from the lengths of the examples in characters; `host` None means this machine."""
    shape = shape_of(model)
    if shape is None:
        return None
    work = workload(list(lengths))
    speed = (measured_speed(room, model.id) or assumed_speed(shape)) if host is None else None
    seconds = START_SECONDS + tokens_to_train(work, training) / speed if speed else None
    return estimate(shape, training, work.longest, host or this_host(), seconds)


def shape_of(model: ModelFolder) -> Shape | None:
    """From the model's own config.json, or from the table when it is not downloaded yet."""
    if model.present:
        return read_shape(json.loads((model.path / "config.json").read_text()))
    return KNOWN_SHAPES.get(model.id)


def assumed_speed(shape: Shape) -> float | None:
    """Tokens a second on this machine before anything was trained here; unknown on a GPU."""
    return None if this_host().gpu else CORE_SPEED * (os.cpu_count() or 1) / shape.parameters


def workload(lengths: list[int]) -> Workload:
    """From characters to tokens."""
    tokens = sum(lengths) / LETTERS_PER_TOKEN + TEMPLATE_TOKENS * len(lengths)
    longest = int(max(lengths, default=0) / LETTERS_PER_TOKEN_DENSE) + TEMPLATE_TOKENS
    return Workload(len(lengths), tokens, longest)


def tokens_to_train(work: Workload, training: TrainingSettings) -> float:
    """Tokens that go through training, limits and repetitions counted."""
    seen = total_steps(work.examples, training) * training.batch_size * training.accumulation
    return work.tokens / max(1, work.examples) * seen


def measured_speed(room: Workspace, base_model: str) -> float | None:
    """Tokens a second of the newest run of this base model here, if there was one."""
    speed = Run.result["tokens_per_second"].as_float()
    wanted = sa.select(speed).where(
        Run.workspace_id == room.id, Run.base_model == base_model, Run.state == "succeeded"
    )
    with room.session() as session:
        return session.scalar(wanted.order_by(Run.id.desc()).limit(1))


@functools.cache
def this_host() -> Host:
    """The first GPU if nvidia-smi finds one, else this machine's memory (a container's limit counts)."""
    tool = shutil.which("nvidia-smi")
    if tool:
        query = [tool, "--query-gpu=memory.total,name", "--format=csv,noheader,nounits"]
        found = subprocess.run(query, capture_output=True, text=True, timeout=20, check=False).stdout
        if found.strip():
            mebibytes, name = found.splitlines()[0].split(", ", 1)
            return Host(float(mebibytes) * 2**20, name)
    memory = float(psutil.virtual_memory().total)
    if CGROUP_LIMIT.exists():
        limit = CGROUP_LIMIT.read_text().strip()
        memory = min(memory, float(limit)) if limit.isdecimal() else memory
    return Host(memory)
