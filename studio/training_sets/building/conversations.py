"""Rated answers as suggested examples. Called by pages and commands.

An answer that was called good, or for which somebody wrote a better one, becomes a suggestion; one that was
only called bad never does. A person still looks at each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.library.answering.citations import without_marks
from studio.store.database import Workspace
from studio.store.tables import Citation, Conversation, Message, Rating, Suggestion

MOST_TURNS = 6  # messages before the question: small models lose the thread of more
STOPPED = "The answer was stopped before its end."
REFUSED = "The answer says that the documents do not tell."


@dataclass(frozen=True)
class _Rated:
    """An answer that may be trained on, with everything said before it in its conversation."""

    message: Message
    correction: str
    title: str
    before: Sequence[Message]

    @property
    def completion(self) -> str:
        return self.correction or without_marks(self.message.text)


def gather(room: Workspace) -> int:
    """Suggest what was rated since the last time; returns how many are new.

    A suggestion still waiting follows its rating: it goes with it, and takes a later correction over.
    """
    with room.session() as session:
        room.take_turns(session, "gather")  # at once, the same answers would be suggested twice
        rated = {one.message.id: one for one in _rated(session, room) if one.before and one.completion}
        known = _known(session, room)
        for message_id, row in known.items():
            if row.state == "waiting":
                _follow(session, row, rated.get(message_id))
        new = [one for message_id, one in rated.items() if message_id not in known]
        session.add_all([_suggestion(session, room, one) for one in new])
        return len(new)


def _rated(session: Session, room: Workspace) -> list[_Rated]:
    chosen = (
        sa.select(Message, Rating.correction, Conversation.title)
        .join(Rating, sa.and_(Rating.message_id == Message.id, Rating.workspace_id == room.id))
        .join(
            Conversation,
            sa.and_(Conversation.id == Message.conversation_id, Conversation.workspace_id == room.id),
        )
        .where(Message.workspace_id == room.id, sa.or_(Rating.score == 1, Rating.correction != ""))
        .order_by(Message.id)
    )
    return [
        _Rated(message, correction.strip(), title, _said_before(session, room, message))
        for message, correction, title in session.execute(chosen).all()
    ]


def _said_before(session: Session, room: Workspace, answer: Message) -> list[Message]:
    """The question last, before it the latest whole turns; empty where no question comes before."""
    earlier = (
        sa.select(Message)
        .where(Message.workspace_id == room.id, Message.conversation_id == answer.conversation_id)
        .where(Message.id < answer.id)
        .order_by(Message.id.desc())
        .limit(MOST_TURNS + 1)
    )
    said = list(session.scalars(earlier))[::-1]
    if not said or said[-1].role != "user":
        return []
    while said[0].role != "user":
        said = said[1:]
    return said


def _known(session: Session, room: Workspace) -> dict[int, Suggestion]:
    mine = (Suggestion.workspace_id == room.id, Suggestion.origin == "conversation")
    return {int(row.source["message"]): row for row in session.scalars(sa.select(Suggestion).where(*mine))}


def _follow(session: Session, row: Suggestion, rated: _Rated | None) -> None:
    if rated is None:
        session.delete(row)
    elif row.completion != rated.completion:
        row.completion = rated.completion
        row.drafted = {**row.drafted, "completion": rated.completion}
        row.source = {**row.source, "corrected": bool(rated.correction)}
        row.doubts = _doubts(rated)


def _suggestion(session: Session, room: Workspace, rated: _Rated) -> Suggestion:
    *earlier, asked = rated.before
    prompt = asked.text.strip()
    return Suggestion(
        workspace_id=room.id,
        origin="conversation",
        prompt=prompt,
        completion=rated.completion,
        drafted={"prompt": prompt, "completion": rated.completion},
        source={
            "message": rated.message.id,
            "conversation": rated.message.conversation_id,
            "title": rated.title,
            "corrected": bool(rated.correction),
            "history": [{"role": turn.role, "content": without_marks(turn.text)} for turn in earlier],
            **_place(session, room, rated.message.id),
        },
        doubts=_doubts(rated),
    )


def _place(session: Session, room: Workspace, message_id: int) -> dict[str, Any]:
    """The first source that the answer rests on, named as the source of a drafted example is."""
    used = (Citation.workspace_id == room.id, Citation.message_id == message_id, Citation.used)
    found = session.scalar(sa.select(Citation).where(*used).order_by(Citation.number).limit(1))
    if found is None:
        return {}
    return {
        "passage_id": found.passage_id,
        "document": found.document,
        "place": found.place,
        "quote": found.quote,
    }


def _doubts(rated: _Rated) -> list[str]:
    if rated.correction:
        return []
    said = {STOPPED: rated.message.detail.get("stopped"), REFUSED: rated.message.detail.get("refused")}
    return [doubt for doubt, true in said.items() if true]
