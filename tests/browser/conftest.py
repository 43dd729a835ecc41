"""The whole studio, started the way people start it, and a real Chromium looking at it."""

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.browser.steps import REPOSITORY, Studio, end_training

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    data = tmp_path_factory.mktemp("studio")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "studio", "up", "--port", str(port), "--data", str(data)],
        cwd=REPOSITORY, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert "ready" in line, line
        yield Studio(f"http://127.0.0.1:{port}", data, process)
    finally:
        process.terminate()
        process.communicate(timeout=60)
        end_training(data)


@pytest.fixture(scope="module")
def page(studio: Studio) -> Iterator[Page]:
    """One tab for a whole journey. Requests to anywhere else are an error."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert chromium, "Chromium is missing; `make test` installs it"
    elsewhere: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        context = browser.new_context(viewport={"width": 1440, "height": 1000})
        context.set_default_timeout(30_000)
        tab = context.new_page()
        tab.on("request", lambda request: _note(request.url, studio.url, elsewhere))
        yield tab
        browser.close()
    assert elsewhere == []


def _note(url: str, home: str, elsewhere: list[str]) -> None:
    if not url.startswith((home, home.replace("http", "ws"), "data:", "blob:")):
        elsewhere.append(url)
