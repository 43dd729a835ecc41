"""What runs answer while they learn, and how fast and how large they are at every step."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

HERE = "workspace_id = NULLIF(current_setting('app.workspace', true), '')::bigint"


def upgrade() -> None:
    op.add_column("run_metrics", sa.Column("tokens_per_second", sa.Float()))
    op.add_column("run_metrics", sa.Column("memory_bytes", sa.BigInteger()))
    op.create_table(
        "run_answers",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("run_answers_workspace_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "run_id"],
            ["runs.workspace_id", "runs.id"],
            name=op.f("run_answers_workspace_id_run_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("run_id", "step", "position", name=op.f("run_answers_pkey")),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON run_answers TO studio_runtime")
    op.execute("ALTER TABLE run_answers ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE run_answers FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY same_workspace ON run_answers USING ({HERE}) WITH CHECK ({HERE})")


def downgrade() -> None:
    op.drop_table("run_answers")
    op.drop_column("run_metrics", "memory_bytes")
    op.drop_column("run_metrics", "tokens_per_second")
