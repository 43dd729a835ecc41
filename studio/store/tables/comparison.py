"""Tables of question sets, comparisons and decisions."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Integer, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from studio.store.tables.table import Owned, Table, one_of, within

WORK_STATES = ("queued", "running", "stopped", "failed", "succeeded")


class QuestionSet(Owned, Table):
    """Held-out questions with reference answers."""

    __tablename__ = "question_sets"
    name: Mapped[str]
    sha256: Mapped[str]
    source: Mapped[str] = mapped_column(server_default="")
    __table_args__ = (UniqueConstraint("workspace_id", "id"), UniqueConstraint("workspace_id", "name"))


class Question(Table):
    """A held-out question. `document` names the file that answers it, where that is known; `source` what it
    was made from (a passage, a conversation), as the source of an example does."""

    __tablename__ = "questions"
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    question_set_id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    question: Mapped[str]
    reference: Mapped[str]
    answerable: Mapped[bool] = mapped_column(server_default=sql("true"))
    document: Mapped[str | None]
    source: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    __table_args__ = (within("question_set_id", "question_sets"),)


class Comparison(Owned, Table):
    """Approaches scored on a question set."""

    __tablename__ = "comparisons"
    name: Mapped[str]
    question_set_id: Mapped[int]
    library_id: Mapped[int | None]
    run_id: Mapped[int | None]
    # the run of an adapter that was trained with passages in its prompts; rag+fine-tuned then asks that one
    passages_run_id: Mapped[int | None]
    approaches: Mapped[list[Any]]
    question_limit: Mapped[int | None] = mapped_column(Integer)
    settings: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    state: Mapped[str] = mapped_column(server_default="queued")
    stop_requested: Mapped[bool] = mapped_column(server_default=sql("false"))
    progress: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    report: Mapped[dict[str, Any] | None]
    error: Mapped[str | None]
    job_id: Mapped[int | None]
    finished_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        within("question_set_id", "question_sets"),
        within("library_id", "libraries", ondelete="SET NULL"),
        within("run_id", "runs", ondelete="SET NULL"),
        within("passages_run_id", "runs", ondelete="SET NULL"),
        one_of("state", WORK_STATES),
    )


class ComparisonAnswer(Table):
    """What one approach answered to one question, and how that scored."""

    __tablename__ = "comparison_answers"
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    comparison_id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    approach: Mapped[str] = mapped_column(primary_key=True)
    answer: Mapped[str]
    sources: Mapped[list[Any]] = mapped_column(server_default=sql("'[]'"))
    scores: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    seconds: Mapped[float]
    __table_args__ = (within("comparison_id", "comparisons"),)


class Decision(Owned, Table):
    """What the wizard concluded, with everything it was concluded from.

    `basis` is the state of the data at that moment: names, counts and hashes.
    """

    __tablename__ = "decisions"
    answers: Mapped[dict[str, Any]]
    signals: Mapped[dict[str, Any]]
    recommendation: Mapped[dict[str, Any]]
    author: Mapped[str] = mapped_column(server_default="local")
    basis: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    library_id: Mapped[int | None]
    version_id: Mapped[int | None]
    comparison_id: Mapped[int | None]
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        within("library_id", "libraries", ondelete="SET NULL"),
        within("version_id", "training_set_versions", ondelete="SET NULL"),
        within("comparison_id", "comparisons", ondelete="SET NULL"),
    )
