"""What a document is called, for people and to recognise a newer version of a file. Called by adding.

Never a path on disk: originals are stored under the hash of their content.
"""

import hashlib
import unicodedata
from collections.abc import Container
from pathlib import PurePosixPath

from studio.errors import BadInput

LONGEST = 200
_LONGEST_SUFFIX = 12


def display_name(name: str) -> str:
    """One spelling of accents, nothing invisible, no steps out of a folder."""
    visible = "".join(letter for letter in unicodedata.normalize("NFC", name) if letter.isprintable())
    parts = [part.strip() for part in visible.split("/")]
    kept = "/".join(part for part in parts if part not in ("", ".", ".."))
    if not kept:
        raise BadInput("A file without a name cannot be added.")
    return kept if len(kept) <= LONGEST else _shortened(kept)


def free_name(name: str, taken: Container[str]) -> str:
    """`a.txt`, or `a (2).txt` where another file of the same upload is called that."""
    suffix = PurePosixPath(name).suffix
    stem, number, free = name.removesuffix(suffix), 2, name
    while free in taken:
        free, number = f"{stem} ({number}){suffix}", number + 1
    return free


def storable(text: str) -> str:
    """Without what PostgreSQL refuses: NUL and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode()


def _shortened(name: str) -> str:
    """Long names stay different from each other: a hash stands for what is left out."""
    suffix = PurePosixPath(name).suffix[:_LONGEST_SUFFIX]
    ending = f"…{hashlib.sha256(name.encode()).hexdigest()[:8]}{suffix}"
    return name[: LONGEST - len(ending)] + ending
