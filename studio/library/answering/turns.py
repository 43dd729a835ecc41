"""What was said in a conversation, as it is kept and shown. Called by conversations and feedback."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import dropwhile, pairwise
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.library.answering.answers import Cited
from studio.library.answering.choosing import Choice
from studio.library.answering.citations import Sentence
from studio.library.answering.followups import Turn
from studio.library.answering.planted import without_strange_addresses
from studio.store.database import Workspace
from studio.store.tables import Citation, Document, Message, Passage, Rating


@dataclass(frozen=True)
class Said:
    """An answer: what was written of it, the whole where it was finished, and who gave it from what."""

    text: str
    finished: Cited | None
    library_id: int | None = None
    adapter_id: int | None = None


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
    """`stopped` means that the answer was not finished; `score` is 1, -1 or None.

    `looked_up` is what was searched for where that is not the question itself, `left_out` names sources
    that did not fit into the prompt, and a sentence without numbers has no support in the documents.
    `choices` are the documents an answer lets the reader choose from.
    """

    id: int
    role: str
    text: str
    citations: tuple[CitationView, ...]
    stopped: bool
    score: int | None
    correction: str
    created_at: datetime
    reason: str = ""
    note: str = ""
    looked_up: str = ""
    left_out: tuple[str, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    refused: bool = False
    choices: tuple[Choice, ...] = ()


def messages_of(session: Session, room: Workspace, conversation_id: int) -> list[MessageView]:
    """In the order they were said."""
    messages = session.scalars(_messages(room, conversation_id)).all()
    ids = [message.id for message in messages]
    citations = citations_of(session, room, ids)
    ratings = session.scalars(
        sa.select(Rating).where(Rating.workspace_id == room.id, Rating.message_id == sa.func.any(ids))
    )
    by_message = {rating.message_id: rating for rating in ratings}
    return [_view(message, citations[message.id], by_message.get(message.id)) for message in messages]


def turns_of(session: Session, room: Workspace, conversation_id: int) -> tuple[Turn, ...]:
    """Questions with their answers; an answer's document is that of the first source it used."""
    messages = session.scalars(_messages(room, conversation_id)).all()
    documents = _documents_used(session, room, [message.id for message in messages])
    return tuple(
        Turn(asked.text, said.text, said.detail.get("looked_up", ""), *documents.get(said.id, (None, "")))
        for asked, said in pairwise(messages)
        if (asked.role, said.role) == ("user", "assistant")
    )


def said_before(
    session: Session, room: Workspace, answers: Sequence[Message], turns: int = 0
) -> dict[int, list[Message]]:
    """Of each answer its question last, before it up to `turns` earlier messages that begin with a question;
    empty where no question comes before."""
    talks = list({answer.conversation_id for answer in answers})
    mine = (Message.workspace_id == room.id, Message.conversation_id == sa.func.any(talks))
    said: dict[int, list[Message]] = {talk: [] for talk in talks}
    place: dict[int, int] = {}
    for message in session.scalars(sa.select(Message).where(*mine).order_by(Message.id)):
        place[message.id] = len(said[message.conversation_id])
        said[message.conversation_id].append(message)
    return {
        answer.id: _from_a_question(said[answer.conversation_id][: place[answer.id]][-turns - 1 :])
        for answer in answers
    }


def citations_of(
    session: Session, room: Workspace, message_ids: Collection[int]
) -> dict[int, tuple[CitationView, ...]]:
    """The passages each answer was given, in the order of their numbers."""
    mine = (Citation.workspace_id == room.id, Citation.message_id == sa.func.any(list(message_ids)))
    cited: dict[int, list[CitationView]] = {message_id: [] for message_id in message_ids}
    for row in session.scalars(sa.select(Citation).where(*mine).order_by(Citation.number)):
        cited[row.message_id].append(_cited(row))
    return {message_id: tuple(found) for message_id, found in cited.items()}


