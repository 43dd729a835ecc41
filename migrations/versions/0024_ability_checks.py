"""General questions asked before and after an adapter was trained."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0024"
down_revision = "0023"

HERE = "workspace_id = NULLIF(current_setting('app.workspace', true), '')::bigint"
STATES = "'queued', 'running', 'stopped', 'failed', 'succeeded'"
TABLE = "ability_checks"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("adapter_id", sa.BigInteger(), nullable=False),
        sa.Column("base_model", sa.Text(), nullable=False),
        sa.Column("questions_sha256", sa.Text(), nullable=False),
        sa.Column("before", JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("after", JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("progress", JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("job_id", sa.BigInteger()),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f(f"{TABLE}_state_check")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f(f"{TABLE}_workspace_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "adapter_id"],
            ["adapters.workspace_id", "adapters.id"],
            name=op.f(f"{TABLE}_workspace_id_adapter_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"{TABLE}_pkey")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f(f"{TABLE}_workspace_id_id_key")),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {TABLE} TO studio_runtime")
    op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY same_workspace ON {TABLE} USING ({HERE}) WITH CHECK ({HERE})")


def downgrade() -> None:
    op.drop_table(TABLE)
