"""What people do on the page of runs: start one rightly, once, mend one that failed, compare some."""

from dataclasses import fields

import pytest
import sqlalchemy as sa

from studio.store import tables
from studio.training_sets.examples import Candidate
from studio.training_sets.versions import save_rows
from studio.tuning.presets import TrainingSettings
from studio.tuning.runs import list_runs
from studio.web.parts.run_list import MANY
from studio.web.parts.run_settings import GROUPS, VISIBLE
from tests.web.furnished import furnish

pytestmark = pytest.mark.postgres
RUNS = "pages/tuning/runs.py"


def words(app):
    """All that stands on the page as text, without escapes."""
    kinds = (app.markdown, app.caption, app.warning, app.info, app.error)
    return " ".join(one.value for kind in kinds for one in kind).replace("\\", "")


def test_every_setting_has_one_place_on_the_form():
    placed = [name for names in (VISIBLE, *GROUPS.values()) for name in names]
    assert sorted(placed) == sorted(one.name for one in fields(TrainingSettings))


def test_the_form_says_what_the_run_will_take_before_it_starts(open_page, room):
    furnish(room)
    said = words(open_page(RUNS))
    assert "LoRA fits" in said
    assert "Half of them have up to" in said


def test_a_limit_that_cuts_says_how_many_examples(open_page, room):
    furnish(room)
    app = open_page(RUNS)
    app.number_input(key="runs_max_length_Standard").set_value(45).run()
    assert "would be cut" in words(app)


def test_two_tabs_make_one_run_and_a_form_drawn_later_another(open_page, room):
    before = len(list_runs(room)) + len(furnish(room).runs)
    one, two = open_page(RUNS), open_page(RUNS)
    for tab in (one, two):
        tab.button(key="runs_start").click().run()
        assert not tab.exception
    assert len(list_runs(room)) == before + 1
    open_page(RUNS).button(key="runs_start").click().run()
    assert len(list_runs(room)) == before + 2


def test_a_failed_run_is_started_again_with_what_mends_it(open_page, room):
    failed = furnish(room).runs["failed"]
    with room.session() as session:
        session.get_one(tables.Run, failed).error = "Out of GPU memory (8.0 GB) at batch size 4."
    app = open_page(RUNS, run=str(failed))
    app.button(key="runs_again_smallest_batch").click().run()
    assert not app.exception
    app.button(key="runs_start").click().run()
    made = list_runs(room)[0]
    assert (made.name, made.settings["batch_size"]) == ("Run failed, batch size 1", 1)
    assert made.settings["learning_rate"] == 0.001


def test_picked_runs_are_compared_side_by_side(open_page, room):
    runs = furnish(room).runs
    app = open_page(RUNS)
    for state in ("succeeded", "stopped", "failed"):
        app.checkbox(key=f"runs_pick_{runs[state]}").check()
    app.run()
    app.button(key="runs_compare_picked").click().run()
    assert not app.exception
    assert sorted(app.query_params["compare"].split(",")) == sorted(
        str(runs[state]) for state in ("succeeded", "stopped", "failed")
    )
    assert "What each reached" in [one.value for one in app.subheader]


@pytest.mark.parametrize(
    ("asked", "said"), [("1,x", "no run x"), ("1", "Choose 2 to 6"), ("1,999999", "no run")]
)
def test_a_comparison_that_cannot_be_is_a_sentence(open_page, asked, said):
    app = open_page(RUNS, compare=asked)
    assert not app.exception
    assert said in words(app)


def test_what_the_run_answers_stands_beside_what_it_should_say(open_page, room):
    run = furnish(room).runs["running"]
    with room.session() as session:
        for step, answer in ((0, "A small song."), (15, "Part 9 is a pipe."), (30, "Part 9 is a valve.")):
            session.add(
                tables.RunAnswer(
                    workspace_id=room.id,
                    run_id=run,
                    step=step,
                    position=0,
                    prompt="What is part 9?",
                    reference="Part 9 is a valve of size 9.",
                    answer=answer,
                )
            )
    app = open_page(RUNS, run=str(run))
    shown = [one.value for one in app.text]
    assert shown == ["Part 9 is a valve of size 9.", "A small song.", "Part 9 is a valve."]


def test_many_runs_can_be_filtered(open_page, room):
    made = furnish(room)
    while len(list_runs(room)) < MANY:
        furnish_one(room, made.version)
    app = open_page(RUNS)
    app.multiselect(key="runs_states").set_value(["failed"]).run()
    assert [button.key for button in app.button if button.key.startswith("runs_open_")] == [
        f"runs_open_{made.runs['failed']}"
    ]


@pytest.fixture
def stale_run(room):
    """A run whose training set has a newer version."""
    run = furnish(room).runs["succeeded"]
    rows = [Candidate(n, f"What is part {n}?", f"Part {n} is a nut.") for n in range(20)]
    save_rows(room, "Parts", rows)
    return run


def test_a_base_model_nobody_can_fetch_leaves_the_run_page_whole(open_page, room, stale_run, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with room.session() as session:
        session.get_one(tables.Run, stale_run).base_model = "nobody/nothing"
    app = open_page(RUNS, run=str(stale_run))
    app.button(key="runs_train_again").click().run()
    assert not app.exception
    assert "nobody/nothing" in " ".join(one.value for one in app.warning)
    assert "runs_delete_sure" in [button.key for button in app.button]


def test_versions_are_compared_once_until_another_is_saved(open_page, room, stale_run):
    app = open_page(RUNS, run=str(stale_run))
    assert "has a version 2 since" in words(app)
    with room.session() as session:
        session.execute(sa.delete(tables.Example).where(tables.Example.workspace_id == room.id))
    first = words(app)
    assert words(app.run()) == first
    save_rows(room, "Parts", [Candidate(0, "What is part 0?", "A bolt.")])
    assert "has a version 3 since" in words(app.run())


def furnish_one(room, version):
    with room.session() as session:
        session.add(
            tables.Run(
                workspace_id=room.id,
                name="One more",
                version_id=version,
                base_model="m",
                method="lora",
                settings={},
            )
        )
