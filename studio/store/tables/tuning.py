"""Tables of runs, of adapters, and of what these have unlearned."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Integer, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from studio.store.tables.comparison import WORK_STATES
from studio.store.tables.table import Owned, Table, one_of, within

RUN_STATES = ("queued", "running", "stopping", "stopped", "interrupted", "failed", "succeeded")


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
    tokens_per_second: Mapped[float | None]
    memory_bytes: Mapped[int | None]
    __table_args__ = (within("run_id", "runs"),)


class RunAnswer(Table):
    """What a run answered at a held-out check to one of the prompts it always asks."""

    __tablename__ = "run_answers"
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    run_id: Mapped[int] = mapped_column(primary_key=True)
    step: Mapped[int] = mapped_column(Integer, primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    prompt: Mapped[str]
    reference: Mapped[str]
    answer: Mapped[str]
    __table_args__ = (within("run_id", "runs"),)


class Adapter(Owned, Table):
    """A LoRA or QLoRA result with its lineage; its files lie in adapters/<id>/ of the data folder.

    One that is retired is kept, and offered nowhere.
    """

    __tablename__ = "adapters"
    run_id: Mapped[int]
    name: Mapped[str]
    base_model: Mapped[str]
    method: Mapped[str]
    manifest_sha256: Mapped[str]
    lineage: Mapped[dict[str, Any]]
    retired_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        UniqueConstraint("run_id"),
        within("run_id", "runs"),
    )


class AbilityCheck(Owned, Table):
    """General questions put to a base model (`before`) and to its adapter (`after`): lists of answers, as
    they come; `progress` is what a page shows meanwhile."""

    __tablename__ = "ability_checks"
    adapter_id: Mapped[int]
    base_model: Mapped[str]
    questions_sha256: Mapped[str]
    before: Mapped[list[Any]] = mapped_column(server_default=sql("'[]'"))
    after: Mapped[list[Any]] = mapped_column(server_default=sql("'[]'"))
    state: Mapped[str] = mapped_column(server_default="queued")
    progress: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    error: Mapped[str | None]
    job_id: Mapped[int | None]
    finished_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        within("adapter_id", "adapters"),
        one_of("state", WORK_STATES),
    )
