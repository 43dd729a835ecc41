"""Measuring with the model on the advice page, in the states it can be in."""

import pytest
import sqlalchemy as sa

from studio.store import tables
from studio.training_sets.reading import Table
from studio.training_sets.shapes.guessing import guess_mapping
from studio.training_sets.versions import Saving, save_training_set

pytestmark = pytest.mark.postgres
ADVICE = "pages/decide/advice.py"


@pytest.fixture
def app(open_page, room):
    table = Table(["question", "answer"], [[f"What weighs {n}?", f"{n} kilograms."] for n in range(60)])
    save_training_set(room, "weights", table, guess_mapping(table), Saving(held_out_share=0.2))
    app = open_page(ADVICE)
    app.button(key="advice_measure").click().run()
    assert not app.exception
    return app


def stored(room):
    with room.session() as session:
        return session.execute(
            sa.select(tables.SignalMeasurement.state, tables.SignalMeasurement.stop_requested)
        ).all()


def test_one_click_measures_and_another_stops_it(room, app):
    assert stored(room) == [("queued", False)]
    app.button(key="advice_measure_stop").click().run()
    assert stored(room) == [("queued", True)]


def test_what_was_measured_is_shown_with_its_questions(room, app, open_page):
    rows = [{"question": "What weighs 3?", "reference": "3 kilograms.", "closed": "No idea.", "passages": []}]
    results = {"rows": rows, "values": {"nearest_neighbour": 0.9}, "sizes": {"nearest_neighbour": 12}}
    with room.session() as session:
        session.execute(
            sa.update(tables.SignalMeasurement).values(
                state="succeeded", results=results, finished_at=sa.func.now()
            )
        )
    shown = open_page(ADVICE)
    assert any("nearest-neighbour lookup" in one.value for one in shown.subheader)
    assert any("1 question" in one.value for one in shown.caption)
    assert not shown.exception
