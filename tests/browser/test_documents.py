"""From five formats dropped at once to an answer, its marked page, and nothing left after deleting it."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.steps import REPOSITORY, Studio, eventually, go, settle, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.postgres, pytest.mark.timeout(900)]
SAMPLES = REPOSITORY / "samples" / "documents"
FIVE = ["handbook.pdf", "warranty-policy.docx", "price-list.xlsx", "faq.html", "service-bulletin-sb-24.md"]
WAXED = "How often is the veil waxed?"


def names(studio: Studio) -> list[str]:
    found = studio.command("search", "--library", "Works", WAXED, "--json")
    return [one["document"] for one in json.loads(found.stdout)["results"]]


def test_five_formats_are_dropped_at_once_and_each_gets_its_receipt(page: Page, studio: Studio) -> None:
    go(page, studio, "library")
    page.locator(".st-key-library_name input").fill("Works")
    page.keyboard.press("Enter")
    settle(page)
    page.locator(".st-key-library_create button").click()
    page.locator(".st-key-library_files input[type=file]").wait_for(state="attached", timeout=120_000)
    files = [SAMPLES / name for name in FIVE]
    page.locator(".st-key-library_files input[type=file]").set_input_files(files)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(2000)
    page.locator(".st-key-library_add button").click()
    eventually(page, "25 pages", 300)
    wait_for(lambda: page.get_by_text("read in").count() == len(FIVE), 150)


def test_an_answer_leads_to_its_marked_page(page: Page, studio: Studio, tmp_path: Path) -> None:
    go(page, studio, "chat")
    page.get_by_placeholder("Ask your expert").fill(WAXED)
    page.keyboard.press("Enter")
    others = page.get_by_text("Also looked at").or_(page.get_by_text("Nearest passages")).first
    others.wait_for(timeout=120_000)
    settle(page)
    link = page.get_by_role("link", name="handbook.pdf").first
    if not link.is_visible():
        others.click()
    link.click()
    page.wait_for_url("**/passage?id=*")
    picture = page.locator("[data-testid=stImage] img").first
    picture.wait_for(timeout=60_000)
    eventually(page, "of 25", 30)
    page.screenshot(path=tmp_path / "source.png")
    marked = """picture => {
        const canvas = document.createElement('canvas');
        canvas.width = picture.naturalWidth; canvas.height = picture.naturalHeight;
        const paper = canvas.getContext('2d'); paper.drawImage(picture, 0, 0);
        const dots = paper.getImageData(0, 0, canvas.width, canvas.height).data;
        let found = 0;
        for (let at = 0; at < dots.length; at += 4)
            if (dots[at] > 230 && dots[at + 1] > 150 && dots[at + 2] < 170) found += 1;
        return found;
    }"""
    assert picture.evaluate(marked) > 1000


def test_the_original_comes_back_unchanged(page: Page, studio: Studio) -> None:
    with page.expect_download() as coming:
        page.get_by_role("link", name="Download the original").click()
    assert coming.value.suggested_filename == "handbook.pdf"
    assert coming.value.path().read_bytes() == (SAMPLES / "handbook.pdf").read_bytes()


def test_a_deleted_document_is_found_no_more(page: Page, studio: Studio) -> None:
    assert "handbook.pdf" in names(studio)
    go(page, studio, "library")
    card = page.locator("[data-testid=stVerticalBlock]", has_text="handbook.pdf").last
    page.get_by_role("button", name="Actions").nth(_place(page)).click()
    page.get_by_text("Delete this document and its original for good").click()
    settle(page)
    page.get_by_role("button", name="Delete document").click()
    card.wait_for(state="detached", timeout=60_000)
    assert "handbook.pdf" not in names(studio)


def _place(page: Page) -> int:
    """Which of the receipts is the handbook's."""
    receipts = page.locator("[class*=st-key-library_actions_]")
    receipts.first.wait_for()
    texts = [receipts.nth(at).locator("xpath=..").inner_text() for at in range(receipts.count())]
    return next(at for at, text in enumerate(texts) if "handbook.pdf" in text)


def test_a_large_file_comes_in_through_the_page_for_them(page: Page, studio: Studio, tmp_path: Path) -> None:
    large = tmp_path / "lamp.md"
    large.write_text("# Lamp oil\n\nThe lamp takes 37 drams of Brindle oil.\n" + "Nothing else. \n" * 20_000)
    go(page, studio, "library")
    page.get_by_role("link", name="Add files larger than 200 MB").click()
    page.locator("#choose").wait_for()
    page.locator("#files").set_input_files(large)
    page.get_by_text("1 document is in the library").wait_for(timeout=120_000)
    page.locator("#done").click()
    settle(page)
    eventually(page, "Lamp oil", 120)
