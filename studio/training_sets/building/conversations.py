"""Rated answers as suggested examples. Called by pages and commands.

An answer that was called good, or for which somebody wrote a better one, can be accepted as it stands.
One that was only called bad waits without an answer: somebody writes one, says that a document is missing,
or rejects it.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.library.answering.citations import without_marks
from studio.library.answering.feedback import answered_with
from studio.library.answering.turns import citations_of, said_before
from studio.store.database import Workspace
from studio.store.tables import Conversation, Message, Rating, Suggestion

MOST_TURNS = 6  # messages before the question: small models lose the thread of more
PLACE = ("passage_id", "document", "place", "quote")
STOPPED = "The answer was stopped before its end."
REFUSED = "The answer says that the documents do not tell."


@dataclass(frozen=True)
class _Rated:
    """An answer with its rating and everything said before it in its conversation."""

    message: Message
    rating: Rating
    title: str
    before: Sequence[Message]

    @property
    def correction(self) -> str:
        return self.rating.correction.strip()

    @property
    def completion(self) -> str:
        """What would be learned; empty where the answer was only called bad."""
        good = without_marks(self.message.text) if self.rating.score == 1 else ""
        return self.correction or good

    @property
    def usable(self) -> bool:
        return bool(self.before) and bool(self.completion or self.rating.score == -1)

    @property
    def feedback(self) -> dict[str, Any]:
        """What was said about the answer."""
        rating = self.rating
        return {
            "score": rating.score,
            "reason": rating.reason,
            "note": rating.note,
            "by": rating.author,
            "corrected": bool(self.correction),
        }


def gather(room: Workspace) -> int:
    """Suggest what was rated since the last time; returns how many are new.

    A suggestion still waiting follows its rating: it goes with it, and takes a later correction over.
    """
    with room.session() as session:
        room.take_turns(session, "gather")  # at once, the same answers would be suggested twice
        known = _known(session, room)
        reviewed = {message_id for message_id, row in known.items() if row.state != "waiting"}
        rated = {one.message.id: one for one in _rated(session, room, reviewed) if one.usable}
        for message_id in known.keys() - reviewed:
            _follow(session, known[message_id], rated.get(message_id))
        new = [one for message_id, one in rated.items() if message_id not in known]
        session.add_all([_suggestion(session, room, one) for one in new])
        return len(new)


def _rated(session: Session, room: Workspace, reviewed: Collection[int]) -> list[_Rated]:
    """Those nobody has reviewed yet."""
    chosen = (
        sa.select(Message, Rating, Conversation.title)
        .join(Rating, sa.and_(Rating.message_id == Message.id, Rating.workspace_id == room.id))
        .join(
            Conversation,
            sa.and_(Conversation.id == Message.conversation_id, Conversation.workspace_id == room.id),
        )
        .where(Message.workspace_id == room.id, Message.id != sa.func.all(list(reviewed)))
        .order_by(Message.id)
    )
    return [
        _Rated(message, rating, title, said_before(session, room, message, MOST_TURNS))
        for message, rating, title in session.execute(chosen).all()
    ]


def _known(session: Session, room: Workspace) -> dict[int, Suggestion]:
    mine = (Suggestion.workspace_id == room.id, Suggestion.origin == "conversation")
    return {int(row.source["message"]): row for row in session.scalars(sa.select(Suggestion).where(*mine))}


def _follow(session: Session, row: Suggestion, rated: _Rated | None) -> None:
    if rated is None:
        session.delete(row)
    elif row.completion != rated.completion or row.source.get("feedback") != rated.feedback:
        row.completion = rated.completion
        row.drafted = {**row.drafted, "completion": rated.completion}
        row.source = {**row.source, "feedback": rated.feedback}
        row.doubts = _doubts(rated)


def _suggestion(session: Session, room: Workspace, rated: _Rated) -> Suggestion:
    *earlier, asked = rated.before
    prompt = asked.text.strip()
    library, adapter = answered_with(session, room, rated.message)
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
            "answer": rated.message.text,
            "library": library,
            "adapter": adapter,
            "feedback": rated.feedback,
            "history": _history(session, room, earlier),
            **_passages(session, room, rated.message.id),
        },
        doubts=_doubts(rated),
    )


def _history(session: Session, room: Workspace, earlier: Sequence[Message]) -> list[dict[str, str]]:
    """What was said before; of a corrected answer, the better one: what is wrong is not repeated."""
    ids = [turn.id for turn in earlier]
    mine = (Rating.workspace_id == room.id, Rating.message_id == sa.func.any(ids), Rating.correction != "")
    found = session.execute(sa.select(Rating.message_id, Rating.correction).where(*mine))
    better = {message: correction for message, correction in found}
    return [
        {"role": turn.role, "content": better.get(turn.id) or without_marks(turn.text)} for turn in earlier
    ]


def _passages(session: Session, room: Workspace, message_id: int) -> dict[str, Any]:
    """All that the answer was given; the first it rests on is named as the source of a drafted example is."""
    given = citations_of(session, room, message_id)
    first = next((one for one in given if one.used), None)
    named = {name: getattr(first, name) for name in PLACE} if first else {}
    return {"passages": [asdict(one) for one in given], **named}


def _doubts(rated: _Rated) -> list[str]:
    if rated.correction or rated.rating.score == -1:
        return []
    said = {STOPPED: rated.message.detail.get("stopped"), REFUSED: rated.message.detail.get("refused")}
    return [doubt for doubt, true in said.items() if true]
