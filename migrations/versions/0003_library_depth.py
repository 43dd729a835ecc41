"""What a library knows beyond text: how it is searched and embedded, and its own test questions."""

import sqlalchemy as sa
from alembic import op
from pgvector.sqlalchemy import HALFVEC
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"

HERE = "workspace_id = NULLIF(current_setting('app.workspace', true), '')::bigint"


def upgrade() -> None:
    for name in ("embedding_service", "search"):
        op.add_column("libraries", sa.Column(name, JSONB(), server_default=sa.text("'{}'"), nullable=False))
    op.add_column("libraries", sa.Column("next_embedding", JSONB()))
    op.add_column("libraries", sa.Column("vector_index", sa.Text()))
    for name in ("summary", "language"):
        op.add_column("documents", sa.Column(name, sa.Text(), server_default="", nullable=False))
    op.add_column("documents", sa.Column("tags", JSONB(), server_default=sa.text("'[]'"), nullable=False))
    op.add_column("documents", sa.Column("dated", sa.Date()))
    op.add_column("documents", sa.Column("reader", sa.Integer(), server_default="0", nullable=False))
    op.add_column("passages", sa.Column("kind", sa.Text(), server_default="text", nullable=False))
    op.add_column("passages", sa.Column("fingerprint", sa.LargeBinary()))
    op.add_column("passages", sa.Column("next_embedding", HALFVEC()))
    kinds = "kind IN ('text', 'row', 'sheet', 'summary')"
    op.create_check_constraint(op.f("passages_kind_check"), "passages", kinds)
    # vectors out of line made exact scans four times slower
    op.execute("ALTER TABLE passages ALTER COLUMN next_embedding SET STORAGE PLAIN")
    create_test_questions()


def create_test_questions() -> None:
    op.create_table(
        "test_questions",
        sa.Column("library_id", sa.BigInteger(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("documents", JSONB(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("test_questions_workspace_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "library_id"],
            ["libraries.workspace_id", "libraries.id"],
            name=op.f("test_questions_workspace_id_library_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("test_questions_pkey")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("test_questions_workspace_id_id_key")),
        sa.UniqueConstraint("library_id", "question", name=op.f("test_questions_library_id_question_key")),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON test_questions TO studio_runtime")
    op.execute("ALTER TABLE test_questions ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE test_questions FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY same_workspace ON test_questions USING ({HERE}) WITH CHECK ({HERE})")


def downgrade() -> None:
    op.drop_table("test_questions")
    for column in ("next_embedding", "fingerprint", "kind"):
        op.drop_column("passages", column)
    for column in ("reader", "dated", "tags", "language", "summary"):
        op.drop_column("documents", column)
    for column in ("vector_index", "next_embedding", "search", "embedding_service"):
        op.drop_column("libraries", column)
