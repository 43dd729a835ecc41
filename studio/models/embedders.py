"""The embedding models the studio knows, and the folders of such models that the engine may load.

Called by the engine, the library and the commands. A model is named like on the hub and lies in the data
folder's models/ (owner--name), or comes with the studio. Nothing here loads torch.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from studio.errors import BadInput, NotFound
from studio.models.adapter_files import EXECUTABLE
from studio.models.bundled import EMBEDDING_MODEL, embedder_folder, embedder_revision
from studio.models.catalogue import REVISION_FILE, check_model_name
from studio.models.folders import MANIFEST, is_complete, write_manifest
from studio.settings import Settings

MODULES = "modules.json"
PROMPTS = "config_sentence_transformers.json"


@dataclass(frozen=True)
class KnownEmbedder:
    """An embedding model a library may pin; prefixes go before every text that is embedded."""

    id: str
    licence: str
    dimension: int
    languages: str
    tokens: int
    """The longest text it reads."""
    query_prefix: str = ""
    passage_prefix: str = ""
    provider: Literal["engine", "openai", "jina"] = "engine"
    note: str = ""


@dataclass(frozen=True)
class EmbedderFolder:
    """A checked folder of a sentence-transformers model."""

    id: str
    path: Path
    revision: str
    dimension: int
    languages: str
    query_prefix: str
    passage_prefix: str


QWEN_TASK = "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:"
BGE_TASK = "Represent this sentence for searching relevant passages: "
HUNDRED = "about 100 languages"
LEAVES = "Texts leave this machine."
NON_COMMERCIAL = "Its weights are not for commercial use; the service is paid."

EMBEDDERS: tuple[KnownEmbedder, ...] = (
    KnownEmbedder(EMBEDDING_MODEL, "Apache-2.0", 384, "English", 256, note="Comes with the studio."),
    KnownEmbedder("intfloat/multilingual-e5-small", "MIT", 384, HUNDRED, 512, "query: ", "passage: "),
    KnownEmbedder("BAAI/bge-small-en-v1.5", "MIT", 384, "English", 512, BGE_TASK),
    KnownEmbedder("ibm-granite/granite-embedding-small-english-r2", "Apache-2.0", 384, "English", 8192),
    KnownEmbedder("BAAI/bge-m3", "MIT", 1024, HUNDRED, 8192),
    KnownEmbedder("Qwen/Qwen3-Embedding-0.6B", "Apache-2.0", 1024, HUNDRED, 32768, QWEN_TASK),
    KnownEmbedder(
        "text-embedding-3-small", "OpenAI service", 1536, "many", 8192, provider="openai", note=LEAVES
    ),
    KnownEmbedder(
        "text-embedding-3-large", "OpenAI service", 3072, "many", 8192, provider="openai", note=LEAVES
    ),
    KnownEmbedder(
        "jina-embeddings-v3", "CC BY-NC 4.0", 1024, HUNDRED, 8192, provider="jina", note=NON_COMMERCIAL
    ),
    KnownEmbedder(
        "jina-embeddings-v5-text-small",
        "CC BY-NC 4.0",
        1024,
        HUNDRED,
        32768,
        provider="jina",
        note=NON_COMMERCIAL,
    ),
    KnownEmbedder(
        "jina-embeddings-v5-text-nano",
        "CC BY-NC 4.0",
        768,
        HUNDRED,
        8192,
        provider="jina",
        note=NON_COMMERCIAL,
    ),
)


def known_embedder(name: str) -> KnownEmbedder | None:
    """The entry of this name, with or without its owner, however it is capitalised."""
    wanted = name.lower()
    return next((e for e in EMBEDDERS if wanted in (e.id.lower(), e.id.lower().rpartition("/")[2])), None)


def find_embedder(name: str, settings: Settings) -> EmbedderFolder:
    """The folder of a model that is on this machine and holds data only, no code."""
    check_model_name(name, "intfloat/multilingual-e5-small")
    known = known_embedder(name)
    model_id = known.id if known and known.provider == "engine" else name
    folder = embedder_path(model_id, settings)
    if not folder.is_dir():
        raise NotFound(
            f"The embedding model {model_id} is not on this machine; fetch it with "
            f"`python -m studio embedding fetch {model_id}`, or copy its folder to {folder}."
        )
    check_embedder_folder(folder, model_id)
    prompts = _read(folder / PROMPTS).get("prompts") or {}
    passage = next((prompts[key] for key in ("document", "passage", "corpus") if prompts.get(key)), "")
    return EmbedderFolder(
        id=model_id,
        path=folder,
        revision=_revision(folder, model_id),
        dimension=_dimension(folder),
        languages=known.languages if known else "",
        query_prefix=str(prompts.get("query") or (known.query_prefix if known else "")),
        passage_prefix=str(passage or (known.passage_prefix if known else "")),
    )


def embedder_path(model_id: str, settings: Settings) -> Path:
    """Where the model lies or would lie."""
    if model_id == EMBEDDING_MODEL:
        return embedder_folder()
    return settings.data / "models" / model_id.replace("/", "--")


def local_embedders(settings: Settings) -> Iterator[EmbedderFolder]:
    """Every embedding model on this machine; folders that may not be loaded are left out.

    Reads every file of a folder that was copied here by hand, once.
    """
    yield find_embedder(EMBEDDING_MODEL, settings)
    for name in copied_embedders(settings):
        try:
            yield find_embedder(name, settings)
        except (BadInput, NotFound):
            continue


def copied_embedders(settings: Settings) -> dict[str, int]:
    """Name and dimension of the models in the data folder that may be loaded; quick."""
    found = {}
    for marker in sorted((settings.data / "models").glob(f"[!.]*/{MODULES}")):
        name = marker.parent.name.replace("--", "/", 1)
        try:
            check_embedder_folder(marker.parent, name)
            found[name] = _dimension(marker.parent)
        except BadInput:
            continue
    return found


def check_embedder_folder(folder: Path, name: str) -> None:
    """Raise BadInput unless sentence-transformers can read the folder without running code from it."""
    for path in folder.rglob("*"):
        if path.suffix.lower() in EXECUTABLE:
            raise BadInput(
                f"The folder of {name} holds {path.name}, which could run code; only safetensors are loaded. "
                "Remove that file, or choose another model."
            )
        if path.suffix == ".json" and path.name.endswith("config.json") and "auto_map" in _read(path):
            raise BadInput(
                f"{name} needs its authors' program code (auto_map in {path.name}), which the studio does "
                "not run; choose another model."
            )
    kinds = [str(module.get("type", "")) for module in _modules(folder)]
    foreign = [kind for kind in kinds if not kind.startswith("sentence_transformers.")]
    if foreign or not kinds:
        raise BadInput(
            f"{name} is not an embedding model that sentence-transformers reads by itself: its {MODULES} "
            f"names {foreign[0] if foreign else 'no parts'}."
        )
    if not any(folder.rglob("*.safetensors")):
        raise BadInput(f"{name} has no safetensors weights; other formats can hide program code.")


def _modules(folder: Path) -> list[dict[str, Any]]:
    modules = _read(folder / MODULES)
    return [m for m in modules if isinstance(m, dict)] if isinstance(modules, list) else []


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return {}


def _dimension(folder: Path) -> int:
    """Width of the vectors, from the settings of the last part that decides it."""
    width = int(_read(folder / "config.json").get("hidden_size") or 0)
    for module in _modules(folder):
        settings = _read(folder / str(module.get("path", "")) / "config.json")
        width = int(settings.get("out_features") or settings.get("word_embedding_dimension") or width)
    if not width:
        raise BadInput(f"{folder} does not say how long its vectors are; it is not an embedding model.")
    return width


def _revision(folder: Path, model_id: str) -> str:
    """What the hub calls this edition, else a digest of every file of the folder."""
    if model_id == EMBEDDING_MODEL:
        return embedder_revision()
    noted = folder / REVISION_FILE
    if noted.is_file():
        return noted.read_text().strip()
    if not (folder / MANIFEST).is_file():
        write_manifest(folder)
    if not is_complete(folder):
        raise BadInput(f"The files in {folder} have changed; remove its {MANIFEST} if that was meant.")
    return "files " + hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()[:16]
