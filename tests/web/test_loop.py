"""The loop in a browser: an answer rated down and corrected, reviewed by keyboard, in a new version."""

import pytest

from studio.training_sets.versions import examples, list_versions
from tests.browser.steps import pick, strike
from tests.web.furnished import furnish

pytestmark = [pytest.mark.browser, pytest.mark.postgres]


def test_a_corrected_answer_becomes_an_example_of_the_next_version(fresh_site, browser_page, settle, room):
    made, page = furnish(room), browser_page
    page.goto(f"{fresh_site.url}/chat?conversation={made.conversation}")
    page.get_by_role("radio", name="Thumbs down").wait_for()
    settle(page)
    page.get_by_role("radio", name="Thumbs down").click()
    page.get_by_role("button", name="What is wrong").click()
    page.get_by_text("It is wrong").click()
    settle(page)
    page.get_by_role("textbox", name="A better answer (optional)").fill("At 3 bar since May.")
    page.get_by_role("button", name="Send to review").click()
    page.get_by_text("It waits in Review").wait_for()

    page.goto(f"{fresh_site.url}/review")
    page.get_by_text("The valve opens at 4 bar.").first.wait_for()
    settle(page)
    strike(page, "a", page.get_by_text("1 accepted example in no training set yet"))
    page.get_by_role("button", name="Make a training set of the accepted example").wait_for()
    settle(page)
    pick(page, "review_into", "Parts")
    page.get_by_role("button", name="Save them as its next version").click()
    page.get_by_role("heading", name="Parts · version 2").wait_for()
    page.get_by_role("button", name="Train it as run").wait_for()
    added = [one for one in examples(room, list_versions(room)[0].id) if one.origin == "conversation"]
    assert [one.completion for one in added] == ["At 3 bar since May."]
