"""Another embedding model in the browser: chosen, built beside, compared, switched to, or dropped."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page

from studio.models.bundled import EMBEDDING_MODEL, embedder_folder
from tests.browser.steps import REPOSITORY, Studio, eventually, go, pick, settle

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.postgres, pytest.mark.timeout(600)]
FILES = [REPOSITORY / "samples" / "documents" / name for name in ("warranty-policy.docx", "faq.html")]
TWIN = "team/minilm-copy"


@pytest.fixture(scope="module", autouse=True)
def library(studio: Studio) -> None:
    """A library with passages, and a second model on this machine: the bundled one under another name."""
    shutil.copytree(embedder_folder(), studio.data / "models" / TWIN.replace("/", "--"))
    done = studio.command("ingest", "--library", "Works", *map(str, FILES))
    assert done.returncode == 0, done.stderr


def open_models(page: Page, studio: Studio) -> None:
    go(page, studio, "library")
    box = page.locator(".st-key-library_model_box")
    if not box.get_by_role("button", name="Try this model").is_visible():
        box.get_by_text("Embedding model", exact=True).first.click()
        settle(page)


def test_the_new_model_is_built_beside_and_compared(page: Page, studio: Studio, tmp_path: Path) -> None:
    open_models(page, studio)
    pick(page, "library_next_model", TWIN)
    page.locator(".st-key-library_try_model button").click()
    page.locator(".st-key-library_switch button").wait_for(timeout=120_000)
    settle(page)
    rows = page.locator(".st-key-library_model_box table")
    assert TWIN in rows.inner_text() and "nDCG@10" in rows.inner_text()
    page.screenshot(path=tmp_path / "compared.png", full_page=True)


def test_the_library_switches_to_it_and_still_finds(page: Page, studio: Studio) -> None:
    page.locator(".st-key-library_switch button").click()
    page.locator(".st-key-library_try_model button").wait_for(timeout=120_000)
    settle(page)
    assert TWIN in page.locator(".st-key-library_model_box").inner_text()
    page.locator(".st-key-library_question input").fill("How long is the warranty?")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="1. ").first.wait_for(timeout=60_000)


def test_a_model_that_is_built_beside_can_be_dropped(page: Page, studio: Studio) -> None:
    open_models(page, studio)
    pick(page, "library_next_model", EMBEDDING_MODEL)
    page.locator(".st-key-library_try_model button").click()
    page.locator(".st-key-library_switch_drop button").wait_for(timeout=120_000)
    page.locator(".st-key-library_switch_drop button").click()
    page.locator(".st-key-library_try_model button").wait_for(timeout=60_000)
    eventually(page, TWIN, 30)
    assert TWIN in page.locator(".st-key-library_model_box").inner_text()
