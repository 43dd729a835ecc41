"""One journey through the whole studio, in order: each test goes on where the one before it ended."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.steps import (
    Studio,
    bring_in,
    eventually,
    go,
    pick,
    settle,
    upload,
    wait_for,
    wait_while_it_moves,
)

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.postgres, pytest.mark.timeout(900)]

NOTE = """# Lamp oil for dewclocks

Dewwrights of the night shift fill the reading lamp with Brindle oil only.

## How much

The lamp of the workshop bench takes exactly 37 drams of Brindle oil, filled every ninth evening.
"""
QUESTIONS = """question,reference
How many drams of Brindle oil does the lamp of the workshop bench take?,It takes exactly 37 drams.
Which oil fills the reading lamp?,Brindle oil only.
"""


def press(page: Page, key: str) -> None:
    page.locator(f".st-key-{key} button").first.click()
    page.wait_for_timeout(300)
    settle(page)


def runs(studio: Studio) -> dict[str, dict[str, object]]:
    listed = json.loads(studio.command("runs", "list", "--json").stdout)
    return {run["name"]: run for run in listed}


def trained(studio: Studio, name: str) -> None:
    """A busy machine may take its time; runs that stand still may not."""

    def steps() -> list[tuple[object, object]]:
        return [(run["state"], run["steps"]) for run in runs(studio).values()]

    wait_while_it_moves(steps, lambda: runs(studio)[name]["state"] == "succeeded")


def test_the_sample_comes_in_with_one_click(page: Page, studio: Studio) -> None:
    go(page, studio, "")
    press(page, "start_sample")
    eventually(page, "15 of 15 documents are ready")


def test_one_more_document_is_read_and_found(page: Page, studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "lamp-oil.md").write_text(NOTE)
    go(page, studio, "library")
    upload(page, "library_files", tmp_path / "lamp-oil.md")
    press(page, "library_add")
    eventually(page, "Lamp oil for dewclocks", 60)
    page.locator(".st-key-library_question input").fill("How much Brindle oil does the lamp take?")
    page.keyboard.press("Enter")
    eventually(page, "37 drams", 60)


def test_a_csv_becomes_a_version(page: Page, studio: Studio, tmp_path: Path) -> None:
    rows = "".join(
        f"How do I greet keeper number {n}?,Dew keep you. Keeper {n} is greeted first.\n" for n in range(40)
    )
    (tmp_path / "greetings.csv").write_text("question,answer\n" + rows)
    go(page, studio, "training_sets")
    bring_in(page, tmp_path / "greetings.csv")
    press(page, "training_sets_store")
    page.get_by_role("heading", name="greetings · version 1").wait_for()


def test_the_advice_follows_the_answers(page: Page, studio: Studio) -> None:
    go(page, studio, "advice")
    for key, label in (("advice_needs_sources", "Yes"), ("advice_facts_change", "Every week")):
        page.locator(f".st-key-{key}").get_by_text(label, exact=True).click()
        settle(page)
    eventually(page, "founding rule 4")
    press(page, "advice_keep")


def test_a_run_is_started_and_waits_its_turn(page: Page, studio: Studio) -> None:
    go(page, studio, "runs")
    if not page.locator(".st-key-runs_start button").is_visible():
        page.get_by_text("Start a run").click()
    page.locator(".st-key-runs_name input").fill("Greetings")
    page.keyboard.press("Enter")
    settle(page)
    pick(page, "runs_preset", "Quick look")
    page.get_by_role("button", name="Start the run").click()
    page.get_by_role("heading", name="Greetings").wait_for()


def test_the_curve_of_the_running_run_moves(page: Page, studio: Studio) -> None:
    go(page, studio, "runs?run=1")
    page.locator("[data-testid=stVegaLiteChart] svg").first.wait_for(timeout=300_000)
    curve = page.locator("[data-testid=stVegaLiteChart]").first
    before = curve.screenshot()
    wait_for(lambda: curve.screenshot() != before)


def test_a_killed_web_process_and_a_killed_database_do_not_disturb_it(page: Page, studio: Studio) -> None:
    step = runs(studio)["Dewclock quick look (sample)"]["steps"]
    studio.kill("studio web")
    studio.kill_database()
    wait_for(lambda: runs(studio)["Dewclock quick look (sample)"]["steps"] > step, 180)
    wait_for(studio.answers, 60)
    go(page, studio, "runs?run=1")
    trained(studio, "Dewclock quick look (sample)")
    eventually(page, "succeeded", 60)


def test_the_tab_may_be_closed_until_the_own_run_has_succeeded(page: Page, studio: Studio) -> None:
    go(page, studio, "comparisons?comparison=1")
    page.locator(".st-key-comparisons_stop button").first.wait_for()
    press(page, "comparisons_stop")
    eventually(page, "stopped", 180)
    page.goto("about:blank")
    trained(studio, "Greetings")
    go(page, studio, "runs?run=2")
    eventually(page, "greetings, version 1", 30)


def test_two_runs_stand_side_by_side(page: Page, studio: Studio) -> None:
    go(page, studio, "runs")
    for run in (1, 2):
        page.locator(f".st-key-runs_pick_{run} label").first.click()
        page.wait_for_timeout(300)
        settle(page)
    press(page, "runs_compare_picked")
    page.get_by_role("heading", name="Settings that differ").wait_for()
    assert page.locator("[data-testid=stVegaLiteChart]").count() == 1


def test_an_answer_cites_the_place_it_comes_from(page: Page, studio: Studio) -> None:
    go(page, studio, "chat")
    page.get_by_placeholder("Ask your expert").fill(
        "How many drams of Brindle oil does the lamp of the bench take?"
    )
    page.keyboard.press("Enter")
    link = page.get_by_role("link", name="lamp-oil.md").first
    link.wait_for(timeout=120_000)
    link.click()
    page.wait_for_url("**/passage?id=*")
    eventually(page, "exactly 37 drams", 30)


def test_a_comparison_shows_its_plot_and_every_answer(page: Page, studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "lamp-questions.csv").write_text(QUESTIONS)
    go(page, studio, "comparisons")
    if not page.locator(".st-key-comparisons_start button").is_visible():
        page.get_by_text("Start a comparison").click()
    page.locator(".st-key-comparisons_source").get_by_text("Upload a CSV").click()
    settle(page)
    upload(page, "comparisons_file", tmp_path / "lamp-questions.csv")
    pick(page, "comparisons_adapter", "Greetings")
    press(page, "comparisons_start")
    page.locator("canvas, svg.marks").first.wait_for(timeout=300_000)
    eventually(page, "Question by question", 60)
    for approach in ("Base", "RAG", "Fine-tuned"):
        assert page.get_by_text(approach).count()


def test_the_pages_and_the_command_line_tell_the_same(studio: Studio) -> None:
    found = studio.command("search", "--library", "Dewclock Works (sample)", "Brindle oil", "--json")
    assert json.loads(found.stdout)["results"][0]["document"] == "lamp-oil.md"
    assert studio.command("doctor").returncode == 0
