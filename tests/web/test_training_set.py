"""The page of a version: each of its buttons reaches the service behind it."""

import pytest

from studio.comparison.question_sets import list_question_sets
from studio.training_sets import imports
from studio.training_sets.building import probing, raft
from studio.training_sets.drafts import list_drafts, saving_job
from studio.training_sets.versions import examples, list_versions
from tests.web.furnished import furnish

pytestmark = pytest.mark.postgres
PAGE = "pages/tuning/training_set.py"
ROWS = "".join(f"What is part {n}?,Part {n} is a valve of size {n}.\n" for n in range(40))
FAULTY = "Who answers?,Write to jana.novakova@example.sk.\n"


@pytest.fixture
def version(room):
    taken = imports.receive(room, f"question,answer\n{ROWS}{FAULTY}".encode(), "parts.csv")
    return imports.save(room, imports.read_now(room, taken), "Parts").version_id


def opened(open_page, version, tab="Quality"):
    app = open_page(PAGE, version=str(version))
    app.session_state["training_set_tab"] = tab
    return app.run()


def ticked(open_page, version, rows):
    """The grid with these rows of its first page ticked."""
    app = opened(open_page, version, "Examples")
    key = app.dataframe[0].proto.id.split("-")[-1]
    app.session_state[key] = {"selection": {"rows": rows, "columns": [], "cells": []}}
    return app.run()


def newest(room):
    return list_versions(room)[0]


def test_the_page_without_a_version_leads_back(open_page):
    assert "No version is named" in open_page(PAGE).markdown[-2].value


def test_it_names_the_runs_made_from_it(open_page, room):
    made = furnish(room)
    app = open_page(PAGE, version=str(made.version))
    assert not app.exception
    assert any("Run succeeded" in str(one.proto.label) for one in app.get("page_link"))


def test_a_remedy_becomes_a_step_and_can_be_undone(open_page, room, version):
    app = opened(open_page, version)
    app.button(key="training_set_remedy_personal_data").click().run()
    assert list_drafts(room)[0].edited == 1
    app.button(key="training_set_undo").click().run()
    assert list_drafts(room)[0].steps == 0


def test_ticked_examples_are_removed_and_saved_as_the_next_version(open_page, room, version):
    app = ticked(open_page, version, [0, 1])
    app.button(key="training_set_remove").click().run()
    assert list_drafts(room)[0].removed == 2
    assert "training_set_remove" not in {button.key for button in app.button}
    app.button(key="training_set_save").click().run()
    assert (newest(room).version, newest(room).examples) == (2, 39)
    assert app.query_params["version"] == str(newest(room).id)


def test_saving_many_examples_shows_how_far_it_is(open_page, room, version, monkeypatch):
    monkeypatch.setattr(saving_job, "AT_ONCE", 0)
    app = ticked(open_page, version, [0, 1])
    app.button(key="training_set_remove").click().run()
    app.button(key="training_set_save").click().run()
    assert "training_set_save" not in {button.key for button in app.button}
    app.button(key="training_set_stop_saving").click().run()
    assert not list_drafts(room)[0].being_saved


def test_an_example_is_given_another_wording(open_page, room, version):
    app = ticked(open_page, version, [2])
    area = next(one for one in app.text_area if one.label == "Answer" and one.value.startswith("Part 2"))
    area.set_value("Part 2 is a tap.")
    next(one for one in app.button if one.label == "Keep this wording").click().run()
    app.button(key="training_set_save").click().run()
    assert examples(room, newest(room).id)[2].completion == "Part 2 is a tap."


def test_an_example_is_added(open_page, room, version):
    app = opened(open_page, version, "Examples")
    app.text_area(key="training_set_new_question").set_value("Why?")
    app.text_area(key="training_set_new_answer").set_value("Because.")
    app.button(key="training_set_add").click().run()
    assert list_drafts(room)[0].added == 1


def test_examples_are_held_out(open_page, room, version):
    before = newest(room).held_out
    trained = [one.position for one in examples(room, version) if one.split == "train"][:1]
    ticked(open_page, version, trained).button(key="training_set_hold_out").click().run()
    assert list_drafts(room)[0].held_out == before + 1


def test_changes_can_be_discarded(open_page, room, version):
    app = opened(open_page, version)
    app.button(key="training_set_remedy_personal_data").click().run()
    app.button(key="training_set_discard").click().run()
    assert list_drafts(room) == []


def test_two_versions_are_compared_word_by_word(open_page, room, version):
    app = ticked(open_page, version, [2])
    area = next(one for one in app.text_area if one.label == "Answer" and one.value.startswith("Part 2"))
    area.set_value("Part 2 is a tap of size 2.")
    next(one for one in app.button if one.label == "Keep this wording").click().run()
    app.button(key="training_set_save").click().run()
    shown = opened(open_page, newest(room).id, "Versions")
    assert [metric.value for metric in shown.metric] == ["1", "0", "0"]
    said = " ".join(str(one.value) for one in shown.markdown)
    assert ":red-background[~~valve~~]" in said
    assert ":green-background[**tap**]" in said


def test_the_held_out_part_becomes_a_question_set(open_page, room, version):
    opened(open_page, version).button(key="training_set_questions").click().run()
    assert list_question_sets(room)[0].questions == newest(room).held_out


def test_training_on_it_chooses_it_for_the_run(open_page, version):
    app = opened(open_page, version)
    app.button(key="training_set_train").click().run()
    assert app.selectbox(key="runs_version").value == version


def test_a_probe_is_asked_for_and_stopped(open_page, room, version):
    app = opened(open_page, version, "Probes and passages")
    app.button(key="training_set_probe_known").click().run()
    assert probing.find_probe(room, version, "known").state == "queued"
    app.button(key="training_set_stop_known").click().run()
    assert probing.find_probe(room, version, "known").state == "stopped"


def test_a_probe_is_repeated_with_as_many_examples(open_page, room, version):
    probing.start(room, version, "known", 7)
    probing.stop(room, version, "known")
    app = opened(open_page, version, "Probes and passages")
    assert app.number_input(key=f"training_set_sample_known_{version}").value == 7


def test_passages_are_asked_for_and_the_job_is_stopped(open_page, room):
    made = furnish(room)
    app = opened(open_page, made.version, "Probes and passages")
    app.button(key="training_set_raft").click().run()
    (asked,) = raft.list_builds(room)
    assert (asked.library_id, asked.settings["version_id"]) == (made.library, made.version)
    app.button(key="training_set_raft_stop").click().run()
    assert raft.list_builds(room)[0].state == "stopped"


def test_a_version_is_deleted_with_two_clicks(open_page, room, version):
    app = opened(open_page, version)
    assert app.button(key="training_set_delete").disabled
    app.checkbox(key=f"training_set_sure_{version}").check().run()
    app.button(key="training_set_delete").click().run()
    assert list_versions(room) == []


def test_a_version_that_a_run_learned_from_stays_and_says_why(open_page, room):
    made = furnish(room)
    app = opened(open_page, made.version)
    app.checkbox(key=f"training_set_sure_{made.version}").check().run()
    app.button(key="training_set_delete").click().run()
    assert "learned from" in app.error[0].value


def test_the_page_before_is_shown_when_the_last_one_was_removed(open_page, version):
    app = opened(open_page, version, "Examples")
    app.session_state["training_set_page"] = 3
    app.run()
    key = app.dataframe[0].proto.id.split("-")[-1]
    app.session_state[key] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    app.run().button(key="training_set_remove").click().run()
    assert not app.exception
    assert len(app.dataframe[0].value) == 20
