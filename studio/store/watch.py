"""Keeps one embedded PostgreSQL server alive while somebody uses it, and stops it afterwards.

Started by studio.store.embedded: `python -m studio.store.watch HOME UID GID COMMAND...` ("-" for no switch).
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from studio.store.binaries import ServerUser
from studio.store.lease import exclusive, unused

LOOK_SECONDS = 0.25
GRACE_SECONDS = 5.0
MOST_RESTARTS = 10


def watch(home: Path, switch: ServerUser | None, command: list[str]) -> None:
    """Run the server; restart it when it was killed; end it when nobody holds HOME/users."""
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with exclusive(home / "watching"):
        server, restarts, born = _run(command, switch), 0, time.monotonic()
        while not stopping:
            time.sleep(LOOK_SECONDS)
            if server.poll() is not None:
                if server.returncode == 0 or restarts == MOST_RESTARTS:
                    return
                # sessions of a killed server need a moment to notice; until then it refuses to start
                time.sleep(LOOK_SECONDS)
                server, restarts = _run(command, switch), restarts + 1
            if time.monotonic() - born > GRACE_SECONDS and _nobody_needs_it(home):
                stopping = True
        server.send_signal(signal.SIGINT)
        server.wait()


def _nobody_needs_it(home: Path) -> bool:
    return unused(home / "starting") and unused(home / "users")


def _run(command: list[str], switch: ServerUser | None) -> "subprocess.Popen[bytes]":
    # PostgreSQL treats SIGINT as "fast shutdown"; a session of its own keeps Ctrl-C of a terminal away
    return subprocess.Popen(
        command,
        cwd="/",
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        **(switch.keywords() if switch else {}),
    )


if __name__ == "__main__":
    folder, uid, gid, *server_command = sys.argv[1:]
    if os.fork():
        os._exit(0)  # who started us goes on, and we are nobody's child
    os.setsid()
    os.umask(0o077)
    account = None if uid == "-" else ServerUser("", int(uid), int(gid))
    watch(Path(folder), account, server_command)
