"""What searching a large library needs: the passages in which each term weighs most."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0004"
down_revision = "0003"

HERE = "workspace_id = NULLIF(current_setting('app.workspace', true), '')::bigint"


def upgrade() -> None:
    op.add_column("libraries", sa.Column("terms_through", sa.BigInteger()))
    # terms out of line doubled the time of an exact scan; the text may go, it is read ten times a search
    op.execute("ALTER TABLE passages ALTER COLUMN terms SET STORAGE MAIN")
    op.drop_index(op.f("passages_library_id_idx"), "passages")
    op.create_index(op.f("passages_library_id_id_idx"), "passages", ["library_id", "id"])
    create_term_passages()


def create_term_passages() -> None:
    op.create_table(
        "term_passages",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("library_id", sa.BigInteger(), nullable=False),
        sa.Column("term", sa.Integer(), nullable=False),
        sa.Column("passages", ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("weights", ARRAY(sa.REAL()), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("term_passages_workspace_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "library_id"],
            ["libraries.workspace_id", "libraries.id"],
            name=op.f("term_passages_workspace_id_library_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("library_id", "term", name=op.f("term_passages_pkey")),
    )
    for column in ("passages", "weights"):  # not worth compressing, and read at every search
        op.execute(f"ALTER TABLE term_passages ALTER COLUMN {column} SET STORAGE EXTERNAL")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON term_passages TO studio_runtime")
    op.execute("ALTER TABLE term_passages ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE term_passages FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY same_workspace ON term_passages USING ({HERE}) WITH CHECK ({HERE})")


def downgrade() -> None:
    op.drop_table("term_passages")
    op.drop_index(op.f("passages_library_id_id_idx"), "passages")
    op.create_index(op.f("passages_library_id_idx"), "passages", ["library_id"])
    op.drop_column("libraries", "terms_through")
