"""What an export's folder says: what to build, and how far it is. Its process needs no database."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from studio.errors import BadInput
from studio.tuning.plan import write_whole

Format = Literal["adapter", "merged", "gguf"]
FORMATS: tuple[Format, ...] = ("adapter", "merged", "gguf")

PLAN = "export.json"
PROGRESS = "progress.json"
CONTENT = "content"
README = "README.md"


@dataclass(frozen=True)
class ExportPlan:
    """`prompts` are conversations to check with, more than are needed; `card` is the README before the check.

    `name` is safe as a file name and on a command line; `system` is what all trained examples began with.
    """

    format: Format
    name: str
    base_model: str
    base_folder: str
    adapter_folder: str
    original_gguf: str | None
    prompts: list[list[dict[str, str]]]
    card: str
    system: str = ""


def known_format(name: str) -> Format:
    """Raises BadInput for any other word."""
    for one in FORMATS:
        if one == name:
            return one
    raise BadInput(f"There is no format {name!r}; choose {', '.join(FORMATS)}.")


def write_plan(folder: Path, plan: ExportPlan) -> None:
    write_whole(folder / PLAN, json.dumps(asdict(plan), indent=1).encode())


def read_plan(folder: Path) -> ExportPlan:
    return ExportPlan(**json.loads((folder / PLAN).read_text()))


def tell(folder: Path, share: float, doing: str) -> None:
    """Say how far it is; the job passes it on."""
    write_whole(folder / PROGRESS, json.dumps({"progress": share, "doing": doing}).encode())


def told(folder: Path) -> dict[str, Any]:
    """What was said last."""
    try:
        return dict(json.loads((folder / PROGRESS).read_text()))
    except FileNotFoundError:
        return {}
