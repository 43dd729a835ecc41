"""The files of an adapter: where they lie and the check before any of them is loaded.

Called by the register of adapters and by the engine; data only, no database.
"""

import json
from pathlib import Path
from typing import Any

from studio.errors import BadInput
from studio.models.folders import MANIFEST, what_is_wrong

CONFIG = "adapter_config.json"
WEIGHTS = "adapter_model.safetensors"
EXECUTABLE = (".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".py", ".so")


def read_adapter_config(folder: Path) -> dict[str, Any]:
    """The adapter's own settings, or a sentence when they cannot be read."""
    try:
        config = json.loads((folder / CONFIG).read_text())
    except (OSError, ValueError) as error:
        raise BadInput(f"{folder} has no readable {CONFIG}; it is not an adapter.") from error
    if not isinstance(config, dict):
        raise BadInput(f"{CONFIG} in {folder} is not a JSON object; it is not an adapter.")
    return config


def check_adapter(folder: Path, base_model: str) -> None:
    """Raise BadInput unless this is an unchanged LoRA for `base_model` that holds data only, no code."""
    wrong = what_is_wrong(folder)
    if wrong:
        raise BadInput(f"{wrong} Train the adapter again.")
    listed = set(json.loads((folder / MANIFEST).read_text())["files"])
    for path in folder.rglob("*"):
        if path.suffix.lower() in EXECUTABLE or path.is_symlink():
            raise BadInput(
                f"The adapter holds {path.name}, which could run code; only safetensors are loaded."
            )
        if path.is_file() and path.name != MANIFEST and str(path.relative_to(folder)) not in listed:
            raise BadInput(f"The adapter holds {path.name}, which its manifest does not know.")
    if not (folder / WEIGHTS).is_file():
        raise BadInput(f"The adapter has no {WEIGHTS}; only safetensors are loaded.")
    _check_config(read_adapter_config(folder), base_model)


def _check_config(config: dict[str, Any], base_model: str) -> None:
    if config.get("peft_type") != "LORA":
        raise BadInput(f"The adapter is of type {config.get('peft_type')}; only LoRA adapters are loaded.")
    for key in ("auto_mapping", "megatron_config"):
        if config.get(key):
            raise BadInput(
                f"The adapter's {CONFIG} sets {key}, which names code to import; it is not loaded."
            )
    trained_on = Path(str(config.get("base_model_name_or_path") or "")).name
    if trained_on.lower() != Path(base_model).name.lower():
        raise BadInput(f"The adapter was trained on {trained_on or 'an unnamed model'}, not on {base_model}.")


def adapter_folder(data: Path, adapter_id: int) -> Path:
    """Where an adapter's files lie."""
    return data / "adapters" / str(adapter_id)
