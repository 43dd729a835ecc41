"""Why an answer was rated so and by whom, and questions for which a document is missing."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

REVIEWED = "'waiting', 'accepted', 'edited', 'rejected'"


def upgrade() -> None:
    for name, default in (("reason", ""), ("note", ""), ("author", "local")):
        op.add_column("ratings", sa.Column(name, sa.Text(), server_default=default, nullable=False))
    _allow(f"{REVIEWED}, 'missing', 'supplied'")


def downgrade() -> None:
    op.execute("UPDATE suggestions SET state = 'rejected' WHERE state IN ('missing', 'supplied')")
    _allow(REVIEWED)
    for name in ("author", "note", "reason"):
        op.drop_column("ratings", name)


def _allow(states: str) -> None:
    op.drop_constraint(op.f("suggestions_state_check"), "suggestions")
    op.create_check_constraint(op.f("suggestions_state_check"), "suggestions", f"state IN ({states})")
