"""Tables of conversations, cited answers and ratings."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Integer, UniqueConstraint, func
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from studio.store.tables.table import Owned, Table, one_of, within


class Conversation(Owned, Table):
    """Questions and answers that belong together; `filter` says into which documents they look."""

    __tablename__ = "conversations"
    title: Mapped[str] = mapped_column(server_default="")
    library_id: Mapped[int | None]
    adapter_id: Mapped[int | None]
    filter: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        within("library_id", "libraries", ondelete="SET NULL"),
        within("adapter_id", "adapters", ondelete="SET NULL"),
    )


class Message(Owned, Table):
    """One turn of a conversation. `detail` of an answer says who answered from which library, whether it was
    stopped or refused, what was looked up, what was left out of the prompt, and which sources support each
    sentence.
    """

    __tablename__ = "messages"
    conversation_id: Mapped[int]
    role: Mapped[str]
    text: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        within("conversation_id", "conversations"),
        one_of("role", ("user", "assistant")),
    )


class Citation(Table):
    """A numbered source of a message; the quote stays when the passage is deleted."""

    __tablename__ = "citations"
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    message_id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    passage_id: Mapped[int | None]
    document: Mapped[str]
    place: Mapped[str]
    quote: Mapped[str]
    used: Mapped[bool] = mapped_column(server_default=sql("true"))
    __table_args__ = (
        within("message_id", "messages"),
        within("passage_id", "passages", ondelete="SET NULL"),
    )


class Rating(Table):
    """What a person thought of an answer: 1 good, -1 bad; with an optional reason and better answer."""

    __tablename__ = "ratings"
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    message_id: Mapped[int] = mapped_column(primary_key=True)
    score: Mapped[int] = mapped_column(Integer)
    correction: Mapped[str] = mapped_column(server_default="")
    reason: Mapped[str] = mapped_column(server_default="")
    note: Mapped[str] = mapped_column(server_default="")
    author: Mapped[str] = mapped_column(server_default="local")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    __table_args__ = (within("message_id", "messages"), CheckConstraint("score IN (-1, 1)", name="score"))
