"""Rated answers become suggestions; what was only called bad has no answer yet."""

import pytest

from studio.errors import BadInput
from studio.library.answering.feedback import Remark, list_feedback, rate
from studio.store.database import Workspace
from studio.training_sets.building import suggestions
from studio.training_sets.building.conversations import REFUSED, gather
from studio.training_sets.building.keeping import into_draft
from studio.training_sets.versions import examples

pytestmark = pytest.mark.postgres


def test_a_good_answer_is_suggested_without_its_marks_and_with_its_source(
    room: Workspace, said: list[int]
) -> None:
    rate(room, said[0], 1)
    assert gather(room) == 1
    (one,) = suggestions.list_suggestions(room)
    assert (one.prompt, one.completion) == ("How long does Aster burn?", "It burns for 12 hours.")
    assert (one.source["message"], one.source["document"]) == (said[0], "Aster.md")


def test_a_correction_is_what_is_learned_with_what_was_said_before(room: Workspace, said: list[int]) -> None:
    rate(room, said[1], -1, "Birch burns for 18 hours.")
    gather(room)
    (one,) = suggestions.list_suggestions(room)
    assert (one.prompt, one.completion) == ("And Birch?", "Birch burns for 18 hours.")
    assert one.history == (("user", "How long does Aster burn?"), ("assistant", "It burns for 12 hours."))


def test_what_was_corrected_before_is_not_learned_as_it_was_said(room: Workspace, said: list[int]) -> None:
    rate(room, said[0], -1, "It burns for 14 hours.")
    rate(room, said[1], -1, "Birch burns for 18 hours.")
    gather(room)
    last = max(suggestions.list_suggestions(room), key=lambda one: one.id)
    assert last.history[1] == ("assistant", "It burns for 14 hours.")


def test_a_bad_answer_without_a_better_one_is_never_learned_as_it_stands(
    room: Workspace, said: list[int]
) -> None:
    rate(room, said[0], -1)
    gather(room)
    (one,) = suggestions.list_suggestions(room)
    assert (one.completion, one.source["answer"]) == ("", "It burns for 12 hours. [1]")
    with pytest.raises(BadInput, match="only called bad"):
        suggestions.accept(room, one.id)
    with pytest.raises(BadInput):
        into_draft(room, name="chats", waiting=True)


def test_feedback_tells_question_answer_reason_and_what_was_read(room: Workspace, said: list[int]) -> None:
    rate(room, said[0], -1, "Twelve.", Remark("manner", "too long", "Ada"))
    (one,) = list_feedback(room)
    assert (one.question, one.correction, one.by) == ("How long does Aster burn?", "Twelve.", "Ada")
    assert one.why == "Right, but badly said: too long"
    assert [passage.document for passage in one.passages] == ["Aster.md"]


def test_an_unknown_reason_is_refused(room: Workspace, said: list[int]) -> None:
    with pytest.raises(BadInput, match="choose from"):
        rate(room, said[0], -1, "", Remark("because"))


def test_gathering_again_finds_nothing_new(room: Workspace, said: list[int]) -> None:
    rate(room, said[0], 1)
    assert (gather(room), gather(room)) == (1, 0)


def test_a_waiting_suggestion_follows_its_rating(room: Workspace, said: list[int]) -> None:
    rate(room, said[0], 1)
    gather(room)
    rate(room, said[0], -1, "Twelve hours.")
    gather(room)
    assert [one.completion for one in suggestions.list_suggestions(room)] == ["Twelve hours."]
    rate(room, said[0], -1)
    gather(room)
    assert [one.completion for one in suggestions.list_suggestions(room)] == [""]


def test_a_reviewed_suggestion_stays_as_it_was_reviewed(room: Workspace, said: list[int]) -> None:
    rate(room, said[0], 1)
    gather(room)
    (one,) = suggestions.list_suggestions(room)
    suggestions.accept(room, one.id)
    rate(room, said[0], -1)
    gather(room)
    assert suggestions.counts(room)["accepted"] == 1


def test_a_refusal_that_was_called_good_comes_with_a_doubt(room: Workspace, said: list[int]) -> None:
    rate(room, said[1], 1)
    gather(room)
    assert suggestions.list_suggestions(room)[0].doubts == (REFUSED,)


def test_turns_of_one_conversation_stay_on_one_side(room: Workspace, said: list[int]) -> None:
    rate(room, said[0], 1)
    rate(room, said[1], -1, "Birch burns for 18 hours.")
    gather(room)
    kept = into_draft(room, name="chats", waiting=True)
    stored = examples(room, kept.version_id or 0)
    assert {one.origin for one in stored} == {"conversation"}
    assert len({one.split for one in stored}) == 1
    assert stored[-1].history[0] == {"role": "user", "content": "How long does Aster burn?"}


def test_what_was_rated_again_while_somebody_looked_at_it_is_not_accepted_unseen(
    room: Workspace, said: list[int]
) -> None:
    rate(room, said[0], 1)
    gather(room)
    (one,) = suggestions.list_suggestions(room)
    rate(room, said[0], -1, "It burns for 14 hours.")
    with pytest.raises(BadInput, match="rated again while you looked"):
        suggestions.accept(room, one.id, seen=one.edition)
    gather(room)
    (now,) = suggestions.list_suggestions(room)
    suggestions.accept(room, now.id, seen=now.edition)
    assert suggestions.counts(room)["accepted"] == 1
