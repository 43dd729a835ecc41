"""What stands between a folder of model files and any loader: its files are looked at, nothing is loaded.

Called by the catalogue, the download and the `models` command. Every fault is one sentence.
"""

import json
import os
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from studio.errors import BadInput

CONFIG, INDEX, TOKENIZER = "config.json", "model.safetensors.index.json", "tokenizer.json"
LARGEST_JSON = 64 * 2**20
# safetensors itself refuses larger ones; a header lists the tensors, a few hundred bytes each
LARGEST_HEADER = 100_000_000
PROGRAMS = (".py", ".pyc", ".so", ".dll", ".dylib", ".sh", ".exe")
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle")

# The layers that get an adapter, which are all linear ones but the head. Other than these architectures
# transformers would need code from the model's author, or nobody tried them here.
SEPARATE = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
LORA_TARGETS = {
    **dict.fromkeys(
        ("llama", "mistral", "qwen2", "qwen3", "smollm3", "olmo2", "gemma2", "gemma3_text"), SEPARATE
    ),
    "phi": ("q_proj", "k_proj", "v_proj", "dense", "fc1", "fc2"),
    "phi3": ("qkv_proj", "o_proj", "gate_up_proj", "down_proj"),
}


def check_model_folder(folder: Path, name: str) -> None:
    """Raise BadInput with one sentence unless transformers can read the folder without foreign code."""
    files = sorted(path for path in folder.rglob("*") if ".cache" not in path.parts)
    _check_inside(folder, name, files)
    config = read_config(folder, name)
    check_config(config, name)
    _check_programs(files, name)
    check_weights([path.name for path in folder.iterdir()], name)
    _check_index(folder, name)
    for path in folder.glob("*.safetensors"):
        _check_header(path, name)
    if not (folder / TOKENIZER).is_file():
        raise BadInput(
            f"{name} has no {TOKENIZER}, so its texts cannot be counted or read; choose another model."
        )


def read_config(folder: Path, name: str) -> dict[str, Any]:
    """The folder's config.json."""
    config = _read(folder / CONFIG)
    if not isinstance(config, dict):
        raise BadInput(f"{name} has no readable {CONFIG}, so it is not a language model.")
    return config


def check_config(config: dict[str, Any], name: str) -> None:
    """Whether a model of this config.json can be trained at all.

    Models of known architectures often name code as well (auto_map, as Phi-3 does): it is not fetched, a
    folder that holds it is refused, and transformers reads the model with its own code.
    """
    architecture = config.get("model_type")
    if not isinstance(architecture, str | None):
        raise BadInput(f"{name} has a {CONFIG} that names no architecture, so it is not a language model.")
    if architecture not in LORA_TARGETS:
        what = (
            "needs its authors' program code (auto_map)" if "auto_map" in config else "cannot be trained here"
        )
        if "vision_config" in config:
            what = "reads pictures, while only text models are trained here"
        raise BadInput(f"{name} is of the architecture {architecture}, which {what}; choose another model.")
    quantised = config.get("quantization_config")
    if quantised:
        kind = quantised.get("quant_method", "unknown") if isinstance(quantised, dict) else "unknown"
        raise BadInput(
            f"{name} is quantised already ({kind}); choose the original, which QLoRA quantises itself."
        )


def check_weights(files: Iterable[str], name: str) -> None:
    """Whether there are weights among these files that hold no code; for a folder and for a hub's list."""
    endings = {Path(file).suffix.lower() for file in files}
    if ".safetensors" in endings:
        return
    if endings & set(PICKLES):
        why = "its pickle files could run program code and are never loaded"
    elif ".gguf" in endings:
        why = "it is a GGUF build, for running only; choose the original"
    elif ".onnx" in endings:
        why = "it is an ONNX build, for running only; choose the original"
    else:
        why = f"there are no weights beside its {CONFIG}"
    raise BadInput(f"{name} has no safetensors weights: {why}.")


def _check_programs(files: list[Path], name: str) -> None:
    for path in files:
        if path.suffix.lower() in PROGRAMS:
            raise BadInput(f"The folder of {name} holds {path.name}, which could run code; remove that file.")


def _check_inside(folder: Path, name: str, files: list[Path]) -> None:
    """A link may not lead out of the folder."""
    inside = folder.resolve()
    for path in files:
        if not path.resolve().is_relative_to(inside):
            raise BadInput(
                f"{path.name} in the folder of {name} is a link that leads out of it; copy the file itself."
            )


def _check_index(folder: Path, name: str) -> None:
    """The index of several weight files may name files of this folder only, and they must be there."""
    if not (folder / INDEX).is_file():
        return
    index = _read(folder / INDEX)
    places = index.get("weight_map") if isinstance(index, dict) else None
    if not isinstance(places, dict) or not places:
        raise BadInput(f"The {INDEX} of {name} cannot be read; fetch the model again.")
    for file in sorted({str(place) for place in places.values()}):
        if Path(file).name != file or not file.endswith(".safetensors"):
            raise BadInput(
                f"The {INDEX} of {name} names {file!r}, which is no safetensors file of its folder."
            )
        if not (folder / file).is_file():
            raise BadInput(f"{name} is not whole: {file} is missing; fetch the model again.")


def _check_header(path: Path, name: str) -> None:
    """The length of the header and the places of the tensors must lie within the file."""
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(8)
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else 0
        if not 2 <= length <= min(size - 8, LARGEST_HEADER):
            raise BadInput(f"{path.name} of {name} is damaged: its header says {length:,} bytes of {size:,}.")
        header = _parse(file.read(length))
    ends = [_end(tensor) for key, tensor in header.items() if key != "__metadata__"] if header else []
    if not ends or max(ends) != size - 8 - length:
        raise BadInput(f"{path.name} of {name} is damaged: it does not hold what its header lists.")


def _end(tensor: Any) -> int:
    """Where a tensor's bytes end; -1 when the header does not say."""
    place = tensor.get("data_offsets") if isinstance(tensor, dict) else None
    whole = isinstance(place, list) and len(place) == 2 and all(isinstance(one, int) for one in place)
    return int(place[1]) if whole and place is not None else -1


def _parse(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _read(path: Path) -> Any:
    """JSON of a reasonable size; None when it is anything else."""
    try:
        if os.stat(path).st_size > LARGEST_JSON:
            return None
        return json.loads(path.read_text())
    except (OSError, ValueError, RecursionError):
        return None
