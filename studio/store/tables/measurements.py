"""Tables of what was measured for the advice with the model itself."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from studio.store.tables.comparison import WORK_STATES
from studio.store.tables.table import Owned, Table, one_of, within


class SignalMeasurement(Owned, Table):
    """The base model asked with and without passages, and a lookup beside it.

    `data_sha256` names the data and models it holds for; `results` keeps the answers as they come, and in the
    end the signals; `progress` is what a page shows meanwhile.
    """

    __tablename__ = "signal_measurements"
    version_id: Mapped[int | None]
    library_id: Mapped[int | None]
    question_set_id: Mapped[int | None]
    data_sha256: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="queued")
    stop_requested: Mapped[bool] = mapped_column(server_default=sql("false"))
    progress: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    results: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    error: Mapped[str | None]
    job_id: Mapped[int | None]
    finished_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        UniqueConstraint("workspace_id", "data_sha256"),
        within("version_id", "training_set_versions", ondelete="SET NULL"),
        within("library_id", "libraries", ondelete="SET NULL"),
        within("question_set_id", "question_sets", ondelete="SET NULL"),
        one_of("state", WORK_STATES),
    )
