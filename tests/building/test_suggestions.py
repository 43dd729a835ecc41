"""Reviewing suggestions, and making examples of them."""

import pytest

from studio.errors import BadInput, NotFound
from studio.jobs.queue import tasks
from studio.store.database import Workspace
from studio.training_sets import drafts
from studio.training_sets.building import drafting, keeping, suggestions
from studio.training_sets.building.keeping import into_draft
from studio.training_sets.building.suggestions import Find, SuggestionView
from studio.training_sets.unreviewed import count_unreviewed, notice
from studio.training_sets.versions import examples, get_version
from studio.tuning.runs import RunRequest, create_run, get_run

pytestmark = pytest.mark.postgres


@pytest.fixture
def waiting(room: Workspace, library: int) -> list[SuggestionView]:
    """Five suggestions that wait."""
    tasks[drafting.JOB].function(room, drafting_id=drafting.start(room, library, 5))
    return suggestions.list_suggestions(room)


def now(room: Workspace, suggestion: SuggestionView) -> SuggestionView:
    return next(one for one in suggestions.list_suggestions(room, Find(())) if one.id == suggestion.id)


def states(room: Workspace) -> dict[str, int]:
    return {state: count for state, count in suggestions.counts(room).items() if count}


def test_what_was_accepted_no_longer_waits(room: Workspace, waiting: list[SuggestionView]) -> None:
    suggestions.accept(room, waiting[0].id, by="Ada")
    assert states(room) == {"accepted": 1, "waiting": 4}
    assert now(room, waiting[0]).reviewed_by == "Ada"


def test_an_edit_keeps_the_first_wording(room: Workspace, waiting: list[SuggestionView]) -> None:
    suggestions.edit(room, waiting[0].id, ("How long?", "Long."))
    found = now(room, waiting[0])
    assert (found.prompt, found.state) == ("How long?", "edited")
    assert found.drafted["prompt"] == waiting[0].prompt


def test_undo_brings_back_the_first_wording(room: Workspace, waiting: list[SuggestionView]) -> None:
    suggestions.edit(room, waiting[0].id, ("How long?", "Long."))
    suggestions.undo(room, waiting[0].id)
    assert now(room, waiting[0]) == waiting[0]


def test_an_edit_needs_an_answer(room: Workspace, waiting: list[SuggestionView]) -> None:
    with pytest.raises(BadInput, match="question and an answer"):
        suggestions.edit(room, waiting[0].id, ("How long?", " "))


def test_pages_of_the_list_do_not_overlap(room: Workspace, waiting: list[SuggestionView]) -> None:
    pages = [suggestions.list_suggestions(room, Find(offset=at, limit=2)) for at in (0, 2, 4)]
    assert [one.id for page in pages for one in page] == [one.id for one in waiting]


def test_another_workspace_sees_no_suggestion(room: Workspace, waiting: list[SuggestionView]) -> None:
    other = room.db.workspace(f"{room.name} neighbour")
    with pytest.raises(NotFound):
        suggestions.accept(other, waiting[0].id)
    assert suggestions.list_suggestions(other) == []


def test_only_what_was_accepted_becomes_an_example(room: Workspace, waiting: list[SuggestionView]) -> None:
    for one in waiting[:2]:
        suggestions.accept(room, one.id)
    suggestions.reject(room, waiting[2].id)
    kept = into_draft(room, name="lamps")
    assert kept.version_id and kept.added == 2
    stored = examples(room, kept.version_id)
    assert {(one.origin, one.reviewed) for one in stored} == {("drafted", True)}
    assert {one.source["passage_id"] for one in stored} == {one.source["passage_id"] for one in waiting[:2]}


def test_waiting_ones_come_along_marked_and_are_counted(
    room: Workspace, waiting: list[SuggestionView]
) -> None:
    suggestions.accept(room, waiting[0].id)
    kept = into_draft(room, name="lamps", waiting=True)
    assert kept.version_id and (kept.added, kept.unreviewed) == (5, 4)
    trained = examples(room, kept.version_id, "train")
    assert count_unreviewed(room, kept.version_id) == sum(not one.reviewed for one in trained) > 0


def test_accepted_ones_join_the_draft_of_a_set_once(
    room: Workspace, version: int, waiting: list[SuggestionView]
) -> None:
    suggestions.accept(room, waiting[0].id)
    set_id = get_version(room, version).training_set_id
    kept = into_draft(room, set_id)
    assert kept.draft_id and drafts.get_draft(room, kept.draft_id).added == 1
    with pytest.raises(BadInput, match="already"):
        into_draft(room, set_id)


def test_after_a_discarded_draft_they_can_be_taken_again(
    room: Workspace, version: int, waiting: list[SuggestionView]
) -> None:
    suggestions.accept(room, waiting[0].id)
    set_id = get_version(room, version).training_set_id
    drafts.discard(room, into_draft(room, set_id).draft_id or 0)
    assert keeping.count_fresh(room) == 1
    assert into_draft(room, set_id).added == 1


def test_a_taken_name_is_refused(room: Workspace, version: int, waiting: list[SuggestionView]) -> None:
    suggestions.accept(room, waiting[0].id)
    with pytest.raises(BadInput, match="already"):
        into_draft(room, name="lamp answers")


def test_one_group_is_always_on_the_same_side() -> None:
    groups = [f"passage {number}" for number in range(1000)]
    held = [group for group in groups if keeping.side(group) == "held_out"]
    assert 60 < len(held) < 140
    assert all(keeping.side(group) == "held_out" for group in held)


def test_a_run_says_how_many_of_its_examples_nobody_reviewed(
    room: Workspace, waiting: list[SuggestionView]
) -> None:
    kept = into_draft(room, name="lamps", waiting=True)
    run = create_run(room, RunRequest(kept.version_id or 0, method="lora"))
    assert get_run(room, run).unreviewed == count_unreviewed(room, kept.version_id or 0) > 0


def test_the_notice_is_empty_where_everything_was_reviewed() -> None:
    assert notice(0, 40) == ""
    assert "1 was" in notice(1, 40)


def test_of_very_many_accepted_ones_some_are_taken_at_a_time(
    room: Workspace, waiting: list[SuggestionView], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "MOST_AT_ONCE", 2)
    for one in waiting:
        suggestions.accept(room, one.id)
    kept = into_draft(room, name="lamps")
    assert (kept.added, keeping.count_fresh(room)) == (2, len(waiting) - 2)
