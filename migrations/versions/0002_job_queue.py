"""The queue of procrastinate, in a schema of its own.

Its rows carry ids only; who may see what is decided by the tables those ids point to.
"""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("CREATE SCHEMA procrastinate")
    op.execute("SET LOCAL search_path TO procrastinate, public")
    # many statements in one text: only the driver itself takes that
    op.get_bind().connection.driver_connection.execute(SchemaManager.get_schema())
    op.execute("SET LOCAL search_path TO DEFAULT")
    op.execute("GRANT USAGE ON SCHEMA procrastinate TO studio_runtime")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA procrastinate TO studio_runtime")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA procrastinate TO studio_runtime")
    op.execute("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA procrastinate TO studio_runtime")


def downgrade() -> None:
    op.execute("DROP SCHEMA procrastinate CASCADE")
