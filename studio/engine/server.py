"""The engine process: one model server per data folder, on loopback, with a key of its own.

Command: `python -m studio engine` (stays) or `python -m studio.engine.server DATA_FOLDER`, which the
client starts and which ends itself when nobody has used the data folder's engine for a while.
"""

import asyncio
import contextlib
import json
import os
import secrets
import socket
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from starlette.applications import Starlette

from studio.engine.api import Api
from studio.engine.embeddings import Embeddings
from studio.engine.generation import Generation
from studio.engine.start import ADDRESS_FILE, LEASE_FILE, LOCK_FILE, read_address
from studio.errors import StudioError
from studio.models.bundled import ensure_bundled
from studio.settings import Settings
from studio.store.lease import try_exclusive, unused

if TYPE_CHECKING:
    from studio.engine.chat_model import ChatModel

IDLE_SECONDS = 60.0


def serve(settings: Settings, port: int = 0, stay: bool = False) -> None:
    """Serve until told to stop, or without `stay` until nobody has held the lease for a minute.

    Port 0 takes a free one. A second engine for the same data folder is refused.
    """
    lock = try_exclusive(settings.data / LOCK_FILE)
    if lock is None:
        raise StudioError(f"Another engine already serves {settings.data}; use that one or stop it first.")
    # OpenMP threads that spin at barriers cost four fifths of the speed when anything else needs a core
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    with lock, socket.create_server(("127.0.0.1", port)) as listener:
        _run(settings, listener, stay)


def _run(settings: Settings, listener: socket.socket, stay: bool) -> None:
    key = secrets.token_urlsafe(32)
    api = Api(settings, Generation(lambda: _load_chat_model(settings)), Embeddings(), key)

    @contextlib.asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        api.start()
        _write_address(settings.data, listener.getsockname()[1], key)
        watch = asyncio.create_task(_leave_when_unused(server, settings.data, key, stay))
        yield
        watch.cancel()
        if _is_ours(settings.data, key):
            (settings.data / ADDRESS_FILE).unlink()
        api.stop()

    config = uvicorn.Config(api.app(life), log_level="warning", access_log=False, timeout_graceful_shutdown=3)
    server = uvicorn.Server(config)
    server.run(sockets=[listener])


def _load_chat_model(settings: Settings) -> "ChatModel":
    # runs on the generation thread, so that /health answers while torch is still loading
    from studio.engine.chat_model import ChatModel

    return ChatModel(ensure_bundled(settings), settings.data / "adapters")


async def _leave_when_unused(server: uvicorn.Server, data: Path, key: str, stay: bool) -> None:
    """End the server when its data folder is gone or belongs to another, or when nobody uses it."""
    idle_seconds = float(os.environ.get("STUDIO_ENGINE_IDLE_SECONDS") or IDLE_SECONDS)
    last_used = time.monotonic()
    while _is_ours(data, key):
        if stay or not unused(data / LEASE_FILE):
            last_used = time.monotonic()
        if time.monotonic() - last_used > idle_seconds:
            break
        await asyncio.sleep(min(1.0, idle_seconds / 4))
    server.should_exit = True


def _write_address(data: Path, port: int, key: str) -> None:
    said = {"url": f"http://127.0.0.1:{port}", "pid": os.getpid(), "started": time.time(), "token": key}
    draft = data / f"{ADDRESS_FILE}.part"
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(said))
    draft.replace(data / ADDRESS_FILE)


def _is_ours(data: Path, key: str) -> bool:
    address = read_address(data)
    return address is not None and address.key == key


if __name__ == "__main__":
    try:
        serve(Settings.load(sys.argv[1]))
    except StudioError as error:
        # not a failure: of two starters one engine lives, and both use that one
        sys.stderr.write(f"{error}\n")
