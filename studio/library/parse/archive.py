"""ZIP archives of documents: checked as a whole, then unpacked one file at a time. Called by adding."""

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from zipfile import ZipFile, ZipInfo

from studio.archives import UNREADABLE, entry_names
from studio.errors import BadInput

_PACKED = (".zip", ".7z", ".rar", ".gz", ".tgz", ".tar", ".bz2", ".xz")
_ENCRYPTED = 0x1  # bit 0 of the flags


def expand(path: Path, name: str) -> Iterator[tuple[str, Path]]:
    """The documents inside: name with folders, and a file that exists until the next one is asked for.

    Refuses the whole archive (BadInput, before the first file) when it would unpack to more than is
    opened, or when an entry is encrypted, a link, an archive itself or would lie outside its folder.
    """
    entry_names(path, name)
    with ZipFile(path) as archive, TemporaryDirectory(prefix="expert-studio-") as folder:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        for entry in entries:
            _check(entry, name)
        wanted = [entry for entry in entries if not _is_clutter(entry)]
        if not wanted:
            raise BadInput(f"{name} has no files in it.")
        for number, entry in enumerate(wanted):
            unpacked = Path(folder) / str(number)
            _unpack(archive, entry, unpacked, name)
            yield entry.filename, unpacked
            unpacked.unlink()


def _check(entry: ZipInfo, name: str) -> None:
    inside = PurePosixPath(entry.filename)
    if inside.is_absolute() or ".." in inside.parts or "\\" in entry.filename or ":" in entry.filename[:3]:
        raise BadInput(
            f"{name} has a file that would lie outside its folder: {entry.filename}. Pack it again."
        )
    if entry.flag_bits & _ENCRYPTED:
        raise BadInput(f"{name} is password-protected. Pack its files without a password and add that.")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise BadInput(f"{name} has a link in it: {entry.filename}. Pack the file it points to instead.")
    if inside.suffix.lower() in _PACKED:
        raise BadInput(f"{name} has an archive in it: {entry.filename}. Unpack it and add its files.")


def _is_clutter(entry: ZipInfo) -> bool:
    """What operating systems put beside the files of a folder."""
    parts = PurePosixPath(entry.filename).parts
    return parts[0] == "__MACOSX" or any(part.startswith(".") for part in parts)


def _unpack(archive: ZipFile, entry: ZipInfo, target: Path, name: str) -> None:
    """Never more than the entry declares: zipfile stops there, and the checksum tells of any difference."""
    try:
        with archive.open(entry) as packed, target.open("wb") as file:
            shutil.copyfileobj(packed, file)
    except (*UNREADABLE, OSError, ValueError) as problem:
        raise BadInput(f"{name} is damaged: {entry.filename} cannot be unpacked. Pack it again.") from problem
