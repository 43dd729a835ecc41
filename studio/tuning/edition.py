"""Which edition of the code and of its libraries trains: noted by the training process when it starts."""

import hashlib
import platform
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parents[1]
LIBRARIES = ("torch", "transformers", "peft", "accelerate", "bitsandbytes", "tokenizers", "safetensors")


def edition() -> dict[str, Any]:
    """`sources_sha256` tells editions apart that no commit names."""
    return {
        "commit": commit(PACKAGE.parent),
        "sources_sha256": sources_sha256(),
        "python": platform.python_version(),
        "libraries": {name: found for name in LIBRARIES if (found := _version(name))},
        "host": platform.node(),
    }


def commit(checkout: Path) -> str | None:
    """The commit a git checkout stands at, without running git; None where it is no checkout."""
    head = _read(checkout / ".git" / "HEAD")
    if head is None or not head.startswith("ref: "):
        return head
    branch = head.removeprefix("ref: ")
    packed = _read(checkout / ".git" / "packed-refs") or ""
    named = (line[:40] for line in packed.splitlines() if line.endswith(f" {branch}"))
    return _read(checkout / ".git" / branch) or next(named, None)


@lru_cache
def sources_sha256() -> str:
    """Of the names and contents of the package's own source files."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        digest.update(f"{path.relative_to(PACKAGE)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _read(path: Path) -> str | None:
    try:
        return path.read_text().strip()
    except OSError:
        return None
