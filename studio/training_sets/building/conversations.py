"""Rated answers as suggested examples. Called by pages and commands.

An answer that was called good, or for which somebody wrote a better one, can be accepted as it stands.
One that was only called bad waits without an answer: somebody writes one, says that a document is missing,
or rejects it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.library.answering.citations import without_marks
from studio.library.answering.feedback import answered_with, rated_answers
from studio.library.answering.turns import CitationView, citations_of, said_before
from studio.store.database import Workspace
from studio.store.tables import Conversation, Message, Rating, Suggestion

MOST_TURNS = 6  # messages before the question: small models lose the thread of more
PLACE = ("passage_id", "document", "place", "quote")
STOPPED = "The answer was stopped before its end."
REFUSED = "The answer says that the documents do not tell."
# of a suggestion: the answer it was made of, and when that was rated as it stands there
FROM = Suggestion.source["message"].astext.cast(sa.BigInteger)
RATED_AT = Suggestion.source["rated_at"].astext.cast(sa.DateTime(timezone=True))


@dataclass(frozen=True)
class _Rated:
    """An answer with its rating and everything said before it in its conversation."""

    message: Message
    rating: Rating
    talk: Conversation
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
    def rated_at(self) -> str:
        return self.rating.created_at.isoformat()

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
        if not session.execute(_to_do(room).limit(1)).first():
            return 0
        room.take_turns(session, "gather")  # at once, the same answers would be suggested twice
        found = session.execute(_to_do(room)).all()
        waiting = _waiting(session, room, [one.suggestion_id for one in found if one.suggestion_id])
        new = {one.message_id for one in found if one.suggestion_id is None}
        rated = {one.message.id: one for one in _rated(session, room, [*new, *waiting]) if one.usable}
        for message_id, row in waiting.items():
            _follow(session, row, rated.get(message_id))
        made = _suggestions(session, room, [one for one in rated.values() if one.message.id in new])
        session.add_all(made)
        return len(made)


def _to_do(room: Workspace) -> sa.Select[int | None, int | None]:
    """Ids: of an answer that was rated and never suggested, or of a suggestion still waiting whose answer was
    rated again or is gone. A full join reads either side once, whatever is known of their sizes."""
    row = Suggestion
    mine = (row.workspace_id == room.id, row.origin == "conversation")
    made = sa.select(row.id, row.state, FROM.label("message"), RATED_AT.label("at")).where(*mine).subquery()
    rated = sa.select(Rating.message_id, Rating.created_at).where(Rating.workspace_id == room.id).subquery()
    outdated = sa.and_(made.c.state == "waiting", made.c.at.is_distinct_from(rated.c.created_at))
    found = sa.select(rated.c.message_id, made.c.id.label("suggestion_id"))
    either = found.select_from(rated.join(made, made.c.message == rated.c.message_id, full=True))
    return either.where(sa.or_(made.c.id.is_(None), outdated))


def _waiting(session: Session, room: Workspace, ids: list[int]) -> dict[int, Suggestion]:
    """Those of these that still wait, by their answers; locked, so that nobody accepts what changes here."""
    mine = (Suggestion.workspace_id == room.id, Suggestion.id == sa.func.any(ids))
    waiting = sa.select(Suggestion).where(*mine, Suggestion.state == "waiting").order_by(Suggestion.id)
    return {int(row.source["message"]): row for row in session.scalars(waiting.with_for_update())}


def _rated(session: Session, room: Workspace, ids: list[int]) -> list[_Rated]:
    chosen = rated_answers(room).where(Message.id == sa.func.any(ids)).order_by(Message.id)
    found = session.execute(chosen).all()
    before = said_before(session, room, [message for message, _, _ in found], MOST_TURNS)
    return [_Rated(message, rating, talk, before[message.id]) for message, rating, talk in found]


def _follow(session: Session, row: Suggestion, rated: _Rated | None) -> None:
    if rated is None:
        session.delete(row)
        return
    row.completion = rated.completion
    row.drafted = {**row.drafted, "completion": rated.completion}
    row.source = {**row.source, "feedback": rated.feedback, "rated_at": rated.rated_at}
    row.doubts = _doubts(rated)


def _suggestions(session: Session, room: Workspace, new: Sequence[_Rated]) -> list[Suggestion]:
    cited = citations_of(session, room, [one.message.id for one in new])
    better = _corrections(session, room, [turn.id for one in new for turn in one.before])
    return [
        _suggestion(room, one, _source(one) | _history(one, better) | _passages(cited[one.message.id]))
        for one in new
    ]


def _suggestion(room: Workspace, rated: _Rated, source: dict[str, Any]) -> Suggestion:
    prompt = rated.before[-1].text.strip()
    return Suggestion(
        workspace_id=room.id,
        origin="conversation",
        prompt=prompt,
        completion=rated.completion,
        drafted={"prompt": prompt, "completion": rated.completion},
        source=source,
        doubts=_doubts(rated),
    )


def _source(rated: _Rated) -> dict[str, Any]:
    library, adapter = answered_with(rated.message, rated.talk)
    return {
        "message": rated.message.id,
        "conversation": rated.talk.id,
        "title": rated.talk.title,
        "answer": rated.message.text,
        "library": library,
        "adapter": adapter,
        "feedback": rated.feedback,
        "rated_at": rated.rated_at,
    }


def _corrections(session: Session, room: Workspace, message_ids: list[int]) -> dict[int, str]:
    mine = (
        Rating.workspace_id == room.id,
        Rating.message_id == sa.func.any(message_ids),
        Rating.correction != "",
    )
    found = session.execute(sa.select(Rating.message_id, Rating.correction).where(*mine))
    return {message_id: correction for message_id, correction in found}


def _history(rated: _Rated, better: Mapping[int, str]) -> dict[str, Any]:
    """What was said before; of a corrected answer, the better one: what is wrong is not repeated."""
    return {
        "history": [
            {"role": turn.role, "content": better.get(turn.id) or without_marks(turn.text)}
            for turn in rated.before[:-1]
        ]
    }


def _passages(given: Sequence[CitationView]) -> dict[str, Any]:
    """All that the answer was given; the first it rests on is named as the source of a drafted example is."""
    first = next((one for one in given if one.used), None)
    named = {name: getattr(first, name) for name in PLACE} if first else {}
    return {"passages": [asdict(one) for one in given], **named}


def _doubts(rated: _Rated) -> list[str]:
    if rated.correction or rated.rating.score == -1:
        return []
    said = {STOPPED: rated.message.detail.get("stopped"), REFUSED: rated.message.detail.get("refused")}
    return [doubt for doubt, true in said.items() if true]
