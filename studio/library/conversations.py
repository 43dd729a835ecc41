"""Conversations kept in the database: questions, cited answers, ratings. Called by the chat page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.engine.client import Engine
from studio.engine.prompts import Message as ModelMessage
from studio.errors import BadInput, NotFound
from studio.library.answers import Cited, answer
from studio.store.database import Workspace
from studio.store.tables import Citation, Conversation, Message, Passage, Rating

_TITLE_CHARACTERS = 80


@dataclass(frozen=True)
class ConversationView:
    id: int
    title: str
    library_id: int | None
    adapter_id: int | None
    created_at: datetime


@dataclass(frozen=True)
class CitationView:
    """`passage_id` is None when the document was deleted since; the quote stays."""

    number: int
    passage_id: int | None
    document: str
    place: str
    quote: str
    used: bool


@dataclass(frozen=True)
class MessageView:
    """`stopped` means that the answer was not finished; `score` is 1, -1 or None."""

    id: int
    role: str
    text: str
    citations: tuple[CitationView, ...]
    stopped: bool
    score: int | None
    correction: str
    created_at: datetime


def start_conversation(room: Workspace, library_id: int | None = None, adapter_id: int | None = None) -> int:
    """An empty conversation about a library, with an adapter, with both or with neither."""
    with room.session() as session:
        conversation = Conversation(workspace_id=room.id, library_id=library_id, adapter_id=adapter_id)
        session.add(conversation)
        try:
            session.flush()
        except sa.exc.IntegrityError:
            raise NotFound("There is no such library or adapter in this workspace.") from None
        return conversation.id


def list_conversations(room: Workspace) -> list[ConversationView]:
    """Newest first."""
    newest_first = (
        sa.select(Conversation).where(Conversation.workspace_id == room.id).order_by(Conversation.id.desc())
    )
    with room.session() as session:
        return [
            ConversationView(c.id, c.title, c.library_id, c.adapter_id, c.created_at)
            for c in session.scalars(newest_first)
        ]


def list_messages(room: Workspace, conversation_id: int) -> list[MessageView]:
    """In the order they were said."""
    with room.session() as session:
        _existing(session, room, conversation_id)
        messages = session.scalars(_messages(room, conversation_id)).all()
        ids = [message.id for message in messages]
        citations = session.scalars(
            sa.select(Citation)
            .where(Citation.workspace_id == room.id, Citation.message_id == sa.func.any(ids))
            .order_by(Citation.number)
        ).all()
        ratings = session.scalars(
            sa.select(Rating).where(Rating.workspace_id == room.id, Rating.message_id == sa.func.any(ids))
        )
        by_message = {rating.message_id: rating for rating in ratings}
        return [
            _view(message, [c for c in citations if c.message_id == message.id], by_message.get(message.id))
            for message in messages
        ]


def ask(room: Workspace, engine: Engine, conversation_id: int, question: str) -> Iterator[str | Cited]:
    """Pieces of the answer, then the whole; what was said is kept, also when the reader leaves half-way."""
    if not question.strip():
        raise BadInput("Write a question first.")
    with room.session() as session:
        conversation = _existing(session, room, conversation_id)
        said = session.scalars(_messages(room, conversation_id)).all()
        history: list[ModelMessage] = [{"role": message.role, "content": message.text} for message in said]
        session.add(_message(room, conversation_id, "user", question.strip()))
        conversation.title = conversation.title or question.strip()[:_TITLE_CHARACTERS]
    library_id, adapter_id = conversation.library_id, conversation.adapter_id
    pieces: list[str] = []
    finished: Cited | None = None
    try:
        for piece in answer(room, engine, library_id, question, adapter_id, history):
            if isinstance(piece, Cited):
                finished = piece
            else:
                pieces.append(piece)
                yield piece
    finally:
        _keep_answer(room, conversation_id, "".join(pieces), finished)
    if finished is not None:
        yield finished


def rate(room: Workspace, message_id: int, score: int, correction: str = "") -> None:
    """1 good, -1 bad, with a better answer if there is one; rating again replaces the rating."""
    if score not in (1, -1):
        raise BadInput("A rating is 1 (good) or -1 (bad).")
    with room.session() as session:
        message = session.scalar(
            sa.select(Message).where(Message.workspace_id == room.id, Message.id == message_id)
        )
        if message is None or message.role != "assistant":
            raise NotFound("There is no such answer in this workspace.")
        session.merge(
            Rating(workspace_id=room.id, message_id=message_id, score=score, correction=correction.strip())
        )


def delete_conversation(room: Workspace, conversation_id: int) -> None:
    with room.session() as session:
        session.delete(_existing(session, room, conversation_id))


def _keep_answer(room: Workspace, conversation_id: int, text: str, finished: Cited | None) -> None:
    if finished is None and not text:
        return
    with room.session() as session:
        message = _message(room, conversation_id, "assistant", finished.text if finished else text)
        message.detail = {"stopped": finished is None, "refused": bool(finished and finished.refused)}
        session.add(message)
        session.flush()
        citations = finished.citations if finished else ()
        present = _present(session, room, [citation.passage_id for citation in citations])
        for citation in citations:
            session.add(
                Citation(
                    workspace_id=room.id,
                    message_id=message.id,
                    number=citation.number,
                    passage_id=citation.passage_id if citation.passage_id in present else None,
                    document=citation.document,
                    place=citation.place,
                    quote=citation.quote,
                    used=citation.used,
                )
            )


def _present(session: Session, room: Workspace, passage_ids: list[int]) -> set[int]:
    """A document may be deleted while its answer is written; the quote is kept all the same."""
    chosen = sa.select(Passage.id).where(
        Passage.workspace_id == room.id, Passage.id == sa.func.any(passage_ids)
    )
    return set(session.scalars(chosen.with_for_update(key_share=True)))


def _message(room: Workspace, conversation_id: int, role: str, text: str) -> Message:
    return Message(workspace_id=room.id, conversation_id=conversation_id, role=role, text=text)


def _existing(session: Session, room: Workspace, conversation_id: int) -> Conversation:
    conversation = session.scalar(
        sa.select(Conversation).where(
            Conversation.workspace_id == room.id, Conversation.id == conversation_id
        )
    )
    if conversation is None:
        raise NotFound("There is no such conversation in this workspace.")
    return conversation


def _messages(room: Workspace, conversation_id: int) -> sa.Select[Message]:
    return (
        sa.select(Message)
        .where(Message.workspace_id == room.id, Message.conversation_id == conversation_id)
        .order_by(Message.id)
    )


def _view(message: Message, citations: list[Citation], rating: Rating | None) -> MessageView:
    return MessageView(
        id=message.id,
        role=message.role,
        text=message.text,
        citations=tuple(
            CitationView(c.number, c.passage_id, c.document, c.place, c.quote, c.used) for c in citations
        ),
        stopped=bool(message.detail.get("stopped")),
        score=rating.score if rating else None,
        correction=rating.correction if rating else "",
        created_at=message.created_at,
    )