def said_from(session: Session, room: Workspace, message_id: int, passage_id: int) -> list[str]:
    """The sentences of an answer that rest on a passage; none where either is not there."""
    cited = sa.select(Citation.number).where(
        Citation.workspace_id == room.id,
        Citation.message_id == message_id,
        Citation.passage_id == passage_id,
    )
    answer = sa.select(Message).where(Message.workspace_id == room.id, Message.id == message_id)
    numbers, message = set(session.scalars(cited)), session.scalar(answer)
    said = message.detail.get("sentences", ()) if message else ()
    return [one["text"] for one in said if numbers.intersection(one["numbers"])]


def keep_question(session: Session, room: Workspace, conversation_id: int, question: str) -> None:
    session.add(_message(room, conversation_id, "user", question))


def keep_answer(session: Session, room: Workspace, conversation_id: int, said: Said) -> None:
    """The whole of it with its citations, or what was said until the reader left."""
    finished = said.finished
    # half an answer was not checked against its sources, so it keeps no address at all
    text = finished.text if finished else without_strange_addresses(said.text, [])
    message = _message(room, conversation_id, "assistant", text)
    # a conversation's settings may change, this answer's do not
    message.detail = _detail(finished) | {"library": said.library_id, "adapter": said.adapter_id}
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


def _detail(finished: Cited | None) -> dict[str, Any]:
    if finished is None:
        return {"stopped": True, "refused": False}
    return {
        "stopped": False,
        "refused": finished.refused,
        "looked_up": finished.looked_up,
        "left_out": list(finished.left_out),
        "sentences": [asdict(sentence) for sentence in finished.sentences],
        "choices": [asdict(choice) for choice in finished.choices],
    }


def _documents_used(
    session: Session, room: Workspace, message_ids: Sequence[int]
) -> dict[int, tuple[int, str]]:
    used = (
        sa.select(Citation.message_id, Document.id, Document.title)
        .join(Passage, sa.and_(Passage.id == Citation.passage_id, Passage.workspace_id == room.id))
        .join(Document, sa.and_(Document.id == Passage.document_id, Document.workspace_id == room.id))
        .where(
            Citation.workspace_id == room.id,
            Citation.message_id == sa.func.any(list(message_ids)),
            Citation.used,
        )
        .order_by(Citation.number.desc())
    )
    return {message: (document, title) for message, document, title in session.execute(used)}


def _present(session: Session, room: Workspace, passage_ids: list[int]) -> set[int]:
    """A document may be deleted while its answer is written; the quote is kept all the same."""
    chosen = sa.select(Passage.id).where(
        Passage.workspace_id == room.id, Passage.id == sa.func.any(passage_ids)
    )
    return set(session.scalars(chosen.with_for_update(key_share=True)))


def _message(room: Workspace, conversation_id: int, role: str, text: str) -> Message:
    return Message(workspace_id=room.id, conversation_id=conversation_id, role=role, text=text)


def _from_a_question(said: list[Message]) -> list[Message]:
    """Nothing where a question is not what was said last."""
    if not said or said[-1].role != "user":
        return []
    return list(dropwhile(lambda message: message.role != "user", said))


def _messages(room: Workspace, conversation_id: int) -> sa.Select[Message]:
    return (
        sa.select(Message)
        .where(Message.workspace_id == room.id, Message.conversation_id == conversation_id)
        .order_by(Message.id)
    )


def _view(message: Message, citations: tuple[CitationView, ...], rating: Rating | None) -> MessageView:
    detail = message.detail
    return MessageView(
        id=message.id,
        role=message.role,
        text=message.text,
        citations=citations,
        stopped=bool(detail.get("stopped")),
        score=rating.score if rating else None,
        correction=rating.correction if rating else "",
        created_at=message.created_at,
        reason=rating.reason if rating else "",
        note=rating.note if rating else "",
        looked_up=detail.get("looked_up", ""),
        left_out=tuple(detail.get("left_out", ())),
        sentences=tuple(Sentence(s["text"], tuple(s["numbers"])) for s in detail.get("sentences", ())),
        refused=bool(detail.get("refused")),
        choices=tuple(Choice(**choice) for choice in detail.get("choices", ())),
    )


def _cited(row: Citation) -> CitationView:
    return CitationView(row.number, row.passage_id, row.document, row.place, row.quote, row.used)
