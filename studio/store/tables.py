"""Every table of the studio. Each row belongs to a workspace; migrations/ creates what stands here.

Composite foreign keys (workspace_id, id) make it impossible for a row to point into another workspace.
"""

from datetime import date, datetime
from typing import Any

from pgvector.sqlalchemy import HALFVEC, SPARSEVEC
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

TERM_DIMENSIONS = 1_000_000_000
RUN_STATES = ("queued", "running", "stopping", "stopped", "interrupted", "failed", "succeeded")
DOCUMENT_STATES = ("waiting", "parsing", "embedding", "ready", "failed")
PASSAGE_KINDS = ("text", "row", "sheet", "summary")
WORK_STATES = ("queued", "running", "stopped", "failed", "succeeded")


class Table(DeclarativeBase):
    """Common ground of all tables: names of constraints and the Postgres type of Python's types."""

    metadata = MetaData(
        naming_convention={
            "pk": "%(table_name)s_pkey",
            "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
            "uq": "%(table_name)s_%(column_0_N_name)s_key",
            "ix": "%(table_name)s_%(column_0_N_name)s_idx",
            "ck": "%(table_name)s_%(constraint_name)s_check",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        int: BigInteger,
        str: Text,
        float: Float,
        datetime: DateTime(timezone=True),
        date: Date,
        bytes: LargeBinary,
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }


class Workspace(Table):
    """A team's walled room."""

    __tablename__ = "workspaces"
    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Owned:
    """A row of a workspace with an id of its own that other rows of the workspace may point to."""

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:
        return (UniqueConstraint("workspace_id", "id"),)


def within(column: str, table: str, *, ondelete: str = "CASCADE") -> ForeignKeyConstraint:
    """A foreign key that also compares the workspace."""
    if ondelete == "SET NULL":
        ondelete = f"SET NULL ({column})"
    return ForeignKeyConstraint(
        ["workspace_id", column], [f"{table}.workspace_id", f"{table}.id"], ondelete=ondelete
    )


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """The column holds one of these words."""
    return CheckConstraint(f"{column} IN ({', '.join(repr(value) for value in values)})", name=column)


class Blob(Table):
    """A stored file, named by the SHA-256 of its content."""

    __tablename__ = "blobs"
    workspace_id: Mapped[int] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Library(Owned, Table):
    """Documents embedded with one pinned embedding model.

    `embedding_service` says where and how (empty: the studio's own engine), `next_embedding` describes a
    model that is being built beside it. `search` is how the library is searched and what was measured.
    `vector_index` names the library's own index, where it has one.
    """

    __tablename__ = "libraries"
    name: Mapped[str]
    embedding_model: Mapped[str]
    embedding_revision: Mapped[str]
    dimension: Mapped[int] = mapped_column(Integer)
    language: Mapped[str] = mapped_column(server_default="english")
    dense_weight: Mapped[float] = mapped_column(server_default="0.4")
    answer_threshold: Mapped[float] = mapped_column(server_default="0.25")
    passage_count: Mapped[int] = mapped_column(server_default="0")
    mean_terms: Mapped[float] = mapped_column(server_default="0")
    embedding_service: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    next_embedding: Mapped[dict[str, Any] | None]
    search: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    vector_index: Mapped[str | None]
    __table_args__ = (UniqueConstraint("workspace_id", "id"), UniqueConstraint("workspace_id", "name"))


class Document(Owned, Table):
    """An uploaded file, or one row of a .jsonl file; searchable when its state is ready.

    `reader` is the version of the parsers and the splitter that read it; `dated` is what the file or a
    person says, for filters.
    """

    __tablename__ = "documents"
    library_id: Mapped[int]
    name: Mapped[str]
    external_id: Mapped[str | None]
    title: Mapped[str] = mapped_column(server_default="")
    media_type: Mapped[str] = mapped_column(server_default="")
    sha256: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="waiting")
    error: Mapped[str | None]
    receipt: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    summary: Mapped[str] = mapped_column(server_default="")
    language: Mapped[str] = mapped_column(server_default="")
    tags: Mapped[list[Any]] = mapped_column(server_default=sql("'[]'"))
    dated: Mapped[date | None]
    reader: Mapped[int] = mapped_column(Integer, server_default="0")
    ready_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        UniqueConstraint("workspace_id", "library_id", "sha256"),
        within("library_id", "libraries"),
        one_of("state", DOCUMENT_STATES),
    )


