"""What a person in a browser sees of a double click, a killed web process and a database that is away."""

import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, sync_playwright

from studio.store.database import Workspace
from studio.training_sets.examples import Candidate
from studio.training_sets.versions import save_rows
from studio.tuning import process
from studio.tuning.runs import get_run, list_runs
from tests.browser.conftest import FLAGS
from tests.browser.steps import settle
from tests.faults.conftest import Starting
from tests.faults.happenings import (
    REPOSITORY,
    folder_of,
    freeze,
    kill,
    postmaster,
    supervised,
    thaw,
    wait,
    watcher,
)

pytestmark = [pytest.mark.browser, pytest.mark.postgres]
Seen = Callable[[str], None]


@dataclass
class Web:
    """A web process of this workspace that can be killed and started again at the same address."""

    room: Workspace
    port: int
    log: Path
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        place = ["--data", str(self.room.settings.data), "--workspace", self.room.name]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "studio", "web", "--port", str(self.port), *place],
                cwd=REPOSITORY, stdout=log, stderr=log,
            )  # fmt: skip
        wait(self.answers)

    def answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()


@pytest.fixture
def web(room: Workspace, tmp_path: Path) -> Iterator[Web]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = Web(room, port, tmp_path / "web.log")
    made.start()
    yield made
    made.kill()


@pytest.fixture
def browser() -> Iterator[BrowserContext]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert chromium, "Chromium is missing; `make test` installs it"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened.new_context(viewport={"width": 1440, "height": 1000})
        opened.close()


def opened(browser: BrowserContext, address: str) -> Page:
    page = browser.new_page()
    page.goto(address)
    settle(page)
    return page


@pytest.mark.faults("F15", "“Start the run” is clicked twice, in two tabs, and one of them is reloaded")
def test_however_often_it_is_clicked_one_run_is_started(
    room: Workspace, web: Web, browser: BrowserContext, seen: Seen
) -> None:
    rows = [Candidate(n, f"How heavy is press {n}?", f"It weighs {7 * n} kg.") for n in range(40)]
    save_rows(room, "presses", rows)
    first, second = opened(browser, f"{web.url}/runs"), opened(browser, f"{web.url}/runs")
    for page, clicks in ((first, 2), (second, 1)):
        page.get_by_role("button", name="Start the run").click(click_count=clicks)
        page.wait_for_url(re.compile("run="))
        settle(page)
    first.reload()
    settle(first)
    assert re.findall(r"run=\d+", first.url) == re.findall(r"run=\d+", second.url)
    seen(f"{len(list_runs(room))} run; every click leads to its page")
    assert len(list_runs(room)) == 1


@pytest.mark.model
@pytest.mark.faults("F2", "kill -9 of the web process while a run trains")
@pytest.mark.faults("F4", "the database does not come back while a page is open")
def test_pages_come_back_to_a_run_that_went_on(
    room: Workspace, web: Web, browser: BrowserContext, start_run: Starting, seen: Seen
) -> None:
    run_id = start_run(checkpoints=2)
    supervisor = supervised(room, run_id)
    wait(lambda: get_run(room, run_id).step > 0)
    born, page = process.find(folder_of(room, run_id)), opened(browser, f"{web.url}/runs?run={run_id}")
    page.get_by_text("running").first.wait_for()

    web.kill()
    step = get_run(room, run_id).step
    wait(lambda: get_run(room, run_id).step > step)
    web.start()
    page.reload()
    page.get_by_text("running").first.wait_for(timeout=30_000)
    assert process.find(folder_of(room, run_id)) == born
    seen("web killed: the same process trained on, and the page shows its run live after the restart")

    keeper = watcher(room)
    freeze(keeper)
    try:
        kill(postmaster(room))
        began = time.monotonic()
        page.reload()
        page.get_by_text("The database is restarting").wait_for(timeout=60_000)
        took = time.monotonic() - began
    finally:
        thaw(keeper)
    page.get_by_text("running").first.wait_for(timeout=60_000)
    seen(f"database away: “The database is restarting” is shown after {took:.0f} s, and the page comes back")
    born and process.kill(born)
    supervisor.join(60)
