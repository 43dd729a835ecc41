"""The table of promotions."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from studio.store.tables.table import Owned, Table, within


class Promotion(Owned, Table):
    """An adapter was put into use for its base model. Rows are kept; `withdrawn_at` ends one.

    The newest that is not withdrawn is in use. `adapter_name` stays when the adapter is deleted.
    """

    __tablename__ = "promotions"
    base_model: Mapped[str]
    adapter_id: Mapped[int | None]
    adapter_name: Mapped[str]
    withdrawn_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        within("adapter_id", "adapters", ondelete="SET NULL"),
    )
