"""Exports of runs, and adapters that are no longer offered."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0014"
down_revision = "0013"

HERE = "workspace_id = NULLIF(current_setting('app.workspace', true), '')::bigint"
FORMATS = "'adapter', 'merged', 'gguf'"
STATES = "'queued', 'running', 'stopped', 'failed', 'succeeded'"


def upgrade() -> None:
    op.add_column("adapters", sa.Column("retired_at", sa.DateTime(timezone=True)))
    op.create_table(
        "exports",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("stop_requested", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("progress", sa.Float(), server_default="0", nullable=False),
        sa.Column("doing", sa.Text(), server_default="", nullable=False),
        sa.Column("size", sa.BigInteger()),
        sa.Column("checked", JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("job_id", sa.BigInteger()),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(f"format IN ({FORMATS})", name=op.f("exports_format_check")),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("exports_state_check")),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("exports_workspace_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "run_id"],
            ["runs.workspace_id", "runs.id"],
            name=op.f("exports_workspace_id_run_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("exports_pkey")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("exports_workspace_id_id_key")),
        sa.UniqueConstraint("run_id", "format", name=op.f("exports_run_id_format_key")),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON exports TO studio_runtime")
    op.execute("ALTER TABLE exports ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE exports FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY same_workspace ON exports USING ({HERE}) WITH CHECK ({HERE})")


def downgrade() -> None:
    op.drop_table("exports")
    op.drop_column("adapters", "retired_at")