class Passage(Owned, Table):
    """A retrievable piece of a document with its exact place.

    `embedding`: the library's dimension, L2-normalised. `terms`: dimension = hash of the lexeme,
    value = the term-frequency part of BM25. `fingerprint`: SHA-256 of what was embedded. `next_embedding`:
    the vector of a model that is being built beside. A summary is read with answers but never searched.
    """

    __tablename__ = "passages"
    library_id: Mapped[int]
    document_id: Mapped[int]
    position: Mapped[int] = mapped_column(Integer)
    heading: Mapped[str] = mapped_column(server_default="")
    text: Mapped[str]
    place: Mapped[dict[str, Any]]
    embedding: Mapped[Any] = mapped_column(HALFVEC)
    terms: Mapped[Any] = mapped_column(SPARSEVEC(TERM_DIMENSIONS))
    kind: Mapped[str] = mapped_column(server_default="text")
    fingerprint: Mapped[bytes | None]
    next_embedding: Mapped[Any | None] = mapped_column(HALFVEC)
    __table_args__ = (
        one_of("kind", PASSAGE_KINDS),
        UniqueConstraint("workspace_id", "id"),
        UniqueConstraint("document_id", "position"),
        within("library_id", "libraries"),
        within("document_id", "documents"),
        Index(None, "library_id"),
    )


class TermCount(Table):
    """In how many passages of a library a term occurs (the document frequency of BM25)."""

    __tablename__ = "term_counts"
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    library_id: Mapped[int] = mapped_column(primary_key=True)
    term: Mapped[int] = mapped_column(Integer, primary_key=True)
    passages: Mapped[int] = mapped_column(Integer)
    __table_args__ = (within("library_id", "libraries"),)


class TestQuestion(Owned, Table):
    """A question the team asks its library; `documents` names those that answer it."""

    __test__ = False  # not a test of pytest's
    __tablename__ = "test_questions"
    library_id: Mapped[int]
    question: Mapped[str]
    documents: Mapped[list[Any]]
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        UniqueConstraint("library_id", "question"),
        within("library_id", "libraries"),
    )


class TrainingSet(Owned, Table):
    """A named collection of examples; its content lives in versions."""

    __tablename__ = "training_sets"
    name: Mapped[str]
    __table_args__ = (UniqueConstraint("workspace_id", "id"), UniqueConstraint("workspace_id", "name"))


class TrainingSetVersion(Owned, Table):
    """An immutable state of a training set, named by the hash of its examples."""

    __tablename__ = "training_set_versions"
    training_set_id: Mapped[int]
    version: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str]
    author: Mapped[str] = mapped_column(server_default="local")
    source_name: Mapped[str] = mapped_column(server_default="")
    source_sha256: Mapped[str | None]
    mapping: Mapped[dict[str, Any]]
    report: Mapped[dict[str, Any]]
    examples: Mapped[int] = mapped_column(Integer)
    held_out: Mapped[int] = mapped_column(Integer)
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        UniqueConstraint("training_set_id", "version"),
        UniqueConstraint("training_set_id", "sha256"),
        within("training_set_id", "training_sets"),
    )


class Example(Table):
    """One prompt and the completion wanted for it."""

    __tablename__ = "examples"
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    version_id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    prompt: Mapped[str]
    completion: Mapped[str]
    group_key: Mapped[str]
    split: Mapped[str]
    extra: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    __table_args__ = (
        within("version_id", "training_set_versions"),
        one_of("split", ("train", "held_out")),
    )


