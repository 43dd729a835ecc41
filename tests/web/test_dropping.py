"""A table dropped on the advice page is what the advice and its pilot are about, in a real browser."""

import pytest

from studio.advice.piloting.pilots import list_pilots
from studio.training_sets import imports
from studio.training_sets.versions import list_versions

pytestmark = [pytest.mark.browser, pytest.mark.postgres]
ROWS = [f"What weighs lamp {n}?,Lamp {n} weighs {n} drams.\n" for n in range(120)]


def received(page, room) -> int:
    """The import that the page has made of the table."""
    for _ in range(150):
        for one in imports.list_open(room):
            return one.id
        page.wait_for_timeout(200)
    raise AssertionError("The table was not received.")


def test_a_dropped_table_is_proven_with_a_pilot(fresh_site, browser_page, settle, room, tmp_path):
    page, table = browser_page, tmp_path / "lamps.csv"
    table.write_text("question,answer\n" + "".join(ROWS))
    page.goto(f"{fresh_site.url}/advice")
    page.get_by_text("Drop your files").wait_for()
    settle(page)
    page.locator("[class*=st-key-advice_table] input[type=file]").set_input_files(table)
    page.get_by_role("button", name="Bring them in").wait_for()
    settle(page)
    page.get_by_role("button", name="Bring them in").click()
    imports.read_now(room, received(page, room))
    page.get_by_role("button", name="Use it as it is").click()
    page.get_by_text("Your examples", exact=True).wait_for()
    settle(page)
    page.get_by_role("button", name="Prove it with a pilot").click()
    page.get_by_text("A pilot is under way").wait_for()
    assert [one.version_id for one in list_pilots(room)] == [one.id for one in list_versions(room)]
