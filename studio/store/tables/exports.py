"""The table of exports."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from studio.store.tables.comparison import WORK_STATES
from studio.store.tables.table import Owned, Table, one_of, within

EXPORT_FORMATS = ("adapter", "merged", "gguf")


class Export(Owned, Table):
    """A run's result in a form that leaves the studio; its files lie in exports/<id>/ of the data folder.

    `checked` is what was found when it was loaded again, `size` in bytes.
    """

    __tablename__ = "exports"
    run_id: Mapped[int]
    format: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="queued")
    stop_requested: Mapped[bool] = mapped_column(server_default=sql("false"))
    progress: Mapped[float] = mapped_column(server_default="0")
    doing: Mapped[str] = mapped_column(server_default="")
    size: Mapped[int | None]
    checked: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    error: Mapped[str | None]
    job_id: Mapped[int | None]
    finished_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        UniqueConstraint("run_id", "format"),
        within("run_id", "runs"),
        one_of("format", EXPORT_FORMATS),
        one_of("state", WORK_STATES),
    )