class Run(Owned, Table):
    """One training job. `fence` rises with every attempt: only the newest attempt may write."""

    __tablename__ = "runs"
    name: Mapped[str]
    version_id: Mapped[int]
    base_model: Mapped[str]
    method: Mapped[str]
    preset: Mapped[str] = mapped_column(server_default="")
    settings: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(server_default="queued")
    stop_requested: Mapped[bool] = mapped_column(server_default=sql("false"))
    fence: Mapped[int] = mapped_column(server_default="0")
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    step: Mapped[int] = mapped_column(Integer, server_default="0")
    total_steps: Mapped[int] = mapped_column(Integer, server_default="0")
    seconds_left: Mapped[float | None]
    process: Mapped[dict[str, Any] | None]
    heartbeat_at: Mapped[datetime | None]
    estimate: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    result: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    error: Mapped[str | None]
    job_id: Mapped[int | None]
    idempotency_key: Mapped[str | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        UniqueConstraint("workspace_id", "idempotency_key"),
        within("version_id", "training_set_versions", ondelete="RESTRICT"),
        one_of("state", RUN_STATES),
    )


class RunMetric(Table):
    """What a run measured at a step; replaying it changes nothing."""

    __tablename__ = "run_metrics"
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    run_id: Mapped[int] = mapped_column(primary_key=True)
    step: Mapped[int] = mapped_column(Integer, primary_key=True)
    loss: Mapped[float | None]
    eval_loss: Mapped[float | None]
    learning_rate: Mapped[float | None]
    tokens: Mapped[int | None]
    seconds: Mapped[float | None]
    __table_args__ = (within("run_id", "runs"),)


class Adapter(Owned, Table):
    """A LoRA or QLoRA result with its lineage; its files lie in adapters/<id>/ of the data folder."""

    __tablename__ = "adapters"
    run_id: Mapped[int]
    name: Mapped[str]
    base_model: Mapped[str]
    method: Mapped[str]
    manifest_sha256: Mapped[str]
    lineage: Mapped[dict[str, Any]]
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        UniqueConstraint("run_id"),
        within("run_id", "runs"),
    )


class QuestionSet(Owned, Table):
    """Held-out questions with reference answers."""

    __tablename__ = "question_sets"
    name: Mapped[str]
    sha256: Mapped[str]
    source: Mapped[str] = mapped_column(server_default="")
    __table_args__ = (UniqueConstraint("workspace_id", "id"), UniqueConstraint("workspace_id", "name"))


class Question(Table):
    """A held-out question. `document` names the file that answers it, where that is known."""

    __tablename__ = "questions"
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    question_set_id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    question: Mapped[str]
    reference: Mapped[str]
    answerable: Mapped[bool] = mapped_column(server_default=sql("true"))
    document: Mapped[str | None]
    __table_args__ = (within("question_set_id", "question_sets"),)


class Comparison(Owned, Table):
    """Approaches scored on a question set."""

    __tablename__ = "comparisons"
    name: Mapped[str]
    question_set_id: Mapped[int]
    library_id: Mapped[int | None]
    run_id: Mapped[int | None]
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
    """What the wizard concluded, with everything it was concluded from."""

    __tablename__ = "decisions"
    answers: Mapped[dict[str, Any]]
    signals: Mapped[dict[str, Any]]
    recommendation: Mapped[dict[str, Any]]
    library_id: Mapped[int | None]
    version_id: Mapped[int | None]
    comparison_id: Mapped[int | None]
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        within("library_id", "libraries", ondelete="SET NULL"),
        within("version_id", "training_set_versions", ondelete="SET NULL"),
        within("comparison_id", "comparisons", ondelete="SET NULL"),
    )


class Conversation(Owned, Table):
    """Questions and answers that belong together."""

    __tablename__ = "conversations"
    title: Mapped[str] = mapped_column(server_default="")
    library_id: Mapped[int | None]
    adapter_id: Mapped[int | None]
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        within("library_id", "libraries", ondelete="SET NULL"),
        within("adapter_id", "adapters", ondelete="SET NULL"),
    )


class Message(Owned, Table):
    """One turn of a conversation. `detail` holds seconds, tokens and whether it was cut."""

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
    """What a person thought of an answer: 1 good, -1 bad; with an optional better answer."""

    __tablename__ = "ratings"
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    message_id: Mapped[int] = mapped_column(primary_key=True)
    score: Mapped[int] = mapped_column(Integer)
    correction: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    __table_args__ = (within("message_id", "messages"), CheckConstraint("score IN (-1, 1)", name="score"))
