"""Files that a library refused stay visible, with the reason, until somebody dismisses them."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

HERE = "workspace_id = NULLIF(current_setting('app.workspace', true), '')::bigint"


def upgrade() -> None:
    op.create_table(
        "refused_files",
        sa.Column("library_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("refused_files_workspace_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "library_id"],
            ["libraries.workspace_id", "libraries.id"],
            name=op.f("refused_files_workspace_id_library_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("refused_files_pkey")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("refused_files_workspace_id_id_key")),
        sa.UniqueConstraint("library_id", "name", name=op.f("refused_files_library_id_name_key")),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON refused_files TO studio_runtime")
    op.execute("ALTER TABLE refused_files ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE refused_files FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY same_workspace ON refused_files USING ({HERE}) WITH CHECK ({HERE})")


def downgrade() -> None:
    op.drop_table("refused_files")
