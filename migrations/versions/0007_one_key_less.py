"""Passages and counted terms belong to a workspace through their library, which every row is checked for."""

from alembic import op

revision = "0007"
down_revision = "0006"

TABLES = ("passages", "term_counts", "term_passages")


def upgrade() -> None:
    for table in TABLES:
        op.drop_constraint(op.f(f"{table}_workspace_id_fkey"), table, type_="foreignkey")


def downgrade() -> None:
    for table in TABLES:
        op.create_foreign_key(
            op.f(f"{table}_workspace_id_fkey"),
            table,
            "workspaces",
            ["workspace_id"],
            ["id"],
            ondelete="CASCADE",
        )
