"""The embedded PostgreSQL server of a data folder: started by whoever needs it first, shared by all.

`start` is called by every studio process. The server runs under a small watcher (studio.store.watch)
that restarts it when it is killed and stops it when the last user has gone.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

from studio.errors import StudioError
from studio.store import binaries
from studio.store.binaries import ServerUser
from studio.store.lease import exclusive, give_back, hold_until_exit, unused

START_SECONDS = 300  # crash recovery of a large database takes minutes; pg_ctl's 10 s is too short
WATCHER_SECONDS = 5  # by then a watcher holds its lock, or has given up
MOST_LAUNCHES = 3
LONGEST_SOCKET_FOLDER = 80  # a Unix socket's path holds 107 bytes
REPOSITORY = Path(__file__).resolve().parents[2]
SHARED_FOLDER = Path("/var/lib/expert-studio")
SERVER_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "80",
    "shared_buffers": "256MB",
    "maintenance_work_mem": "256MB",
    "work_mem": "16MB",
    "max_wal_size": "2GB",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    # the default takes /dev/shm, which is 64 MB in many containers
    "dynamic_shared_memory_type": "mmap",
    "idle_in_transaction_session_timeout": "600000",
}


@dataclass(frozen=True)
class Server:
    """Where the server of one data folder lies."""

    home: Path
    sockets: Path
    user: ServerUser | None

    @property
    def cluster(self) -> Path:
        return self.home / "cluster"

    def url(self, database: str = "studio", role: str = "postgres") -> str:
        return f"postgresql+psycopg://{role}@/{database}?host={self.sockets}"

    def pid(self) -> int | None:
        """The process id of a living server on this cluster, never of a stranger who got its number."""
        try:
            pid = int((self.cluster / "postmaster.pid").read_text().split("\n")[0])
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            works_in = os.path.realpath(os.readlink(f"/proc/{pid}/cwd"))
        except (OSError, ValueError):
            return None
        return pid if state != "Z" and works_in == os.path.realpath(self.cluster) else None

    def ready(self) -> bool:
        """Whether the server accepts connections, found out by connecting."""
        if self.pid() is None:
            return False
        try:
            psycopg.connect(host=str(self.sockets), user="postgres", dbname="postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def forget_stale_files(self) -> None:
        """Remove a killed server's lock files where its number now belongs to a stranger or a zombie.

        Where the number is free PostgreSQL does this itself, after checking that no session is left over.
        """
        for lock in (self.cluster / "postmaster.pid", *self.sockets.glob(".s.PGSQL.*.lock")):
            try:
                taken = Path("/proc", lock.read_text().split("\n")[0].strip()).exists()
            except FileNotFoundError:
                continue
            if taken:
                lock.unlink(missing_ok=True)

    def command(self, programs: Path) -> list[str]:
        settings = SERVER_SETTINGS | {"unix_socket_directories": str(self.sockets)}
        chosen = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(programs / "postgres"), "-D", str(self.cluster), *chosen]


def start(data: Path, patience_seconds: float = START_SECONDS) -> Server:
    """The running server of this data folder, started if need be; this process now counts as its user.

    Raises StudioError when it does not answer within the time.
    """
    server = locate(data)
    hold_until_exit(server.home / "users")
    with exclusive(server.home / "starting"):
        _bring_up(server, patience_seconds)
    return server


def _bring_up(server: Server, patience_seconds: float) -> None:
    """Return when the server accepts connections; a watcher that is just stopping it is waited for."""
    born, launched, launches = time.monotonic(), float("-inf"), 0
    while not server.ready():
        now = time.monotonic()
        abandoned = server.pid() is None and unused(server.home / "watching")
        if now - born > patience_seconds or (
            abandoned and now - launched > WATCHER_SECONDS and launches == MOST_LAUNCHES
        ):
            raise StudioError(f"PostgreSQL did not start: {_last_words(server)}")
        if abandoned and now - launched > WATCHER_SECONDS:
            _create_cluster(server)
            server.forget_stale_files()
            _start_watcher(server)
            launched, launches = time.monotonic(), launches + 1
        time.sleep(0.02)


def _last_words(server: Server) -> str:
    log = (server.home / "server.log").read_text(errors="replace").strip().splitlines()
    return log[-1] if log else "no reason given"


def stop_using(server: Server) -> None:
    """Give up this process's claim; the watcher stops the server when nobody is left."""
    give_back(server.home / "users")


def locate(data: Path) -> Server:
    """Find or make the server's folder: inside the data folder if the server's account can reach it."""
    user = binaries.server_user()
    data.mkdir(parents=True, exist_ok=True)
    home = data / "postgres"
    with exclusive(data / "postgres.lock"):
        if user and not home.exists() and not binaries.reaches(data, user):
            home.symlink_to(_place_outside(home))
    home = home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    if user:
        home.chmod(0o711)  # the server passes through, it does not look around
    sockets = home / "sockets"
    if len(str(sockets)) > LONGEST_SOCKET_FOLDER:
        mark = hashlib.sha256(str(home).encode()).hexdigest()[:16]
        sockets = Path(tempfile.gettempdir()) / f"expert-studio-{mark}"
    return Server(home, sockets, user)


def _place_outside(home: Path) -> Path:
    """A new folder for a cluster whose data folder is private; abandoned places are cleared."""
    SHARED_FOLDER.mkdir(parents=True, exist_ok=True)
    for place in SHARED_FOLDER.iterdir():
        link = place / "linked-from"
        if link.exists() and not Path(link.read_text()).exists():
            shutil.rmtree(place, ignore_errors=True)
    place = Path(tempfile.mkdtemp(dir=SHARED_FOLDER))
    (place / "linked-from").write_text(str(home))
    return place


def _hand_over(server: Server) -> None:
    """A cluster that root has copied or restored belongs to root; the server's account must read it."""
    if server.user and (server.cluster / "PG_VERSION").stat().st_uid != server.user.uid:
        for path in server.cluster.rglob("*"):
            os.chown(path, server.user.uid, server.user.gid, follow_symlinks=False)


def _create_cluster(server: Server) -> None:
    for folder in (server.cluster, server.sockets):
        folder.mkdir(mode=0o700, exist_ok=True)
        if server.user:
            os.chown(folder, server.user.uid, server.user.gid)
        elif folder.stat().st_uid != os.geteuid():
            raise StudioError(
                f"{folder} belongs to another account. Remove it or choose another --data folder."
            )
        folder.chmod(0o700)
    if (server.cluster / "PG_VERSION").exists():
        _hand_over(server)
        return
    programs = binaries.usable(server.home, server.user)
    switch = server.user.keywords() if server.user else {}
    done = subprocess.run(
        [
            str(programs / "initdb"),
            "-D", str(server.cluster),
            "-U", "postgres",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--auth=trust",  # the socket's folder is 0700: who reaches it is this account
            "--no-instructions",
        ],
        cwd="/", capture_output=True, text=True, check=False, **switch,
    )  # fmt: skip
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise StudioError(f"PostgreSQL could not create its files in {server.cluster}: {reason}")


def _start_watcher(server: Server) -> None:
    """Returns at once: the watcher leaves this process behind."""
    programs = binaries.usable(server.home, server.user)
    who = [str(server.user.uid), str(server.user.gid)] if server.user else ["-", "-"]
    with (server.home / "server.log").open("ab") as log:
        subprocess.run(
            [sys.executable, "-m", "studio.store.watch", str(server.home), *who, *server.command(programs)],
            cwd=REPOSITORY,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            check=True,
        )
