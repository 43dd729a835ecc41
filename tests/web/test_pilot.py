"""The pilot on the advice page, in the states it can be in."""

import pytest
import sqlalchemy as sa

from studio.advice.piloting.pilots import list_pilots
from studio.store import tables
from studio.training_sets import imports
from studio.training_sets.reading import Table
from studio.training_sets.shapes.guessing import guess_mapping
from studio.training_sets.versions import Saving, save_training_set
from studio.web.parts.choices import NOTHING
from tests.web.furnished import furnish

pytestmark = pytest.mark.postgres
ADVICE = "pages/decide/advice.py"


@pytest.fixture
def version(room):
    table = Table(["question", "answer"], [[f"What weighs {n}?", f"{n} kilograms."] for n in range(60)])
    return save_training_set(room, "weights", table, guess_mapping(table), Saving(held_out_share=0.2))


def start(app):
    app.button(key="advice_pilot_start").click().run()
    assert not app.exception
    return app


def test_with_nothing_to_prove_it_on_the_page_says_what_to_bring(open_page, room):
    app = start(open_page(ADVICE))
    assert "bring examples or documents first" in app.warning[0].value
    assert list_pilots(room) == []


def test_one_click_starts_a_pilot_of_what_is_chosen(open_page, room, version):
    start(open_page(ADVICE))
    (pilot,) = list_pilots(room)
    assert (pilot.version_id, pilot.state, pilot.size.questions) == (version, "queued", 30)


def test_while_it_goes_on_its_stages_are_shown_and_it_can_be_stopped(open_page, room, version):
    app = start(open_page(ADVICE))
    assert any("Compare the approaches" in one.value for one in app.markdown)
    app.button(key="advice_pilot_stop").click().run()
    assert list_pilots(room)[0].stopping


def test_a_failed_pilot_says_why_and_goes_on_after_a_click(open_page, room, version):
    app = start(open_page(ADVICE))
    with room.session() as session:
        session.execute(sa.update(tables.Pilot).values(state="failed", error="The disk is full."))
    app = open_page(ADVICE)
    assert any("The disk is full" in one.value for one in app.error)
    app.button(key="advice_pilot_resume").click().run()
    assert list_pilots(room)[0].state == "queued"


def test_the_proof_follows_the_data_that_are_chosen(open_page, room, version):
    made = furnish(room)
    with room.session() as session:
        session.add(
            tables.Pilot(
                workspace_id=room.id,
                version_id=made.version,
                library_id=made.library,
                comparison_id=made.comparison,
                state="succeeded",
            )
        )
    app = open_page(ADVICE, library=str(made.library), version=str(made.version))
    assert app.selectbox(key="advice_comparison").value == made.comparison
    app.selectbox(key="advice_version").set_value(version).run()
    assert app.selectbox(key="advice_comparison").value == NOTHING
    app.selectbox(key="advice_version").set_value(made.version).run()
    assert app.selectbox(key="advice_comparison").value == made.comparison


def test_a_table_that_was_dropped_is_used_and_proven_with_two_clicks(open_page, room, tmp_path):
    table = tmp_path / "lamps.csv"
    rows = [f"What weighs lamp {n}?,Lamp {n} weighs {n} drams.\n" for n in range(120)]
    table.write_text("question,answer\n" + "".join(rows))
    taken = imports.read_now(room, imports.receive(room, table, "lamps.csv"))
    app = open_page(ADVICE)
    app.button(key=f"advice_use_{taken}").click().run()
    app.button(key="advice_prove").click().run()
    assert not app.exception
    assert [one.version_id for one in list_pilots(room)] == [app.selectbox(key="advice_version").value]


def test_a_kept_decision_stands_as_kept_with_the_way_to_its_record(open_page, room, version):
    app = open_page(ADVICE)
    app.button(key="advice_keep").click().run()
    assert any("kept as decision" in one.value for one in app.markdown)
    assert not [one for one in app.button if one.key == "advice_keep"]
