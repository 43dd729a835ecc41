"""A look at a ZIP-based file (.docx, .xlsx, .zip) before anything is unpacked."""

import struct
import zipfile
import zlib
from pathlib import Path

from studio.errors import BadInput

# what reading a damaged or unusual archive raises
UNREADABLE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, UnicodeDecodeError, RuntimeError)
_MOST_BYTES = 200_000_000
_MOST_ENTRIES = 2_000
_SUSPICIOUS_RATIO = 100  # a real office file unpacks to about ten times its size
_SMALL_BYTES = 10_000_000  # below this a high ratio does no harm


def entry_names(path: Path, name: str) -> set[str]:
    """The files inside; refuses a damaged archive and one that would unpack to too much."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (*UNREADABLE, OSError, ValueError):
        raise BadInput(
            f"{name} is damaged: it cannot be unpacked. Save it again and add the new file."
        ) from None
    unpacked = sum(entry.file_size for entry in entries)
    ratio = unpacked / max(1, path.stat().st_size)
    bomb = ratio > _SUSPICIOUS_RATIO and unpacked > _SMALL_BYTES
    if unpacked > _MOST_BYTES or len(entries) > _MOST_ENTRIES or bomb:
        raise BadInput(
            f"{name} would unpack to {unpacked / 1e6:,.0f} MB in {len(entries):,} parts, "
            f"{ratio:,.0f} times its size. That is more than is opened; split or re-save the file."
        )
    return {entry.filename for entry in entries}
