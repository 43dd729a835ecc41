"""The embedded server survives what happens to servers on real hosts."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from studio.settings import Settings
from studio.store import embedded
from studio.store.database import open_database
from studio.store.embedded import Server

pytestmark = pytest.mark.postgres
REPOSITORY = Path(__file__).resolve().parents[2]
USER = """
import sys, time
from pathlib import Path
from studio.store import embedded
server = embedded.start(Path(sys.argv[1]))
print(server.pid(), flush=True)
time.sleep(float(sys.argv[2]))
"""


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "data"
    embedded.stop_using(embedded.locate(tmp_path / "data"))


def start_user(data: Path, seconds: float = 0) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", USER, str(data), str(seconds)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
    )


def one(server: Server) -> int:
    with psycopg.connect(server.url("postgres").replace("+psycopg", "")) as connection:
        return connection.execute("SELECT 1").fetchone()[0]


def until(true: Callable[[], bool], seconds: float = 15) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.1)
    return true()


def test_several_processes_share_one_server(data: Path) -> None:
    users = [start_user(data) for _ in range(4)]
    assert len({user.communicate(timeout=60)[0] for user in users}) == 1


def test_the_server_stops_when_its_last_user_was_killed(data: Path) -> None:
    user = start_user(data, 60)
    assert user.stdout is not None
    user.stdout.readline()
    server = embedded.locate(data)
    user.kill()
    user.communicate()
    assert until(lambda: server.pid() is None)


def test_a_killed_server_comes_back_with_what_was_committed(data: Path) -> None:
    server = embedded.start(data)
    url = server.url("postgres").replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept (number int)")
        connection.execute("INSERT INTO kept VALUES (7)")
    pid = server.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    embedded.start(data)
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)
    assert server.pid() != pid


def test_an_open_database_notices_that_its_server_was_another_one(data: Path) -> None:
    database = open_database(Settings.load(data))
    room = database.workspace("kept")
    pid = embedded.locate(data).pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert until(lambda: embedded.locate(data).pid() not in (None, pid))
    assert database.workspace("kept") == room
    database.close()


def test_a_stranger_with_the_old_number_is_left_alone(data: Path) -> None:
    server = embedded.start(data)
    embedded.stop_using(server)
    assert until(lambda: server.pid() is None)
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        lines = f"{stranger.pid}\n{server.cluster}\n1790000000\n5432\n{server.sockets}\n\n1 1\nready   \n"
        (server.cluster / "postmaster.pid").write_text(lines)
        assert one(embedded.start(data)) == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_private_parents_stay_private(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    data = tmp_path / "inside"
    assert one(embedded.start(data)) == 1
    assert tmp_path.stat().st_mode & 0o777 == 0o700
    embedded.stop_using(embedded.locate(data))


def test_a_long_path_does_not_break_the_socket(tmp_path: Path) -> None:
    data = tmp_path / ("long" * 20) / ("path" * 10)
    assert one(embedded.start(data)) == 1
    embedded.stop_using(embedded.locate(data))


@pytest.fixture
def open_place() -> Iterator[Path]:
    """A folder that every account can reach, as none of pytest's is."""
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        yield Path(place)


def test_a_copy_made_by_root_is_started_like_the_original(data: Path, open_place: Path) -> None:
    server = embedded.start(data)
    with psycopg.connect(server.url("postgres").replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS number")
    embedded.stop_using(server)
    assert until(lambda: server.pid() is None)
    copy = open_place / "copy"
    shutil.copytree(server.home, copy / "postgres", ignore=shutil.ignore_patterns("sockets", "users*"))
    again = embedded.start(copy)
    with psycopg.connect(again.url("postgres").replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (42,)
    embedded.stop_using(again)
