"""Folders of model files with a manifest: size and SHA-256 of every file, written last.

Called by the bundled model, the adapters and the training checkpoints: a folder without a manifest
that fits was never finished.
"""

import hashlib
import json
import os
from pathlib import Path

MANIFEST = "manifest.json"


def write_manifest(folder: Path) -> None:
    """Record every file of a finished folder; the manifest appears whole or not at all."""
    entries = {
        name: {"size": path.stat().st_size, "sha256": file_sha256(path)} for name, path in _files(folder)
    }
    draft = folder / f"{MANIFEST}.part"
    with draft.open("w") as file:
        json.dump({"files": entries}, file, indent=1, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / MANIFEST)


def is_complete(folder: Path) -> bool:
    """Whether every file of the manifest is there with its size; quick, does not read the files."""
    return _mismatch(folder, contents=False) is None


def what_is_wrong(folder: Path) -> str | None:
    """The first file that is missing or changed, as a sentence; reads every byte."""
    return _mismatch(folder, contents=True)


def file_sha256(path: Path) -> str:
    """Hex digest of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _mismatch(folder: Path, *, contents: bool) -> str | None:
    try:
        files = dict(json.loads((folder / MANIFEST).read_text())["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return f"{folder} has no readable {MANIFEST}: it was never finished."
    for name, entry in files.items():
        path = folder / name
        if not path.is_file() or path.stat().st_size != entry["size"]:
            return f"{name} in {folder} is missing or has another size than when it was written."
        if contents and file_sha256(path) != entry["sha256"]:
            return f"{name} in {folder} has changed since it was written."
    return None


def _files(folder: Path) -> list[tuple[str, Path]]:
    found = (p for p in sorted(folder.rglob("*")) if p.is_file())
    return [(str(p.relative_to(folder)), p) for p in found if not p.name.startswith(MANIFEST)]
