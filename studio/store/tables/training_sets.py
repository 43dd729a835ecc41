"""Tables of training sets: uploaded tables, versions with their examples, drafts, suggested examples."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from studio.store.tables.comparison import WORK_STATES
from studio.store.tables.table import Owned, Table, one_of, within

IMPORT_STATES = ("waiting", "reading", "ready", "stopped", "failed", "saving", "saved")
ORIGINS = ("table", "written", "drafted", "raft", "conversation")
# missing: a document has to be added before it can be answered; supplied: somebody has added it
SUGGESTION_STATES = ("waiting", "accepted", "edited", "rejected", "missing", "supplied")


class TrainingSet(Owned, Table):
    """A named collection of examples; its content lives in versions."""

    __tablename__ = "training_sets"
    name: Mapped[str]
    __table_args__ = (UniqueConstraint("workspace_id", "id"), UniqueConstraint("workspace_id", "name"))


class TrainingSetVersion(Owned, Table):
    """An immutable state of a training set, named by the hash of its examples.

    `parent_id` is the version it was edited from, `changes` what was done to get here, `split` how the
    held-out part was chosen. `report`, `marks` and `probes` are what was measured; `marks` names the
    positions that show each defect.
    """

    __tablename__ = "training_set_versions"
    training_set_id: Mapped[int]
    version: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str]
    author: Mapped[str] = mapped_column(server_default="local")
    source_name: Mapped[str] = mapped_column(server_default="")
    source_sha256: Mapped[str | None]
    parent_id: Mapped[int | None]
    changes: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    split: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    mapping: Mapped[dict[str, Any]]
    report: Mapped[dict[str, Any]]
    marks: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    probes: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    examples: Mapped[int] = mapped_column(Integer)
    held_out: Mapped[int] = mapped_column(Integer)
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        UniqueConstraint("training_set_id", "version"),
        UniqueConstraint("training_set_id", "sha256"),
        within("training_set_id", "training_sets"),
        within("parent_id", "training_set_versions", ondelete="SET NULL"),
    )


class Example(Table):
    """One prompt and the completion wanted for it.

    `history` are the turns before the prompt, `context` the passages shown with it (title and text each);
    `source` says which passage, row or message it was made from; nobody looked at it while not `reviewed`.
    """

    __tablename__ = "examples"
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    version_id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    prompt: Mapped[str]
    completion: Mapped[str]
    history: Mapped[list[Any]] = mapped_column(server_default=sql("'[]'"))
    context: Mapped[list[Any]] = mapped_column(server_default=sql("'[]'"))
    group_key: Mapped[str]
    split: Mapped[str]
    origin: Mapped[str] = mapped_column(server_default="table")
    reviewed: Mapped[bool] = mapped_column(server_default=sql("true"))
    source: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    extra: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    __table_args__ = (
        within("version_id", "training_set_versions"),
        one_of("split", ("train", "held_out")),
        one_of("origin", ORIGINS),
        Index("examples_unreviewed_idx", "version_id", postgresql_where=sql("NOT reviewed")),
    )


class TableImport(Owned, Table):
    """An uploaded table on its way to becoming a version. Its original is kept; a job measures its report.

    `reading` and `mapping` are what a person corrected; `marks` names the rows that show each defect, by
    their number in the table; `remedies` are the kinds of defects to be mended when it is saved.
    """

    __tablename__ = "table_imports"
    source_name: Mapped[str]
    source_sha256: Mapped[str]
    reading: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    mapping: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    remedies: Mapped[list[Any]] = mapped_column(server_default=sql("'[]'"))
    saving: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    state: Mapped[str] = mapped_column(server_default="waiting")
    stop_requested: Mapped[bool] = mapped_column(server_default=sql("false"))
    rows_done: Mapped[int] = mapped_column(server_default="0")
    progress: Mapped[float] = mapped_column(server_default="0")
    seconds_left: Mapped[float | None]
    report: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    marks: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    error: Mapped[str | None]
    job_id: Mapped[int | None]
    version_id: Mapped[int | None]
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        within("version_id", "training_set_versions", ondelete="SET NULL"),
        one_of("state", IMPORT_STATES),
    )


class Draft(Owned, Table):
    """Changes to a version that are not yet saved as the next one; one for each training set.

    `saving` tells who saves it and how far that is, or why it could not be saved; empty when nobody does.
    """

    __tablename__ = "drafts"
    training_set_id: Mapped[int]
    version_id: Mapped[int]
    author: Mapped[str] = mapped_column(server_default="local")
    saving: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        UniqueConstraint("training_set_id"),
        within("training_set_id", "training_sets"),
        within("version_id", "training_set_versions"),
    )


class DraftEdit(Table):
    """What a step of a draft made of one example: its new content, or NULL where it was removed.

    Positions up to the version's count are its examples; those above were added. The last step counts; taking
    a step back deletes its rows.
    """

    __tablename__ = "draft_edits"
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    draft_id: Mapped[int] = mapped_column(primary_key=True)
    step: Mapped[int] = mapped_column(Integer, primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    label: Mapped[str]
    content: Mapped[dict[str, Any] | None]
    __table_args__ = (within("draft_id", "drafts"),)


class Drafting(Owned, Table):
    """A job that drafts examples from passages of a library; `model` is who writes them."""

    __tablename__ = "draftings"
    library_id: Mapped[int | None]
    model: Mapped[str] = mapped_column(server_default="")
    settings: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    state: Mapped[str] = mapped_column(server_default="queued")
    stop_requested: Mapped[bool] = mapped_column(server_default=sql("false"))
    wanted: Mapped[int] = mapped_column(Integer, server_default="0")
    done: Mapped[int] = mapped_column(Integer, server_default="0")
    seconds_left: Mapped[float | None]
    error: Mapped[str | None]
    job_id: Mapped[int | None]
    finished_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        within("library_id", "libraries", ondelete="SET NULL"),
        one_of("state", WORK_STATES),
    )


class Suggestion(Owned, Table):
    """An example drafted by a model or taken from a conversation; a person accepts, edits or rejects it.

    `drafted` keeps the first wording; `source` names the passage or the message it comes from; `doubts` are
    the reasons to look twice. Of an answer that was only called bad the completion is empty.
    """

    __tablename__ = "suggestions"
    drafting_id: Mapped[int | None]
    training_set_id: Mapped[int | None]
    origin: Mapped[str]
    prompt: Mapped[str]
    completion: Mapped[str]
    drafted: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    source: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    doubts: Mapped[list[Any]] = mapped_column(server_default=sql("'[]'"))
    state: Mapped[str] = mapped_column(server_default="waiting")
    reviewed_by: Mapped[str | None]
    reviewed_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        within("drafting_id", "draftings", ondelete="SET NULL"),
        within("training_set_id", "training_sets", ondelete="SET NULL"),
        one_of("origin", ORIGINS),
        one_of("state", SUGGESTION_STATES),
    )
