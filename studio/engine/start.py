"""Finds the engine of a data folder, or starts one that ends itself when nobody uses it any more.

Called by the client. One engine serves a data folder: it holds `engine.lock` for as long as it lives
and writes its address and key into `engine.json`. Nothing here loads torch.
"""

import atexit
import contextlib
import http.client
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from studio.errors import StudioError
from studio.settings import Settings
from studio.store.lease import hold_until_exit

START_SECONDS = 60.0
LOCK_FILE = "engine.lock"
LEASE_FILE = "engine.lease"
ADDRESS_FILE = "engine.json"

_children: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True)
class Address:
    """Where a model server answers; `url` ends before /v1, `own` means the studio may restart it."""

    url: str
    key: str
    own: bool
    pid: int | None = None


def find_engine(settings: Settings) -> Address:
    """The configured engine, the running one of this data folder, or a fresh one."""
    if settings.engine_url:
        return Address(_without_v1(settings.engine_url), settings.engine_key, own=False)
    hold_until_exit(settings.data / LEASE_FILE)  # the engine leaves when nobody holds it any more
    return running_engine(settings.data) or _start(settings.data)


def running_engine(data: Path) -> Address | None:
    """The engine of this data folder if it answers now; starts nothing."""
    address = read_address(data)
    if address is None:
        return None
    state = health(address)
    return address if state is not None and state.get("pid") == address.pid else None


def read_address(data: Path) -> Address | None:
    """What `engine.json` says, true or not."""
    with contextlib.suppress(FileNotFoundError, ValueError, KeyError, TypeError):
        said = json.loads((data / ADDRESS_FILE).read_text())
        return Address(said["url"], said["token"], own=True, pid=int(said["pid"]))
    return None


def health(address: Address, timeout_seconds: float = 5.0) -> dict[str, Any] | None:
    """The engine's own report (status, running, waiting, pid, …), or None when it does not answer."""
    where = urlsplit(address.url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=timeout_seconds)
    try:
        connection.request("GET", "/health", headers={"Authorization": f"Bearer {address.key}"})
        reply = connection.getresponse()
        return dict(json.loads(reply.read())) if reply.status == 200 else None
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()


def _start(data: Path) -> Address:
    """Start an engine and wait until one answers; if two start at once, the lock lets one of them live."""
    log = data / "logs" / "engine.log"
    child = _spawn(data, log)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        address = running_engine(data)
        if address is not None:
            return address
        if child.poll() not in (None, 0):
            raise StudioError(f"The engine could not start; its last words are in {log}.")
        time.sleep(0.1)
    raise StudioError(
        f"The engine of {data} does not answer; end its process and try again. Its log is {log}."
    )


def _spawn(data: Path, log: Path) -> subprocess.Popen[bytes]:
    """A child in its own session, so that closing the terminal or the studio does not cut answers short."""
    log.parent.mkdir(parents=True, exist_ok=True)
    root = Path(__file__).resolve().parents[2]
    with log.open("ab") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", "studio.engine.server", str(data)],
            cwd=root,
            env={"CUDA_DEVICE_ORDER": "PCI_BUS_ID", **os.environ, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    # kept, so that a dead engine is reaped by the next poll instead of staying a zombie
    _children[:] = [c for c in _children if c.poll() is None] + [child]
    return child


@atexit.register
def _let_go() -> None:
    """Leave the children to themselves: they end when nobody holds a lease."""
    for child in _children:
        child.returncode = child.poll() or 0


def _without_v1(url: str) -> str:
    return url.rstrip("/").removesuffix("/v1")
