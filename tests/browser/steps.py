"""What a person does in a browser, and what can befall the studio meanwhile. Used by the journeys."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

REPOSITORY = Path(__file__).resolve().parents[2]
SETTLED = """() => {
    const app = document.querySelector('[data-testid="stApp"]');
    return app && app.dataset.testScriptState === 'notRunning'
        && app.dataset.testConnectionState === 'CONNECTED'
        && document.querySelector('[data-testid="stMainBlockContainer"]');
}"""


@dataclass(frozen=True)
class Studio:
    """A running studio with a data folder of its own."""

    url: str
    data: Path
    process: "subprocess.Popen[str]"

    def kill(self, what: str) -> int:
        """kill -9 the process whose command line holds `what` and this data folder; returns its number."""
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if what in line and str(self.data) in line and int(folder.name) != self.process.pid:
                os.kill(int(folder.name), signal.SIGKILL)
                return int(folder.name)
        raise AssertionError(f"no process {what}")

    def kill_database(self) -> int:
        """kill -9 the server's first process, as a host out of memory would."""
        folder = (self.data / "postgres").resolve() / "cluster"
        number = int((folder / "postmaster.pid").read_text().split("\n")[0])
        os.kill(number, signal.SIGKILL)
        return number

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "studio", *arguments, "--data", str(self.data)],
            cwd=REPOSITORY, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip


def go(page: Page, studio: Studio, path: str) -> None:
    """Open a page by its address and wait until it is drawn."""
    page.goto(f"{studio.url}/{path}")
    settle(page)


def settle(page: Page) -> None:
    page.wait_for_function(SETTLED, timeout=60_000)


def eventually(page: Page, text: str, seconds: float = 300) -> None:
    """Wait for a text; pages refresh themselves while work is going on."""
    page.get_by_text(text).first.wait_for(timeout=seconds * 1000)


def wait_for(true: Callable[[], bool], seconds: float = 120) -> None:
    """Wait until `true()` is true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.5)
