"""Pages in a workspace of their own, and a browser at a freshly started web process."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from studio.store.database import Database, Workspace
from studio.web import services

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
CHROMIUM_FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
SETTLED = """() => {
    const app = document.querySelector('[data-testid="stApp"]');
    return app && app.dataset.testScriptState === 'notRunning'
        && app.dataset.testConnectionState === 'CONNECTED'
        && document.querySelector('[data-testid="stMainBlockContainer"]');
}"""


@pytest.fixture(scope="session")
def cached_database(database: Database) -> Iterator[None]:
    yield
    services._room.clear()
    services._database.clear()


@pytest.fixture
def open_page(
    room: Workspace, cached_database: None, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., AppTest]:
    """Opens a page file in the test's own workspace, as a visitor who came by the menu."""
    monkeypatch.setenv("STUDIO_DATA", str(room.settings.data))
    monkeypatch.setenv("STUDIO_WORKSPACE", room.name)

    def opened(page: str, **query: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=30)
        app.run()
        app.switch_page(page)
        app.query_params.update(query)
        return app.run()

    return opened


@dataclass(frozen=True)
class Site:
    """A running web process."""

    url: str
    process: subprocess.Popen[bytes]


@pytest.fixture
def fresh_site(room: Workspace, tmp_path: Path) -> Iterator[Site]:
    """A web process that nobody has asked for anything but its health."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    code = (
        "import sys; from studio.settings import Settings; from studio.web.launch import serve; "
        "serve(Settings.load(sys.argv[1], port=int(sys.argv[2])), sys.argv[3])"
    )
    command = [sys.executable, "-c", code, str(room.settings.data), str(port), room.name]
    with (tmp_path / "web.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env=dict(os.environ))
    try:
        _wait_until_healthy(f"http://127.0.0.1:{port}", tmp_path / "web.log")
        yield Site(f"http://127.0.0.1:{port}", process)
    finally:
        process.terminate()
        process.wait(20)


def _wait_until_healthy(url: str, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:  # noqa: S310
                if answer.read() == b"ok":
                    return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"The web process did not start: {log.read_text()}")


@pytest.fixture
def browser_page() -> Iterator:
    """A page of a real Chromium, wide and light."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        yield page
        browser.close()


@pytest.fixture
def settle() -> Callable:
    """Waits until the page has been drawn completely."""
    return lambda page: page.wait_for_function(SETTLED, timeout=60_000)
