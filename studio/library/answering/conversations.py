"""Conversations as they are kept: settings, what was asked and answered. Called by the chat page."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.engine.client import Engine
from studio.errors import BadInput, NotFound
from studio.library.answering.answers import Cited, Talk, answer
from studio.library.answering.turns import (
    CitationView,
    MessageView,
    Said,
    keep_answer,
    keep_question,
    messages_of,
    turns_of,
)
from studio.library.finding.filters import EVERYTHING, Filter
from studio.store.database import Workspace
from studio.store.tables import Conversation

__all__ = ["CitationView", "ConversationView", "MessageView"]

_TITLE_CHARACTERS = 80


@dataclass(frozen=True)
class ConversationView:
    """A conversation and its settings: who speaks and where answers are looked up."""

    id: int
    title: str
    library_id: int | None
    adapter_id: int | None
    created_at: datetime
    filter: Filter = EVERYTHING


def start_conversation(
    room: Workspace, library_id: int | None = None, adapter_id: int | None = None, within: Filter = EVERYTHING
) -> int:
    """An empty conversation about a library, with an adapter, with both or with neither."""
    with room.session() as session:
        conversation = Conversation(workspace_id=room.id)
        session.add(conversation)
        _set(session, conversation, library_id, adapter_id, within)
        return conversation.id


def change_settings(room: Workspace, conversation_id: int, settings: ConversationView) -> None:
    """From the next question on: the library, adapter and filter of `settings`."""
    with room.session() as session:
        conversation = _existing(session, room, conversation_id)
        _set(session, conversation, settings.library_id, settings.adapter_id, settings.filter)


def list_conversations(room: Workspace) -> list[ConversationView]:
    """Newest first."""
    newest_first = (
        sa.select(Conversation).where(Conversation.workspace_id == room.id).order_by(Conversation.id.desc())
    )
    with room.session() as session:
        return [_view(conversation) for conversation in session.scalars(newest_first)]


def get_conversation(room: Workspace, conversation_id: int) -> ConversationView:
    with room.session() as session:
        return _view(_existing(session, room, conversation_id))


def list_messages(room: Workspace, conversation_id: int) -> list[MessageView]:
    """In the order they were said."""
    with room.session() as session:
        _existing(session, room, conversation_id)
        return messages_of(session, room, conversation_id)


def ask(
    room: Workspace, engine: Engine, conversation_id: int, question: str, chosen: int | None = None
) -> Iterator[str | Cited]:
    """Pieces of the answer, then the whole; what was said is kept, also when the reader leaves half-way.

    `chosen` is the document the reader has pointed at where an answer let them choose.
    """
    question = question.strip()
    if not question:
        raise BadInput("Write a question first.")
    with room.session() as session:
        conversation = _existing(session, room, conversation_id)
        settings, earlier = _view(conversation), turns_of(session, room, conversation_id)
        keep_question(session, room, conversation_id, question)
        conversation.title = conversation.title or question[:_TITLE_CHARACTERS]
    talk = Talk(settings.adapter_id, settings.filter, earlier, chosen)
    pieces: list[str] = []
    finished: Cited | None = None
    try:
        for piece in answer(room, engine, settings.library_id, question, talk):
            if isinstance(piece, Cited):
                finished = piece
            else:
                pieces.append(piece)
                yield piece
    finally:
        if finished is not None or pieces:
            with room.session() as session:
                said = Said("".join(pieces), finished, settings.library_id, settings.adapter_id)
                keep_answer(session, room, conversation_id, said)
    if finished is not None:
        yield finished


def rename_conversation(room: Workspace, conversation_id: int, title: str) -> None:
    title = " ".join(title.split())
    if not 1 <= len(title) <= _TITLE_CHARACTERS:
        raise BadInput(f"A conversation's title has 1 to {_TITLE_CHARACTERS} characters.")
    with room.session() as session:
        _existing(session, room, conversation_id).title = title


def delete_conversation(room: Workspace, conversation_id: int) -> None:
    with room.session() as session:
        session.delete(_existing(session, room, conversation_id))


def _set(
    session: Session,
    conversation: Conversation,
    library_id: int | None,
    adapter_id: int | None,
    within: Filter,
) -> None:
    conversation.library_id, conversation.adapter_id = library_id, adapter_id
    conversation.filter = _stored(within)
    try:
        session.flush()
    except sa.exc.IntegrityError:
        raise NotFound("There is no such library or adapter in this workspace.") from None


def _existing(session: Session, room: Workspace, conversation_id: int) -> Conversation:
    conversation = session.scalar(
        sa.select(Conversation).where(
            Conversation.workspace_id == room.id, Conversation.id == conversation_id
        )
    )
    if conversation is None:
        raise NotFound("There is no such conversation in this workspace.")
    return conversation


def _view(row: Conversation) -> ConversationView:
    return ConversationView(
        row.id, row.title, row.library_id, row.adapter_id, row.created_at, _filter(row.filter)
    )


def _stored(within: Filter) -> dict[str, Any]:
    """All of its fields, or nothing where everything is looked into."""
    days = {name: day and day.isoformat() for name, day in (("since", within.since), ("until", within.until))}
    return asdict(within) | days if within else {}


def _filter(stored: dict[str, Any]) -> Filter:
    if not stored:
        return EVERYTHING
    since, until = (stored[name] and date.fromisoformat(stored[name]) for name in ("since", "until"))
    documents, tags, types = (tuple(stored[name]) for name in ("documents", "tags", "types"))
    return Filter(documents, tags, types, since, until)
