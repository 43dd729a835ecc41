"""Examples nobody looked at are counted for every run, without reading the others."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_index("examples_unreviewed_idx", "examples", ["version_id"], postgresql_where="NOT reviewed")


def downgrade() -> None:
    op.drop_index("examples_unreviewed_idx", "examples")
