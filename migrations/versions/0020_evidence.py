"""Where a question comes from, who took a decision, and the state of what it rests on."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    nothing = sa.text("'{}'")
    op.add_column("questions", sa.Column("source", JSONB(), server_default=nothing, nullable=False))
    op.add_column("decisions", sa.Column("author", sa.Text(), server_default="local", nullable=False))
    op.add_column("decisions", sa.Column("basis", JSONB(), server_default=nothing, nullable=False))


def downgrade() -> None:
    op.drop_column("decisions", "basis")
    op.drop_column("decisions", "author")
    op.drop_column("questions", "source")
