"""Adapters are checked against what is in use before they replace it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0023"
down_revision = "0022"

HERE = "workspace_id = NULLIF(current_setting('app.workspace', true), '')::bigint"
STATES = "'queued', 'running', 'stopped', 'failed', 'succeeded'"
TABLE = "promotion_checks"
POINTS_TO = {
    "adapter_id": ("adapters", "CASCADE"),
    "against_id": ("adapters", "SET NULL (against_id)"),
    "question_set_id": ("question_sets", "CASCADE"),
    "library_id": ("libraries", "SET NULL (library_id)"),
    "comparison_id": ("comparisons", "SET NULL (comparison_id)"),
    "former_comparison_id": ("comparisons", "SET NULL (former_comparison_id)"),
}
NEEDED = ("adapter_id", "question_set_id")


def upgrade() -> None:
    op.create_table(
        TABLE,
        *(sa.Column(column, sa.BigInteger(), nullable=column not in NEEDED) for column in POINTS_TO),
        sa.Column("against_name", sa.Text(), server_default="", nullable=False),
        sa.Column("question_limit", sa.Integer()),
        sa.Column("author", sa.Text(), server_default="local", nullable=False),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("stop_requested", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("verdict", JSONB()),
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
                ondelete=ondelete,
            )
            for column, (table, ondelete) in POINTS_TO.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"{TABLE}_pkey")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f(f"{TABLE}_workspace_id_id_key")),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {TABLE} TO studio_runtime")
    op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY same_workspace ON {TABLE} USING ({HERE}) WITH CHECK ({HERE})")
    op.add_column("promotions", sa.Column("author", sa.Text(), server_default="local", nullable=False))
    op.add_column("promotions", sa.Column("reason", sa.Text(), server_default="", nullable=False))
    op.add_column("promotions", sa.Column("check_id", sa.BigInteger()))
    op.create_foreign_key(
        op.f("promotions_workspace_id_check_id_fkey"),
        "promotions",
        TABLE,
        ["workspace_id", "check_id"],
        ["workspace_id", "id"],
        ondelete="SET NULL (check_id)",
    )


def downgrade() -> None:
    for name in ("check_id", "reason", "author"):
        op.drop_column("promotions", name)
    op.drop_table(TABLE)
