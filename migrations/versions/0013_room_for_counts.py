"""Room on every page for the new version of a count, so that counting again need not change the index."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.execute("ALTER TABLE term_counts SET (fillfactor = 50)")


def downgrade() -> None:
    op.execute("ALTER TABLE term_counts RESET (fillfactor)")
