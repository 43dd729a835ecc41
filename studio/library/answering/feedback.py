"""What people think of answers: a thumb, a reason, a better answer; kept with all that the answer rested on.

Called by the chat page, by the review of rated answers and by `feedback`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.errors import BadInput, NotFound
from studio.library.answering.turns import CitationView, citations_of, said_before
from studio.store.database import Workspace
from studio.store.tables import Adapter, Conversation, Library, Message, Rating

# what is stored -> what people read
REASONS = {
    "wrong": "It is wrong",
    "incomplete": "Something is left out",
    "sources": "It rests on the wrong passage",
    "refused": "It should have known this",
    "manner": "Right, but badly said",
}
LONGEST = 20_000


@dataclass(frozen=True)
class Remark:
    """Why an answer was rated so: a key of REASONS or nothing, a note in free text, and who says it."""

    reason: str = ""
    note: str = ""
    by: str = "local"


@dataclass(frozen=True)
class FeedbackView:
    """A rated answer. `library` and `adapter` are those that answered; "" where there was none."""

    message_id: int
    conversation_id: int
    question: str
    answer: str
    score: int
    reason: str
    note: str
    correction: str
    by: str
    rated_at: datetime
    library: str
    adapter: str
    passages: tuple[CitationView, ...]

    @property
    def why(self) -> str:
        """Reason and note in words."""
        return said_why(self.reason, self.note)


def rate(
    room: Workspace, message_id: int, score: int, correction: str = "", remark: Remark | None = None
) -> None:
    """1 good, -1 bad, with a better answer if there is one; rating again replaces the rating."""
    remark = remark or Remark()
    if score not in (1, -1):
        raise BadInput("A rating is 1 (good) or -1 (bad).")
    if remark.reason and remark.reason not in REASONS:
        raise BadInput(f"There is no reason “{remark.reason}”; choose from {', '.join(REASONS)}.")
    if max(len(correction), len(remark.note)) > LONGEST:
        raise BadInput(f"A better answer and a note have at most {LONGEST:,} characters each.")
    with room.session() as session:
        mine = (Message.workspace_id == room.id, Message.id == message_id)
        message = session.scalar(sa.select(Message).where(*mine))
        if message is None or message.role != "assistant":
            raise NotFound("There is no such answer in this workspace.")
        session.merge(
            Rating(
                workspace_id=room.id,
                message_id=message_id,
                score=score,
                correction=correction.replace("\0", "").strip(),
                reason=remark.reason,
                note=remark.note.replace("\0", "").strip(),
                author=remark.by,
                created_at=sa.func.now(),
            )
        )


def said_why(reason: str, note: str) -> str:
    """Reason and note in words; empty where neither was given."""
    return ": ".join(part for part in (REASONS.get(reason, reason), note.strip()) if part)


def list_feedback(room: Workspace, score: int | None = None) -> list[FeedbackView]:
    """Every rated answer, the one rated last first; of one score where that is given."""
    rated = rated_answers(room)
    if score is not None:
        rated = rated.where(Rating.score == score)
    newest_first = (Rating.created_at.desc(), Message.id.desc())
    with room.session() as session:
        return _views(session, room, session.execute(rated.order_by(*newest_first)).all())


def rated_answers(room: Workspace) -> sa.Select[Message, Rating, Conversation]:
    """Every rated answer with its rating and its conversation."""
    rated = sa.and_(Rating.message_id == Message.id, Rating.workspace_id == room.id)
    talk = sa.and_(Conversation.id == Message.conversation_id, Conversation.workspace_id == room.id)
    found = sa.select(Message, Rating, Conversation).join(Rating, rated).join(Conversation, talk)
    return found.where(Message.workspace_id == room.id)


def answered_with(message: Message, talk: Conversation) -> tuple[int | None, int | None]:
    """Library and adapter of an answer; of one from before that was kept, its conversation's of today."""
    if "library" in message.detail:
        return message.detail["library"], message.detail["adapter"]
    return talk.library_id, talk.adapter_id


def _views(
    session: Session, room: Workspace, found: Sequence[sa.Row[Message, Rating, Conversation]]
) -> list[FeedbackView]:
    ids = [message.id for message, _, _ in found]
    before = said_before(session, room, [message for message, _, _ in found])
    cited = citations_of(session, room, ids)
    used = {message.id: answered_with(message, talk) for message, _, talk in found}
    libraries = _names(session, room, Library, {library for library, _ in used.values()})
    adapters = _names(session, room, Adapter, {adapter for _, adapter in used.values()})
    return [
        _view(
            (message, rating),
            before[message.id],
            cited[message.id],
            (libraries[used[message.id][0]], adapters[used[message.id][1]]),
        )
        for message, rating, _ in found
    ]


def _view(
    rated: tuple[Message, Rating],
    before: Sequence[Message],
    cited: tuple[CitationView, ...],
    named: tuple[str, str],
) -> FeedbackView:
    message, rating = rated
    library, adapter = named
    return FeedbackView(
        message_id=message.id,
        conversation_id=message.conversation_id,
        question=before[-1].text if before else "",
        answer=message.text,
        score=rating.score,
        reason=rating.reason,
        note=rating.note,
        correction=rating.correction,
        by=rating.author,
        rated_at=rating.created_at,
        library=library,
        adapter=adapter,
        passages=cited,
    )


def _names(
    session: Session, room: Workspace, table: type[Library] | type[Adapter], ids: Collection[int | None]
) -> dict[int | None, str]:
    """What each is called: its number where it was deleted since, nothing where there was none."""
    there = sorted(row_id for row_id in ids if row_id is not None)
    mine = (table.workspace_id == room.id, table.id == sa.func.any(there))
    named = {row_id: name for row_id, name in session.execute(sa.select(table.id, table.name).where(*mine))}
    return {None: ""} | {row_id: named.get(row_id) or f"number {row_id}, deleted since" for row_id in there}
