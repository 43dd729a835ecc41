"""From a messy table to two versions that are compared: what a domain lead does with a sheet of her own."""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.steps import Studio, bring_in, choose, eventually, go, settle

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.postgres, pytest.mark.timeout(600)]
PARTS = ("čerpadlo", "ventil", "hriadeľ", "ložisko", "tesnenie", "nádrž", "spojka", "manometer")


def sheet(path: Path) -> Path:
    """Semicolons, Windows-1250, and a header that calls the questions answers and the answers questions."""
    asked = [
        (
            f"Ako často sa kontroluje {PARTS[n % 8]} číslo {n}?",
            f"Každých {n % 9 + 2} mesiacov; {PARTS[n % 8]} číslo {n} sa pritom vyčistí a premaže tukom.",
        )
        for n in range(120)
    ]
    near = [(question.replace("často", "často,"), answer) for question, answer in asked[:12]]
    tagged = [("Aký tlak má nádrž?", "<p>Nádrž má tlak <b>4 bar</b> pri plnom chode.</p>")]
    rows = "".join(f'"{question}";"{answer}";údržba\r\n' for question, answer in asked + near + tagged)
    path.write_bytes(f" Answer ;question;Odd.\r\n{rows}".encode("cp1250"))
    return path


def column(page: Page, label: str) -> Locator:
    """The list in which a column is chosen."""
    box = page.get_by_test_id("stSelectbox").filter(has=page.get_by_text(label, exact=True)).first
    return box.locator("input")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()
    page.wait_for_timeout(300)
    settle(page)


def test_a_messy_sheet_is_read_and_its_letters_are_right(page: Page, studio: Studio, tmp_path: Path) -> None:
    go(page, studio, "training_sets")
    bring_in(page, sheet(tmp_path / "údržba.csv"))
    page.get_by_text("Windows-1250 (Central Europe)").first.wait_for()
    page.get_by_text("semicolon between cells").first.wait_for()
    page.screenshot(path=tmp_path / "brought-in.png", full_page=True)


def test_the_mapping_is_corrected_and_counts_after_one_click(page: Page, tmp_path: Path) -> None:
    page.get_by_text("Correct this").click()
    settle(page)
    choose(page, column(page, "Question"), "Answer")
    eventually(page, "cannot both be")
    choose(page, column(page, "Answer"), "question")
    page.screenshot(path=tmp_path / "corrected.png", full_page=True)
    press(page, "Use this")
    eventually(page, "question from “Answer”, answer from “question”", 60)


def test_what_the_model_learns_is_coloured(page: Page, tmp_path: Path) -> None:
    learned = page.locator(".stMarkdownColoredBackground", has_text="mesiacov").first
    learned.wait_for(timeout=120_000)
    assert "čerpadlo číslo 0 sa pritom vyčistí" in learned.inner_text()
    assert "Ako často" not in learned.inner_text()
    learned.scroll_into_view_if_needed()
    page.screenshot(path=tmp_path / "seen.png")


def test_near_duplicates_are_removed_and_a_version_is_saved(page: Page, tmp_path: Path) -> None:
    page.get_by_text("Keep one of each (12 rows)").click()
    page.wait_for_timeout(300)
    settle(page)
    eventually(page, "12 are left out")
    page.screenshot(path=tmp_path / "findings.png", full_page=True)
    press(page, "Save as a version")
    page.get_by_role("heading", name="údržba · version 1").wait_for(timeout=60_000)
    eventually(page, "held out")


def test_a_remedy_makes_the_next_version_and_both_are_compared(page: Page, tmp_path: Path) -> None:
    eventually(page, "HTML in the text", 90)  # the version is checked again: rows of the table are gone
    press(page, "Take tags out")
    eventually(page, "1 edited")
    press(page, "Save as version 2")
    page.get_by_role("heading", name="údržba · version 2").wait_for(timeout=60_000)
    page.get_by_role("tab", name="Versions").click()
    settle(page)
    gone = page.locator(".stMarkdownColoredBackground", has_text="<b>").first
    gone.wait_for()
    page.screenshot(path=tmp_path / "diff.png", full_page=True)
    assert page.get_by_test_id("stMetricValue").all_inner_texts() == ["1", "0", "0"]


def test_a_version_leaves_as_a_file_and_comes_back_the_same(page: Page, tmp_path: Path) -> None:
    press(page, "Export")
    with page.expect_download() as coming:
        page.get_by_role("link", name="JSONL").click()
    back = tmp_path / "back.jsonl"
    back.write_bytes(coming.value.path().read_bytes())
    content = page.get_by_text("· content").first.inner_text()[-12:]
    page.goto(page.url.split("/training_set")[0] + "/training_sets")
    settle(page)
    bring_in(page, back)
    press(page, "Save as a version")
    page.get_by_role("heading", name="back · version 1").wait_for(timeout=60_000)
    eventually(page, f"content {content}")


def test_a_large_table_comes_in_through_the_page_for_them(page: Page, studio: Studio, tmp_path: Path) -> None:
    go(page, studio, "training_sets")
    page.get_by_role("link", name="Add a table larger than 200 MB").click()
    page.locator("#choose").wait_for()
    page.locator("#files").set_input_files(sheet(tmp_path / "large.csv"))
    page.get_by_text("1 table is being read").wait_for(timeout=60_000)
    page.locator("#done").click()
    page.get_by_role("heading", name="large.csv").wait_for(timeout=60_000)


def test_an_import_waits_for_the_next_visit_and_fits_a_phone(page: Page, studio: Studio) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    go(page, studio, "training_sets")
    eventually(page, "large.csv")
    press(page, "Prepare")
    eventually(page, "Is it good enough?", 60)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    press(page, "Dismiss")
    go(page, studio, "training_sets")
    assert page.get_by_text("large.csv").count() == 0
