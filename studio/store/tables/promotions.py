"""Tables of promotions and of the checks that precede them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Integer, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from studio.store.tables.comparison import WORK_STATES
from studio.store.tables.table import Owned, Table, one_of, within


class Promotion(Owned, Table):
    """An adapter was put into use for its base model. Rows are kept; `withdrawn_at` ends one.

    The newest that is not withdrawn is in use. `adapter_name` stays when the adapter is deleted. `check_id`
    is the check it has passed; without one, `reason` says why somebody (`author`) put it into use by hand.
    """

    __tablename__ = "promotions"
    base_model: Mapped[str]
    adapter_id: Mapped[int | None]
    adapter_name: Mapped[str]
    withdrawn_at: Mapped[datetime | None]
    author: Mapped[str] = mapped_column(server_default="local")
    reason: Mapped[str] = mapped_column(server_default="")
    check_id: Mapped[int | None]
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        within("adapter_id", "adapters", ondelete="SET NULL"),
        within("check_id", "promotion_checks", ondelete="SET NULL"),
    )


class PromotionCheck(Owned, Table):
    """A candidate adapter held against what is in use for its base model, on the same frozen questions.

    `against_id` is the adapter in use, NULL where that is the base model as it is; `former_comparison_id`
    holds its answers where they are in another comparison than the candidate's. `verdict` is what follows.
    """

    __tablename__ = "promotion_checks"
    adapter_id: Mapped[int]
    against_id: Mapped[int | None]
    against_name: Mapped[str] = mapped_column(server_default="")
    question_set_id: Mapped[int]
    library_id: Mapped[int | None]
    question_limit: Mapped[int | None] = mapped_column(Integer)
    comparison_id: Mapped[int | None]
    former_comparison_id: Mapped[int | None]
    author: Mapped[str] = mapped_column(server_default="local")
    state: Mapped[str] = mapped_column(server_default="queued")
    stop_requested: Mapped[bool] = mapped_column(server_default=sql("false"))
    verdict: Mapped[dict[str, Any] | None]
    error: Mapped[str | None]
    job_id: Mapped[int | None]
    finished_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        within("adapter_id", "adapters"),
        within("against_id", "adapters", ondelete="SET NULL"),
        within("question_set_id", "question_sets"),
        within("library_id", "libraries", ondelete="SET NULL"),
        within("comparison_id", "comparisons", ondelete="SET NULL"),
        within("former_comparison_id", "comparisons", ondelete="SET NULL"),
        one_of("state", WORK_STATES),
    )
