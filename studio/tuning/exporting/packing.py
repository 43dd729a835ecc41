"""A finished export as one ZIP, packed while it is sent, so that gigabytes need no second place on disk."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED, ZipFile, ZipInfo

CHUNK_BYTES = 1 << 20
ZIP64_FROM = 1 << 31


class _Outlet(io.RawIOBase):
    """Keeps what the ZIP writer writes until it is taken; cannot seek, as a socket cannot."""

    def __init__(self) -> None:
        self._kept = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self._kept += content
        return len(content)

    def take(self) -> bytes:
        taken, self._kept = bytes(self._kept), bytearray()
        return taken


def zipped(folder: Path, inside: str) -> Iterator[bytes]:
    """The files of `folder` under the name `inside`, uncompressed: weights would not get smaller."""
    outlet = _Outlet()
    with ZipFile(outlet, "w", ZIP_STORED) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = ZipInfo(f"{inside}/{path.relative_to(folder)}")
            entry.external_attr = 0o644 << 16
            large = path.stat().st_size > ZIP64_FROM
            with archive.open(entry, "w", force_zip64=large) as target, path.open("rb") as source:
                while chunk := source.read(CHUNK_BYTES):
                    target.write(chunk)
                    yield outlet.take()
    yield outlet.take()
