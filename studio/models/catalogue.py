"""The models the studio knows, as data a person can read, and how one is found by its name.

Called by the pages, the commands and training. A language model that is not listed may still be used by
its hub name if its architecture is one of LORA_TARGETS. A path or an address never reaches a loader.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from studio.errors import BadInput, NotFound
from studio.models.bundled import CHAT_MODEL, bundled_folder, chat_model_revision
from studio.models.checking import LORA_TARGETS, check_model_folder
from studio.models.folders import is_complete
from studio.settings import Settings

HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")
PLAIN_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,95}")
REVISION_FILE = "revision.txt"

LORA_AND_QLORA = ("lora", "qlora")


@dataclass(frozen=True)
class KnownModel:
    """One entry; `methods` is what can be trained, and `why_not` says why nothing can."""

    id: str
    licence: str
    parameters: float
    """In billions."""
    context: int
    """In tokens."""
    methods: tuple[str, ...] = LORA_AND_QLORA
    why_not: str = ""
    note: str = ""
    architecture: str = "llama"

    @property
    def targets(self) -> tuple[str, ...]:
        """The layers that get an adapter; none where nothing can be trained."""
        return LORA_TARGETS[self.architecture] if self.methods else ()


REMOTE_CODE = "needs program code from its authors, which the studio does not run"
VISION = "reads pictures; only text models are trained here"
ONNX = "is an ONNX build for running only; train the original instead"
GGUF = "is a GGUF build for running only; train the original instead"

MODELS: tuple[KnownModel, ...] = (
    KnownModel("smollm2-135m-instruct", "Apache-2.0", 0.135, 8192, note="Comes with the studio; English."),
    KnownModel("microsoft/Phi-3-mini-4k-instruct", "MIT", 3.82, 4096, architecture="phi3"),
    KnownModel("microsoft/Phi-3-mini-128k-instruct", "MIT", 3.82, 131072, architecture="phi3"),
    KnownModel("microsoft/Phi-3-medium-4k-instruct", "MIT", 13.96, 4096, architecture="phi3"),
    KnownModel("microsoft/Phi-3-medium-128k-instruct", "MIT", 13.96, 131072, architecture="phi3"),
    KnownModel("microsoft/Phi-3.5-mini-instruct", "MIT", 3.82, 131072, architecture="phi3"),
    KnownModel("microsoft/Phi-4-mini-instruct", "MIT", 3.84, 131072, architecture="phi3"),
    KnownModel("microsoft/Phi-3-small-8k-instruct", "MIT", 7.39, 8192, (), REMOTE_CODE),
    KnownModel("microsoft/Phi-3-small-128k-instruct", "MIT", 7.39, 131072, (), REMOTE_CODE),
    KnownModel("microsoft/Phi-3-vision-128k-instruct", "MIT", 4.15, 131072, (), VISION),
    KnownModel("microsoft/Phi-3.5-vision-instruct", "MIT", 4.15, 131072, (), VISION),
    KnownModel("microsoft/Phi-3-mini-4k-instruct-onnx", "MIT", 3.82, 4096, (), ONNX),
    KnownModel("microsoft/Phi-3-mini-4k-instruct-gguf", "MIT", 3.82, 4096, (), GGUF),
    KnownModel("HuggingFaceTB/SmolLM2-360M-Instruct", "Apache-2.0", 0.362, 8192, note="English."),
    KnownModel("HuggingFaceTB/SmolLM2-1.7B-Instruct", "Apache-2.0", 1.71, 8192, note="English."),
    KnownModel("HuggingFaceTB/SmolLM3-3B", "Apache-2.0", 3.08, 65536, architecture="smollm3"),
    KnownModel("Qwen/Qwen3-0.6B", "Apache-2.0", 0.6, 40960, architecture="qwen3"),
    KnownModel("Qwen/Qwen3-1.7B", "Apache-2.0", 1.72, 40960, architecture="qwen3"),
    KnownModel("Qwen/Qwen3-4B-Instruct-2507", "Apache-2.0", 4.02, 262144, architecture="qwen3"),
    KnownModel("meta-llama/Llama-3.2-1B-Instruct", "Llama 3.2 licence", 1.24, 131072, note="Ask for access."),
    KnownModel("meta-llama/Llama-3.2-3B-Instruct", "Llama 3.2 licence", 3.21, 131072, note="Ask for access."),
    KnownModel(
        "google/gemma-3-1b-it", "Gemma terms", 1.0, 32768, note="Ask for access.", architecture="gemma3_text"
    ),
)


@dataclass(frozen=True)
class ModelFolder:
    """A usable base model; when not `present`, `fetch_model` must run first."""

    id: str
    path: Path
    revision: str
    present: bool


def find_model(name: str, settings: Settings) -> ModelFolder:
    """Look a model up: in the catalogue, among the downloaded ones, or as owner/name on the hub."""
    check_model_name(name)
    known = known_model(name)
    if known and not known.methods:
        raise BadInput(f"{known.id} cannot be trained here: it {known.why_not}.")
    model_id = known.id if known else name
    if model_id == CHAT_MODEL:
        folder = bundled_folder(settings)
    else:
        folder = settings.data / "models" / model_id.replace("/", "--")
    present = is_complete(folder)
    if present:
        check_model_folder(folder, model_id)
    elif model_id != CHAT_MODEL and "/" not in model_id:
        raise NotFound(f"There is no model {name} here; use {CHAT_MODEL} or a hub name such as owner/name.")
    return ModelFolder(model_id, folder, _revision(folder, model_id), present)


def known_model(model_id: str) -> KnownModel | None:
    """The entry of this name, however it is capitalised."""
    return next((m for m in MODELS if m.id.lower() == model_id.lower()), None)


def check_model_name(name: str, example: str = "microsoft/Phi-4-mini-instruct") -> None:
    """Refuse paths and addresses: they never reach a loader."""
    if "://" in name or name.lower().startswith("www."):
        raise BadInput(f"{name!r} is an address; give the model's name, such as {example}.")
    if name.startswith(("/", ".", "~")) or "\\" in name or ".." in name or name.count("/") > 1:
        raise BadInput(f"{name!r} is a path; give the model's name, such as {example}.")
    if not (HUB_NAME.fullmatch(name) or PLAIN_NAME.fullmatch(name)):
        raise BadInput(f"{name!r} is not the name of a model; names look like {example}.")


def _revision(folder: Path, model_id: str) -> str:
    if model_id == CHAT_MODEL:
        return chat_model_revision()
    noted = folder / REVISION_FILE
    return noted.read_text().strip() if noted.is_file() else ""
