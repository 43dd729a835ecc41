"""What is rated while suggestions are reviewed, and how often the database is asked for it."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.library.answering.feedback import list_feedback, rate
from studio.store.database import Workspace
from studio.store.tables import Conversation, Message, Rating, Suggestion
from studio.training_sets.building import suggestions
from studio.training_sets.building.conversations import gather

pytestmark = pytest.mark.postgres

MADE_TO_WAIT = sa.text(
    "SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))"
)


def suggested_then_called_bad(room: Workspace, answer: int) -> int:
    """A suggestion that waits with the answer that was called good before."""
    rate(room, answer, 1)
    gather(room)
    (one,) = suggestions.list_suggestions(room)
    rate(room, answer, -1)
    return one.id


def while_gathering(room: Workspace, review: Callable[[Session], object]) -> None:
    """Somebody reviews, and commits only when `gather` on another connection waits for them or is done."""
    with ThreadPoolExecutor(1) as other:
        with room.session() as session:
            review(session)
            session.flush()
            gathering = other.submit(gather, room)
            until = time.monotonic() + 10
            while not session.scalar(MADE_TO_WAIT) and not gathering.done():
                assert time.monotonic() < until, "it neither waits nor ends"
                time.sleep(0.01)
        gathering.result(10)


def test_what_is_accepted_while_answers_are_gathered_stays_as_accepted(
    room: Workspace, said: list[int]
) -> None:
    one = suggested_then_called_bad(room, said[0])
    accepted = sa.update(Suggestion).where(Suggestion.workspace_id == room.id, Suggestion.id == one)
    while_gathering(room, lambda session: session.execute(accepted.values(state="accepted")))
    (kept,) = suggestions.list_suggestions(room, suggestions.Find(("accepted",)))
    assert kept.completion == "It burns for 12 hours."


def test_what_is_accepted_while_its_rating_goes_is_not_deleted(room: Workspace, said: list[int]) -> None:
    one = suggested_then_called_bad(room, said[0])
    with room.session() as session:
        session.execute(sa.delete(Rating).where(Rating.workspace_id == room.id))
    accepted = sa.update(Suggestion).where(Suggestion.workspace_id == room.id, Suggestion.id == one)
    while_gathering(room, lambda session: session.execute(accepted.values(state="accepted")))
    assert suggestions.counts(room)["accepted"] == 1


def test_an_undone_review_follows_what_was_said_of_the_answer_meanwhile(
    room: Workspace, said: list[int]
) -> None:
    rate(room, said[0], 1)
    gather(room)
    (one,) = suggestions.list_suggestions(room)
    suggestions.accept(room, one.id)
    rate(room, said[0], -1, "Twelve hours.")
    gather(room)
    suggestions.undo(room, one.id)
    assert gather(room) == 0
    assert [one.completion for one in suggestions.list_suggestions(room)] == ["Twelve hours."]


def test_a_waiting_suggestion_goes_with_its_conversation(room: Workspace, said: list[int]) -> None:
    rate(room, said[0], 1)
    gather(room)
    with room.session() as session:
        session.execute(sa.delete(Conversation).where(Conversation.workspace_id == room.id))
    gather(room)
    assert suggestions.list_suggestions(room) == []


@contextmanager
def asked(room: Workspace) -> Iterator[list[str]]:
    """What the database is asked meanwhile, but for the entry of a workspace."""
    found: list[str] = []

    def keep(_: object, __: object, statement: str, *more: object) -> None:
        if "set_config" not in statement:
            found.append(statement)

    sa.event.listen(room.db.engine, "before_cursor_execute", keep)
    try:
        yield found
    finally:
        sa.event.remove(room.db.engine, "before_cursor_execute", keep)


def ask_more(room: Workspace, answer: int) -> list[int]:
    """Three more questions with their answers, in the conversation of this one."""
    with room.session() as session:
        talk = session.scalar(sa.select(Message.conversation_id).where(Message.id == answer))
        turns = [
            Message(workspace_id=room.id, conversation_id=talk, role=role, text=f"{role} {at}")
            for at in range(3)
            for role in ("user", "assistant")
        ]
        for turn in turns:
            session.add(turn)
            session.flush()
        return [turn.id for turn in turns[1::2]]


def test_when_nothing_was_rated_gathering_asks_one_question_and_waits_for_nobody(
    room: Workspace, said: list[int]
) -> None:
    for answer in said:
        rate(room, answer, 1)
    gather(room)
    suggestions.accept(room, suggestions.list_suggestions(room)[0].id)
    with asked(room) as questions:
        assert gather(room) == 0
    assert len(questions) == 1 and "pg_advisory" not in questions[0]


def test_gathering_many_answers_asks_no_more_than_gathering_one(room: Workspace, said: list[int]) -> None:
    more = ask_more(room, said[0])
    rate(room, said[0], 1)
    with asked(room) as for_one:
        gather(room)
    for answer in more:
        rate(room, answer, 1)
    with asked(room) as for_three:
        assert gather(room) == 3
    assert len(for_three) <= len(for_one)


def test_listing_many_rated_answers_asks_no_more_than_listing_one(room: Workspace, said: list[int]) -> None:
    more = ask_more(room, said[0])
    rate(room, said[0], 1)
    with asked(room) as for_one:
        list_feedback(room)
    for answer in more:
        rate(room, answer, 1)
    with asked(room) as for_four:
        assert [one.question for one in list_feedback(room)][:3] == ["user 2", "user 1", "user 0"]
    assert len(for_four) == len(for_one)
