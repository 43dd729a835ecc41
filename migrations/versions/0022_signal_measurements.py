"""Signals measured with the model itself, kept by the hash of the data they hold for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0022"
down_revision = "0021"

HERE = "workspace_id = NULLIF(current_setting('app.workspace', true), '')::bigint"
STATES = "'queued', 'running', 'stopped', 'failed', 'succeeded'"
TABLE = "signal_measurements"
MADE_FROM = {
    "version_id": "training_set_versions",
    "library_id": "libraries",
    "question_set_id": "question_sets",
}


def upgrade() -> None:
    op.create_table(
        TABLE,
        *(sa.Column(column, sa.BigInteger()) for column in MADE_FROM),
        sa.Column("data_sha256", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("stop_requested", sa.Boolean(), server_default=sa.false(), nullable=False),
        *(
            sa.Column(name, JSONB(), server_default=sa.text("'{}'"), nullable=False)
            for name in ("progress", "results")
        ),
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
        *(
            sa.ForeignKeyConstraint(
                ["workspace_id", column],
                [f"{table}.workspace_id", f"{table}.id"],
                name=op.f(f"{TABLE}_workspace_id_{column}_fkey"),
                ondelete=f"SET NULL ({column})",
            )
            for column, table in MADE_FROM.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"{TABLE}_pkey")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f(f"{TABLE}_workspace_id_id_key")),
        sa.UniqueConstraint(
            "workspace_id", "data_sha256", name=op.f(f"{TABLE}_workspace_id_data_sha256_key")
        ),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {TABLE} TO studio_runtime")
    op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY same_workspace ON {TABLE} USING ({HERE}) WITH CHECK ({HERE})")


def downgrade() -> None:
    op.drop_table(TABLE)
