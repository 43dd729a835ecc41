"""A comparison may ask a second adapter, one that was trained with passages."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("comparisons", sa.Column("passages_run_id", sa.BigInteger()))
    op.create_foreign_key(
        op.f("comparisons_workspace_id_passages_run_id_fkey"),
        "comparisons",
        "runs",
        ["workspace_id", "passages_run_id"],
        ["workspace_id", "id"],
        ondelete="SET NULL (passages_run_id)",
    )


def downgrade() -> None:
    op.drop_column("comparisons", "passages_run_id")
