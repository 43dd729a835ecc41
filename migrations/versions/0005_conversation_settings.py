"""Which documents a conversation looks into."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    column = sa.Column("filter", JSONB(), server_default=sa.text("'{}'"), nullable=False)
    op.add_column("conversations", column)


def downgrade() -> None:
    op.drop_column("conversations", "filter")
