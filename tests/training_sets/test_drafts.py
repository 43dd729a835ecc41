"""Drafts: each action is a step that can be taken back, and saving makes the next version."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from studio.errors import BadInput, NotFound
from studio.training_sets import drafts
from studio.training_sets.drafts import edits, saving_job
from studio.training_sets.examples import Candidate
from studio.training_sets.reading import Table
from studio.training_sets.shapes.guessing import guess_mapping
from studio.training_sets.splitting import split
from studio.training_sets.versions import (
    Find,
    examples,
    get_version,
    list_versions,
    save_rows,
    save_training_set,
)
from studio.training_sets.versions.examining import examine_version

pytestmark = pytest.mark.postgres


@pytest.fixture
def version(room):
    rows = [[f"Question {n}?", f"It is answer {n}."] for n in range(30)]
    table = Table(["question", "answer"], rows)
    return save_training_set(room, "pumps", table, guess_mapping(table))


@pytest.fixture
def draft(room, version):
    return drafts.open_draft(room, version).id


def checked(room, version_id):
    """The version with its report, as the job leaves it."""
    examine_version(room, version_id=version_id)
    return version_id


def test_an_edited_example_stands_at_its_place(room, draft):
    edits.edit(room, draft, 3, {"completion": "Another answer."})
    shown = drafts.rows(room, draft, Find(text="another ANSWER")).rows
    assert [(row.position, row.completion, row.state) for row in shown] == [(3, "Another answer.", "edited")]


def test_undo_takes_the_last_step_back(room, draft):
    edits.remove(room, draft, Find(text="Question 1"))
    edits.edit(room, draft, 3, {"completion": "Another answer."})
    assert drafts.undo(room, draft) == "Edited “Question 3?”"
    assert drafts.undo(room, draft) == "Removed 11 examples"
    assert drafts.get_draft(room, draft).examples == 30


def test_an_added_example_follows_the_others(room, draft):
    assert edits.add(room, draft, [Candidate(0, "New?", "Yes, new.", origin="written")]) == [30]
    assert drafts.rows(room, draft, Find(origin="written")).rows[0].state == "added"


def test_a_text_is_replaced_wherever_it_stands(room, draft):
    assert edits.replace(room, draft, Find(positions=[1, 2]), "answer", "reply") == 2
    assert drafts.rows(room, draft, Find(text="reply")).found == 2


def test_a_saved_draft_is_the_next_version_with_its_changes(room, draft, version):
    edits.remove(room, draft, Find(positions=[0]))
    edits.add(room, draft, [Candidate(0, "New?", "Yes, new.")])
    saved = get_version(room, drafts.save(room, draft, "milan"))
    assert (saved.version, saved.parent_id, saved.author, saved.examples) == (2, version, "milan", 30)
    assert (saved.changes["added"], saved.changes["removed"]) == (1, 1)
    assert [example.prompt for example in examples(room, saved.id)][-1] == "New?"


def test_a_saved_draft_is_gone(room, draft):
    edits.remove(room, draft, Find(positions=[0]))
    drafts.save(room, draft)
    with pytest.raises(NotFound, match="meanwhile"):
        edits.remove(room, draft, Find(positions=[1]))


def test_moving_an_example_changes_what_is_held_out(room, draft):
    before = drafts.get_draft(room, draft).held_out
    train = drafts.rows(room, draft, Find(split="train", limit=2)).rows
    assert edits.move_split(room, draft, Find(positions=[row.position for row in train]), "held_out") == 2
    assert drafts.get_draft(room, draft).held_out == before + 2


def test_unsaved_changes_to_another_version_are_not_lost(room, draft, version):
    edits.remove(room, draft, Find(positions=[0]))
    second = drafts.save(room, draft)
    edits.remove(room, drafts.open_draft(room, second).id, Find(positions=[0]))
    with pytest.raises(BadInput, match="unsaved changes to version 2"):
        drafts.open_draft(room, version)


def test_a_saved_draft_is_checked_again(room, draft):
    edits.edit(room, draft, 4, {"completion": "It is answer 3.", "prompt": "Question 3?"})
    saved = get_version(room, checked(room, drafts.save(room, draft)))
    assert saved.marks["rows"]["duplicate"] == [4]
    assert saved.report["findings"][0]["kind"] == "duplicate"


def test_a_remedy_removes_what_the_version_marks(room, draft):
    edits.add(room, draft, [Candidate(0, "Question 3?", "It is answer 3.")])
    again = drafts.open_draft(room, checked(room, drafts.save(room, draft))).id
    assert edits.apply_remedy(room, again, "duplicate") == 1
    assert drafts.get_draft(room, again).examples == 30


def test_a_remedy_leaves_what_was_put_right_by_hand(room, draft):
    edits.add(room, draft, [Candidate(0, "Question 3?", "It is answer 3.")])
    again = drafts.open_draft(room, checked(room, drafts.save(room, draft))).id
    edits.edit(room, again, 30, {"prompt": "How deep is it?", "completion": "Nine metres."})
    assert edits.apply_remedy(room, again, "duplicate") == 0


def test_a_remedy_mends_texts_in_one_step(room, draft):
    edits.edit(room, draft, 2, {"completion": "It is <b>answer</b> 2."})
    again = drafts.open_draft(room, checked(room, drafts.save(room, draft))).id
    assert edits.apply_remedy(room, again, "html") == 1
    assert drafts.steps(room, again)[0].label == "HTML taken out of 1 example"
    assert drafts.rows(room, again, Find(positions=[2])).rows[0].completion == "It is answer 2."
    assert drafts.undo(room, again) is not None


def test_a_new_example_with_a_held_out_question_is_held_out(room, draft):
    held = drafts.rows(room, draft, Find(split="held_out", limit=1)).rows[0]
    edits.add(room, draft, [Candidate(0, held.prompt.upper(), "Another wording of it.")])
    saved = drafts.save(room, draft)
    assert examples(room, saved)[-1].split == "held_out"


def test_two_people_add_steps_to_the_same_draft(room, version, draft):
    other = drafts.open_draft(room, version, "dana").id
    edits.edit(room, draft, 1, {"completion": "Mine."})
    edits.edit(room, other, 2, {"completion": "Theirs."})
    assert [row.completion for row in drafts.rows(room, draft, Find(positions=[1, 2])).rows] == [
        "Mine.",
        "Theirs.",
    ]


def test_savers_at_the_same_time_make_one_version(room, version, draft):
    edits.remove(room, draft, Find(positions=[0]))
    with ThreadPoolExecutor(2) as pool:
        ended = [pool.submit(drafts.save, room, draft) for _ in range(2)]
        problems = [one.exception() for one in ended]
    assert sum(problem is None for problem in problems) == 1
    assert len(list_versions(room)) == 2


@pytest.fixture
def large(monkeypatch):
    """As for a version of many examples: only the job saves its draft."""
    monkeypatch.setattr(saving_job, "AT_ONCE", 0)


def test_a_large_draft_is_left_to_the_job(room, draft, large):
    edits.remove(room, draft, Find(positions=[0]))
    assert drafts.save(room, draft) is None
    saving_job.save_draft_job(room, draft_id=draft)
    assert [one.examples for one in list_versions(room)] == [29, 30]


def test_a_draft_that_is_being_saved_cannot_be_changed(room, draft, large):
    edits.remove(room, draft, Find(positions=[0]))
    drafts.save(room, draft)
    with pytest.raises(BadInput, match="being saved"):
        drafts.undo(room, draft)


def test_saving_that_was_stopped_leaves_the_draft_as_it_was(room, draft, large):
    edits.remove(room, draft, Find(positions=[0]))
    drafts.save(room, draft)
    drafts.stop_saving(room, draft)
    saving_job.save_draft_job(room, draft_id=draft)
    assert drafts.undo(room, draft) == "Removed 1 example"
    assert len(list_versions(room)) == 1


def test_saving_that_is_stopped_under_way_is_given_up(room, draft, large, monkeypatch):
    monkeypatch.setattr(saving_job, "TELL_SECONDS", 0.0)
    monkeypatch.setattr(saving_job, "ROWS_BETWEEN", 5)
    monkeypatch.setattr(saving_job, "split", lambda rows, _: drafts.stop_saving(room, draft) or split(rows))
    edits.remove(room, draft, Find(positions=[0]))
    drafts.save(room, draft)
    assert saving_job.save_wanted(room, draft) is None
    assert len(list_versions(room)) == 1


def test_saving_that_failed_says_why(room, draft, large):
    edits.remove(room, draft, Find(positions=[0]))
    drafts.save(room, draft)
    saving_job.saving_failed(room, "The disk is full.", draft_id=draft)
    shown = drafts.get_draft(room, draft)
    assert (shown.being_saved, shown.error) == (False, "The disk is full.")


def test_what_cannot_be_stored_is_refused_in_a_sentence(room, draft):
    with pytest.raises(BadInput, match="cannot be stored"):
        edits.edit(room, draft, 1, {"completion": "half \ud800"})


def test_another_workspace_cannot_touch_a_draft(room, draft, database):
    other = database.workspace(f"{room.name} neighbour")
    with pytest.raises(NotFound):
        edits.remove(other, draft, Find(positions=[0]))


def test_the_examples_of_a_group_move_together(room):
    rows = [Candidate(n, f"Question {n}?", f"It is {n}.", group="manual" if n < 5 else "") for n in range(20)]
    draft = drafts.open_draft(room, save_rows(room, "grouped", rows)).id
    side = drafts.rows(room, draft, Find(positions=[0])).rows[0].split
    assert (
        edits.move_split(room, draft, Find(positions=[0]), "train" if side == "held_out" else "held_out") == 5
    )
