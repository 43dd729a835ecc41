"""When each library was last opened, so that pages begin with the one that was used last."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

HERE = "workspace_id = NULLIF(current_setting('app.workspace', true), '')::bigint"


def upgrade() -> None:
    op.create_table(
        "opened_libraries",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("library_id", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "library_id"],
            ["libraries.workspace_id", "libraries.id"],
            name=op.f("opened_libraries_workspace_id_library_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("library_id", name=op.f("opened_libraries_pkey")),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON opened_libraries TO studio_runtime")
    op.execute("ALTER TABLE opened_libraries ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE opened_libraries FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY same_workspace ON opened_libraries USING ({HERE}) WITH CHECK ({HERE})")


def downgrade() -> None:
    op.drop_table("opened_libraries")
