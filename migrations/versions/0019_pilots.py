"""Pilots: approaches proved on a team's own questions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0019"
down_revision = "0018"

HERE = "workspace_id = NULLIF(current_setting('app.workspace', true), '')::bigint"
STATES = "'queued', 'running', 'stopped', 'failed', 'succeeded'"
MADE_FROM = {
    "version_id": "training_set_versions",
    "library_id": "libraries",
    "question_set_id": "question_sets",
    "comparison_id": "comparisons",
}


def upgrade() -> None:
    op.create_table(
        "pilots",
        *(sa.Column(column, sa.BigInteger()) for column in MADE_FROM),
        *(
            sa.Column(name, JSONB(), server_default=sa.text("'{}'"), nullable=False)
            for name in ("answers", "settings", "made")
        ),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("stop_requested", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("recommendation", JSONB()),
        sa.Column("error", sa.Text()),
        sa.Column("job_id", sa.BigInteger()),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("pilots_state_check")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("pilots_workspace_id_fkey"), ondelete="CASCADE"
        ),
        *(
            sa.ForeignKeyConstraint(
                ["workspace_id", column],
                [f"{table}.workspace_id", f"{table}.id"],
                name=op.f(f"pilots_workspace_id_{column}_fkey"),
                ondelete=f"SET NULL ({column})",
            )
            for column, table in MADE_FROM.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pilots_pkey")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("pilots_workspace_id_id_key")),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON pilots TO studio_runtime")
    op.execute("ALTER TABLE pilots ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE pilots FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY same_workspace ON pilots USING ({HERE}) WITH CHECK ({HERE})")


def downgrade() -> None:
    op.drop_table("pilots")
