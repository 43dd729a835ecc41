"""A link into the studio works as the first request to a fresh web process, inside the frame."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.postgres]


def test_a_deep_link_as_first_request_shows_its_page_inside_the_frame(fresh_site, browser_page, settle):
    browser_page.goto(f"{fresh_site.url}/training_sets")
    settle(browser_page)
    browser_page.get_by_role("heading", level=1, name="Training sets").wait_for()
    browser_page.get_by_role("link", name="Comparisons").wait_for()
    assert browser_page.get_by_role("dialog").count() == 0


def test_nothing_is_fetched_from_another_host(fresh_site, browser_page, settle):
    foreign = []
    browser_page.on(
        "request",
        lambda request: (
            foreign.append(request.url)
            if not request.url.startswith((fresh_site.url, "data:", "blob:", "ws://127.0.0.1"))
            else None
        ),
    )
    browser_page.goto(fresh_site.url)
    settle(browser_page)
    assert foreign == []


def test_a_deep_link_leaves_no_error_in_the_console(fresh_site, browser_page, settle):
    errors = []
    browser_page.on(
        "console", lambda message: errors.append(message.text) if message.type == "error" else None
    )
    browser_page.goto(f"{fresh_site.url}/runs")
    settle(browser_page)
    assert errors == []
