"""A table comes in, is corrected, looked at and saved: each button reaches the service behind it."""

import pytest

from studio.training_sets import imports
from studio.training_sets.versions import list_versions

pytestmark = pytest.mark.postgres
PAGE = "pages/tuning/training_sets.py"
ROWS = "".join(f"What is part {n}?,Part {n} is a valve.,{n}\n" for n in range(120))
CSV = f"question,answer,number\n{ROWS}{ROWS.splitlines()[0]}\n".encode()


@pytest.fixture
def uploaded(open_page, room):
    """The page of an import of 121 rows, the last of which repeats the first."""
    app = open_page(PAGE)
    app.file_uploader(key="training_sets_file_0").upload("parts.csv", CSV).run()
    assert not app.exception
    (view,) = imports.list_open(room)
    imports.read_now(room, view.id)  # as the worker does
    return app.run()


def prepared(open_page, room, name="parts.csv", content=CSV):
    taken = imports.read_now(room, imports.receive(room, content, name))
    return open_page(PAGE, **{"import": str(taken)})


def said(app):
    return " ".join(str(one.value) for one in [*app.markdown, *app.caption])


def test_an_upload_is_checked_and_its_page_opens(uploaded, room):
    (view,) = imports.list_open(room)
    assert uploaded.query_params["import"] == str(view.id)
    assert uploaded.subheader[0].value == "parts\\.csv"
    assert "question from “question”, answer from “answer”" in said(uploaded)
    assert "Questions from" not in said(uploaded)


def test_what_was_brought_in_is_there_in_another_tab(uploaded, open_page):
    app = open_page(PAGE)
    assert "parts\\.csv" in said(app)
    app.button(key=_key(app, "training_sets_prepare_")).click().run()
    assert "Is it good enough?" in {heading.value for heading in app.subheader}


def test_a_dismissed_import_is_gone(uploaded, open_page, room):
    app = open_page(PAGE)
    app.button(key=_key(app, "training_sets_dismiss_")).click().run()
    assert imports.list_open(room) == []


def test_a_file_that_cannot_be_read_says_why_and_can_be_tried_again(open_page, room):
    app = prepared(open_page, room, "empty.csv", b"")
    assert "empty.csv is empty" in app.error[0].value.replace("\\", "")
    app.button(key=_key(app, "training_sets_retry_")).click().run()
    assert not app.exception


UNCLEAR = "asked;meant\n" + "".join(f"What is part {n}?;{n}\n" for n in range(40))


def test_columns_that_nobody_can_guess_are_asked_for(open_page, room):
    app = prepared(open_page, room, "codes.csv", UNCLEAR.encode())
    assert "Tell us which column is the question" in app.info[0].value
    assert list(app.dataframe[0].value.columns) == ["asked", "meant"]
    assert "tell us its columns" in said(app) and not app.error


def test_an_import_goes_on_once_its_columns_are_told(open_page, room):
    app = prepared(open_page, room, "codes.csv", UNCLEAR.encode())
    (view,) = imports.list_open(room)
    for label, column in (("Question", "asked"), ("Answer", "meant")):
        next(box for box in app.selectbox if box.label == label).set_value(column).run()
    app.button(key=f"training_sets_{view.id}_use").click().run()
    imports.read_now(room, view.id)
    found = imports.get(room, view.id)
    assert (found.state, found.mapping.prompt, found.mapping.completion) == ("ready", "asked", "meant")


def test_a_switch_turns_a_remedy_off(open_page, room):
    app = prepared(open_page, room)
    (view,) = imports.list_open(room)
    app.toggle(key=f"training_sets_remedy_{view.id}_duplicate").set_value(False).run()
    assert "duplicate" not in imports.get(room, view.id).remedies
    assert imports.get(room, view.id).report["kept"] == 121


def test_the_rows_of_a_finding_are_shown_when_asked_for(open_page, room):
    app = prepared(open_page, room)
    (view,) = imports.list_open(room)
    app.session_state[f"training_sets_rows_{view.id}_duplicate"] = True
    assert "Row 122" in said(app.run())


def test_a_correction_is_previewed_before_it_counts(open_page, room):
    app = prepared(open_page, room)
    (view,) = imports.list_open(room)
    app.session_state[f"training_sets_correct_{view.id}"] = True
    app.run()
    answer = next(box for box in app.selectbox if box.label == "Answer")
    answer.set_value("number").run()
    assert list(app.dataframe[1].value["Answer"])[:2] == ["0", "1"]
    assert imports.get(room, view.id).mapping.completion == "answer"
    app.button(key=f"training_sets_{view.id}_use").click().run()
    assert imports.get(room, view.id).mapping.completion == "number"


def test_saving_opens_the_version(open_page, room):
    app = prepared(open_page, room)
    app.button(key="training_sets_store").click().run()
    (version,) = list_versions(room)
    assert version.examples == 120
    assert app.title[0].value == "Training set"
    assert app.query_params["version"] == str(version.id)


def _key(app, start):
    return next(button.key for button in app.button if button.key and button.key.startswith(start))
