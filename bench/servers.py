"""Web processes to measure: the studio's own, and a bare Streamlit app with the same settings."""

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

REPOSITORY = Path(__file__).resolve().parents[1]
BARE_PAGE = 'import streamlit as st\n\nst.title("Hello")\nst.write("Hello")\n'
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class WebProcess:
    """A running web process; `address` is host:port."""

    address: str
    process: psutil.Process

    def megabytes(self) -> float:
        """Resident memory, its children included."""
        family = [self.process, *self.process.children(recursive=True)]
        return float(sum(one.memory_info().rss for one in family)) / 2**20

    def processor_seconds(self) -> float:
        """Used since its start."""
        used = self.process.cpu_times()
        return float(used.user + used.system)


@contextmanager
def studio_pages(data: Path) -> Iterator[WebProcess]:
    """The studio's pages alone, as `python -m studio up` starts them."""
    port = _free_port()
    command = ["-m", "studio", "web", "--data", str(data), "--port", str(port)]
    with _served(command, REPOSITORY, port, data / "web.log") as running:
        yield running


@contextmanager
def bare_page(folder: Path) -> Iterator[WebProcess]:
    """A page with a title and a word, under `streamlit run` with the studio's config.toml."""
    folder.mkdir(parents=True)
    (folder / "hello.py").write_text(BARE_PAGE)
    shutil.copytree(REPOSITORY / ".streamlit", folder / ".streamlit")
    port = _free_port()
    command = ["-m", "streamlit", "run", "hello.py", "--server.port", str(port)]
    with _served(command, folder, port, folder / "web.log") as running:
        yield running


@contextmanager
def _served(command: list[str], folder: Path, port: int, log: Path) -> Iterator[WebProcess]:
    with log.open("wb") as output:
        process = psutil.Popen(
            [sys.executable, *command],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        _wait_until_healthy(port, process, log)
        yield WebProcess(f"127.0.0.1:{port}", psutil.Process(process.pid))
    finally:
        process.terminate()
        try:
            process.wait(10)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_healthy(port: int, process: psutil.Popen, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.is_running():
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2) as answer:
                if answer.read() == b"ok":
                    return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"The web process did not start: {log.read_text()[-2000:]}")
