"""What a person does in a browser, and what can befall the studio meanwhile. Used by the journeys."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil
from playwright.sync_api import Locator, Page, TimeoutError

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

    def answers(self) -> bool:
        """Whether the pages are served at this moment."""
        where = urlsplit(self.url)
        with socket.socket() as probe:
            return probe.connect_ex((where.hostname, where.port)) == 0

    def kill(self, what: str) -> None:
        """kill -9 the one process of this studio whose command line holds `what`."""
        (number,) = [n for n in numbers_of(what, self.data) if n != self.process.pid]
        os.kill(number, signal.SIGKILL)

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


def numbers_of(what: str, data: Path) -> list[int]:
    """The processes whose command line holds `what` and this data folder."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        line = " ".join(process.info["cmdline"] or ())
        if what in line and str(data) in line:
            found.append(process.pid)
    return found


def end_training(data: Path) -> None:
    """Training outlives the studio by design; a test's must not outlive the test."""
    for number in numbers_of("studio.tuning.recipe", data):
        os.kill(number, signal.SIGKILL)


def go(page: Page, studio: Studio, path: str) -> None:
    """Open a page by its address and wait until it is drawn."""
    page.goto(f"{studio.url}/{path}")
    settle(page)


def settle(page: Page) -> None:
    page.wait_for_function(SETTLED, timeout=60_000)


def upload(page: Page, key: str, file: Path) -> None:
    """Choose a file and wait until the browser has sent it."""
    page.locator(f".st-key-{key} input[type=file]").set_input_files(file)
    page.locator(f".st-key-{key}").get_by_text(file.name).wait_for()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1000)
    settle(page)


def bring_in(page: Page, table: Path) -> None:
    """Upload a table on the page of training sets and wait for what was found in it."""
    page.locator("[class*=st-key-training_sets_file] input[type=file]").set_input_files(table)
    page.get_by_role("button", name="Save as a version").wait_for(timeout=60_000)  # it is drawn last
    settle(page)


def pick(page: Page, key: str, option: str) -> None:
    """Choose in the list of this key."""
    choose(page, page.locator(f".st-key-{key} input").first, option)


def choose(page: Page, box: Locator, option: str) -> None:
    """Open a list and choose; a redraw that closes the list at that moment is answered by a second click."""
    wanted = page.get_by_role("option", name=option).first
    for _ in range(3):
        box.click()
        try:
            wanted.click(timeout=5_000)
        except TimeoutError:
            page.keyboard.press("Escape")
            continue
        page.wait_for_timeout(300)
        settle(page)
        return
    raise AssertionError(f"{option} cannot be chosen")


def strike(page: Page, key: str, outcome: Locator) -> None:
    """Press a shortcut and wait for what it does; one pressed while the page is drawn anew is lost."""
    for _ in range(3):
        page.keyboard.press(key)
        try:
            outcome.wait_for(timeout=10_000)
        except TimeoutError:
            settle(page)
            continue
        return
    raise AssertionError(f"the key {key} does nothing")


def eventually(page: Page, text: str, seconds: float = 300) -> None:
    """Wait for a text; pages refresh themselves while work is going on."""
    page.get_by_text(text).first.wait_for(timeout=seconds * 1000)


def wait_for(true: Callable[[], bool], seconds: float = 120) -> None:
    """Wait until `true()` is true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.5)


def wait_while_it_moves(moves: Callable[[], object], done: Callable[[], bool], seconds: float = 180) -> None:
    """Wait until `done()` however long that takes, as long as `moves()` changes within these seconds."""
    last, end = moves(), time.monotonic() + seconds
    while not done():
        if (now := moves()) != last:
            last, end = now, time.monotonic() + seconds
        assert time.monotonic() < end, f"nothing moved for {seconds} seconds: {last}"
        time.sleep(5)  # asking costs what training could use
