"""Tables of pilots."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from studio.store.tables.comparison import WORK_STATES
from studio.store.tables.table import Owned, Table, one_of, within


class Pilot(Owned, Table):
    """Small adapters trained and every approach compared, to see which one works on these data.

    `made` holds the ids of what it has made so far, by stage; `recommendation` is what follows in the end.
    """

    __tablename__ = "pilots"
    version_id: Mapped[int | None]
    library_id: Mapped[int | None]
    question_set_id: Mapped[int | None]
    comparison_id: Mapped[int | None]
    answers: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    settings: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    made: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    state: Mapped[str] = mapped_column(server_default="queued")
    stop_requested: Mapped[bool] = mapped_column(server_default=sql("false"))
    recommendation: Mapped[dict[str, Any] | None]
    error: Mapped[str | None]
    job_id: Mapped[int | None]
    finished_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        within("version_id", "training_set_versions", ondelete="SET NULL"),
        within("library_id", "libraries", ondelete="SET NULL"),
        within("question_set_id", "question_sets", ondelete="SET NULL"),
        within("comparison_id", "comparisons", ondelete="SET NULL"),
        one_of("state", WORK_STATES),
    )
