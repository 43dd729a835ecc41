"""No page breaks a WCAG 2.2 A or AA rule that axe can check, in the light or the dark theme."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from studio.training_sets import imports
from studio.web.menu import ENTRIES, START
from tests.web.furnished import furnish

pytestmark = [pytest.mark.browser, pytest.mark.postgres]
TABLE = b"question,answer\n" + b"What is a valve?,A tap.\n" * 12 + b"Who asks?,jana.novakova@example.sk\n"
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_are_accessible(fresh_site, browser_page, settle, room, theme):
    made = furnish(room)
    opened = [
        f"passage?id={made.passage}",
        f"library?library={made.library}",
        "library?library=999999",
        f"runs?run={made.runs['succeeded']}",
        f"runs?run={made.runs['failed']}",
        f"runs?compare={made.runs['succeeded']},{made.runs['failed']}",
        f"runs?version={made.version}&again={made.runs['failed']}",
        f"comparisons?comparison={made.comparison}",
        f"chat?conversation={made.conversation}",
        f"training_set?version={made.version}",
        f"training_sets?import={imports.read_now(room, imports.receive(room, TABLE, 'parts.csv'))}",
    ]
    names = ["" if entry is START else entry.file.rsplit("/", 1)[-1].removesuffix(".py") for entry in ENTRIES]
    browser_page.emulate_media(color_scheme=theme)
    broken = {
        path: found for path in names + opened if (found := _broken(browser_page, settle, fresh_site, path))
    }
    assert broken == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_for_large_files_is_accessible(fresh_site, browser_page, room, theme, tmp_path):
    browser_page.emulate_media(color_scheme=theme)
    browser_page.goto(f"{fresh_site.url}/upload?library={furnish(room).library}")
    (tmp_path / "refused.md").write_bytes(b"")
    browser_page.locator("#choose").wait_for()
    browser_page.locator("#files").set_input_files(tmp_path / "refused.md")
    browser_page.get_by_text("refused.md is empty").wait_for()
    assert _rules_broken(browser_page) == []


def _broken(page, settle, site, path):
    page.goto(f"{site.url}/{path}")
    page.get_by_role("heading", level=1).wait_for()
    settle(page)
    return _rules_broken(page)


def _rules_broken(page):
    found = Axe().run(page, options=RULES).response["violations"]
    return [(rule["id"], rule["nodes"][0]["html"][:120]) for rule in found]
