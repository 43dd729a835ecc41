"""An address that names something that is not there says so; nothing else is shown in its place."""

import pytest

from tests.web.furnished import furnish

pytestmark = pytest.mark.postgres
CHOOSING = [
    ("pages/library/library.py", "library"),
    ("pages/library/search_lab.py", "library"),
    ("pages/ask/chat.py", "library"),
    ("pages/ask/chat.py", "adapter"),
    ("pages/decide/advice.py", "library"),
    ("pages/tuning/runs.py", "version"),
    ("pages/compare/comparisons.py", "adapter"),
]
OPENING = [
    ("pages/tuning/runs.py", "run"),
    ("pages/compare/comparisons.py", "comparison"),
    ("pages/ask/chat.py", "conversation"),
    ("pages/library/passage.py", "id"),
]


@pytest.mark.parametrize(("page", "name"), CHOOSING)
@pytest.mark.parametrize("value", ["999999", "all"])
def test_a_box_chooses_nothing_else_instead(open_page, room, page, name, value):
    furnish(room)
    app = open_page(page, **{name: value})
    assert not app.exception
    assert f" {value} here" in app.warning[0].value
    assert app.get_by_key(f"{page.rsplit('/', 1)[-1].removesuffix('.py')}_{name}").value is None


@pytest.mark.parametrize(("page", "name"), OPENING)
@pytest.mark.parametrize("value", ["999999", "all", "0"])
def test_a_page_opens_nothing_else_instead(open_page, room, page, name, value):
    furnish(room)
    app = open_page(page, **{name: value})
    assert not app.exception
    assert len(app.warning) == 1
    assert not app.chat_input


def test_choosing_another_one_ends_the_matter(open_page, room):
    made = furnish(room)
    app = open_page("pages/library/library.py", library="999999")
    app.selectbox(key="library_library").set_value(made.library).run()
    assert not app.warning
    assert app.query_params["library"] == str(made.library)
