"""Drafts: each action is a step that can be taken back, and saving makes the next version."""

import pytest

from studio.errors import BadInput, NotFound
from studio.training_sets.examples import Candidate
from studio.training_sets.reading import Table
from studio.training_sets.shapes.mapping import guess_mapping
from studio.training_sets.versions import Find, drafts, edits, examples, get_version, save_training_set

pytestmark = pytest.mark.postgres


@pytest.fixture
def version(room):
    rows = [[f"Question {n}?", f"It is answer {n}."] for n in range(30)]
    table = Table(["question", "answer"], rows)
    return save_training_set(room, "pumps", table, guess_mapping(table))


@pytest.fixture
def draft(room, version):
    return drafts.open_draft(room, version).id


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
