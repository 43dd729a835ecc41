"""The page that Streamlit's script starts in tells it where its server is."""

from studio.web.html_page import html_page, page_routes
from studio.web.menu import ENTRIES


def test_the_server_is_named_before_any_other_script_begins():
    page = html_page()
    assert page.index("BACKEND_BASE_URL") < page.index("</script>")


def test_every_page_has_it():
    assert len({route.path for route in page_routes()}) == len(ENTRIES) + 1
