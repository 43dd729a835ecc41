"""The web process answers with safe headers and refuses foreign hosts; it never loads torch."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from studio.web.headers import SecurityHeaders

ROOT = Path(__file__).resolve().parents[2]
CONFIG = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())


@pytest.fixture
def answer():
    app = Starlette(routes=[Route("/", lambda request: PlainTextResponse("hello"))])
    return TestClient(SecurityHeaders(app)).get("/")


def test_pages_cannot_be_framed(answer):
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-frame-options"] == "DENY"


def test_pages_load_nothing_from_other_hosts(answer):
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "unsafe-eval" not in answer.headers["content-security-policy"]


def test_browsers_do_not_guess_types(answer):
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_foreign_host_names_are_refused():
    assert set(CONFIG["server"]["allowedHosts"]) == {"127.0.0.1", "localhost", "::1"}


def test_error_details_and_telemetry_are_off():
    assert CONFIG["client"]["showErrorDetails"] == "none"
    assert CONFIG["browser"]["gatherUsageStats"] is False


def test_reruns_are_not_followed_by_a_full_collection():
    assert CONFIG["runner"]["postScriptGC"] is False


def test_both_themes_are_complete():
    assert set(CONFIG["theme"]["light"]) == set(CONFIG["theme"]["dark"])


def test_the_web_process_never_loads_torch():
    code = "import sys, studio.web.launch, studio.web.frame; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
