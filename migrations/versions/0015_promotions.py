"""Which adapter is in use, and which was."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

HERE = "workspace_id = NULLIF(current_setting('app.workspace', true), '')::bigint"


def upgrade() -> None:
    op.create_table(
        "promotions",
        sa.Column("base_model", sa.Text(), nullable=False),
        sa.Column("adapter_id", sa.BigInteger()),
        sa.Column("adapter_name", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("promotions_workspace_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "adapter_id"],
            ["adapters.workspace_id", "adapters.id"],
            name=op.f("promotions_workspace_id_adapter_id_fkey"),
            ondelete="SET NULL (adapter_id)",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("promotions_pkey")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("promotions_workspace_id_id_key")),
    )
    # what was in use when is never deleted
    op.execute("GRANT SELECT, INSERT, UPDATE ON promotions TO studio_runtime")
    op.execute("ALTER TABLE promotions ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE promotions FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY same_workspace ON promotions USING ({HERE}) WITH CHECK ({HERE})")


def downgrade() -> None:
    op.drop_table("promotions")
